"""The banners of an open page: they come and go by themselves."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from monitors.market import Market
from monitors.models import Feed, Service
from tests.browser.conftest import is_live
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser

EVERY_MS, TYPED_MS = 25_000, 2_000
SEEN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


def lose_quotes() -> None:
    since = timezone.now() - timedelta(minutes=5)
    Feed.objects.silent([Market.CN], since)
    Feed.objects.lost(timezone.now(), timedelta(seconds=20))


@pytest.fixture
def banners(page: Page) -> Locator:
    """The banners of a page that is not loaded again."""
    page.evaluate("window.sameDocument = true")
    return page.locator("#banners .banner")


def test_who_is_told_of_an_outage_sees_its_banner_come_and_go(
    page: Page, banners: Locator, user: User, tell: Tell
) -> None:
    expect(page.get_by_role("status").and_(page.locator("#banners"))).to_have_count(1)
    lose_quotes()
    tell(user, kind="feed_lost", title="No quotes")
    expect(banners).to_have_text(re.compile("Mainland China: no quotes since"))
    Feed.objects.answered([Market.CN], timezone.now())
    tell(user, kind="feed_back", title="Quotes are back")
    expect(banners).to_have_count(0)
    assert page.evaluate("window.sameDocument") is True


def test_a_page_that_is_seen_again_is_up_to_date(page: Page, banners: Locator) -> None:
    Service.switch(running=False)
    page.evaluate(SEEN_AGAIN)
    expect(banners).to_contain_text("The monitoring service is stopped")
    Service.switch(running=True)
    page.evaluate(SEEN_AGAIN)
    expect(banners).to_have_count(0)


def test_a_page_that_is_looked_at_asks_from_time_to_time(page: Page) -> None:
    # Without a connection that could come back, time alone passes.
    page.add_init_script("delete window.SharedWorker")
    page.route_web_socket(re.compile("/ws/"), lambda _silent: None)
    page.clock.install()
    page.reload()
    Service.switch(running=False)
    page.clock.fast_forward(EVERY_MS)
    expect(page.locator("#banners .banner")).to_contain_text("is stopped")


def test_what_changed_while_there_was_no_connection_is_looked_up(
    page: Page, banners: Locator
) -> None:
    Service.switch(running=False)
    page.evaluate("document.getElementById('connect-now').click()")
    expect(banners).to_contain_text("is stopped")


def test_what_has_not_changed_is_not_put_in_anew(page: Page, banners: Locator) -> None:
    Service.switch(running=False)
    page.evaluate(SEEN_AGAIN)
    expect(banners).to_have_count(1)
    page.evaluate(
        """window.changes = 0;
        new MutationObserver((records) => (changes += records.length))
            .observe(document.getElementById("banners"), { childList: true, subtree: true })"""
    )
    for _ in range(3):
        with page.expect_response(re.compile("/banners/")) as answer:
            page.evaluate(SEEN_AGAIN)
        answer.value.finished()
    Service.switch(running=True)
    page.evaluate(SEEN_AGAIN)
    expect(banners).to_have_count(0)
    assert page.evaluate("changes") == 1


def test_nothing_moves_while_somebody_types(page: Page, server: Daphne) -> None:
    page.clock.install()
    page.goto(f"{server.origin}/monitors/new/")
    is_live(page)
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.type("[name=symbol]", "60")
    Service.switch(running=False)
    with page.expect_response(re.compile("/banners/")) as answer:
        page.evaluate(SEEN_AGAIN)
    answer.value.finished()
    banners = page.locator("#banners .banner")
    page.clock.run_for(TYPED_MS - 100)
    assert banners.count() == 0
    page.clock.run_for(200)
    expect(banners).to_contain_text("is stopped")
    expect(page.locator("[name=symbol]")).to_be_focused()
