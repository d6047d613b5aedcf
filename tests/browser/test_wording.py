"""The preview of a wording, which follows what is typed, and by a button without scripts."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from notifications.models import Wording
from tests.browser.conftest import until
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser


def test_the_preview_follows_what_is_typed(
    page: Page, server: Daphne, user: User, tell: Tell, tolerated: list[str]
) -> None:
    tolerated.append("status of 422")
    tell(user, name="贵州茅台", price="1800.10")
    page.goto(f"{server.origin}/wording/new/")
    page.evaluate("window.sameDocument = true")
    preview = page.locator("#preview")
    page.fill("[name=title]", "{{name}} at {{price}}")
    expect(preview).to_contain_text("贵州茅台 at 1800.10")
    page.fill("[name=text]", "{{prize}}")
    expect(preview).to_contain_text("{{ prize }} is not known")
    page.fill("[name=text]", "<b>sell</b>")
    expect(preview).to_contain_text("<b>sell</b>")
    assert page.evaluate("window.sameDocument") is True
    assert not Wording.objects.exists()
    page.click("#save")
    expect(page.locator("#wordings")).to_contain_text("{{name}} at {{price}}")


def test_the_button_shows_it_too(page: Page, server: Daphne) -> None:
    page.goto(f"{server.origin}/wording/new/")
    page.evaluate("window.sameDocument = true")
    page.fill("[name=title]", "now {{price}}")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("now 12.35")
    expect(page.locator("[name=title]")).to_have_value("now {{price}}")
    until(page, "() => window.sameDocument === undefined")
