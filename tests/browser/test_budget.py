"""What a first view costs: our own and libraries' scripts and styles, as they travel."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Request

from tests.browser.conftest import is_live
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

BUDGET = 100 * 1024
CODE = (".css", ".js")


def test_a_first_view_takes_less_than_100_kb_of_scripts_and_styles(
    page: Page, server: Daphne, user: User
) -> None:
    watch(user)
    context = page.context
    taken: dict[str, int] = {}

    def arrived(request: Request) -> None:
        name = request.url.partition("?")[0]
        if name.endswith(CODE):
            taken[name] = request.sizes()["responseBodySize"]

    first = context.new_page()
    first.on("requestfinished", arrived)
    session = context.new_cdp_session(first)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    first.goto(server.origin)
    is_live(first)
    assert any("realtime" in name for name in taken)
    assert sum(taken.values()) < BUDGET, sorted(taken.items(), key=lambda one: -one[1])
    assert not any("charts" in name for name in taken)
