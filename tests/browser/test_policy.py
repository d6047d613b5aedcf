"""The content security policy: every page does without what it forbids, or the tab complains."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import is_live
from tests.conftest import Tell
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "path",
    ["/", "/monitors/new/", "/notifications/", "/destinations/", "/destinations/new/", "/wording/",
     "/wording/new/", "/deliveries/", "/docs/webhooks/"],
)  # fmt: skip
def test_our_pages_keep_to_the_policy(
    page: Page, server: Daphne, user: User, tell: Tell, path: str
) -> None:
    watch(user)
    tell(user)
    page.goto(f"{server.origin}{path}")
    is_live(page)


@pytest.mark.parametrize(
    ("path", "sign"),
    [("/admin/", "#site-name"), ("/admin/monitors/monitor/", "#changelist"),
     ("/admin/monitors/monitor/add/", "#monitor_form"), ("/api/v1/", ".page-header"),
     ("/api/v1/realtime/monitors", ".page-header"), ("/api/v1/realtime/status", ".page-header"),
     ("/api/docs", ".opblock-tag")],
)  # fmt: skip
def test_the_pages_of_libraries_keep_to_it_too(
    page: Page, server: Daphne, user: User, path: str, sign: str
) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    page.goto(f"{server.origin}{path}")
    expect(page.locator(sign).first).to_be_visible()


def test_what_is_written_into_a_page_does_not_run(page: Page, tolerated: list[str]) -> None:
    tolerated.append("Content Security Policy")
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<p id=tinted style='color: red'>x</p>");
        }"""
    )
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.getElementById('tinted').style.color") == ""
