"""The settings in a real browser, the page for when the server is away, the first minutes."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from knox.models import AuthToken
from playwright.sync_api import Page, expect

from monitors.calendars import Calendar, OverrideKind
from monitors.evaluation import ingest
from monitors.market import Market
from monitors.models import CalendarOverride, Monitor
from monitors.sources import demo
from stockwatch.account import tour
from stockwatch.account.tour import LIVELY
from stockwatch.models import Preferences
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live, log_in
from tests.browser.in_language import read_in
from tests.live import Daphne, start_daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

LOOKS = pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])


def looked_at(page: Page, language: str, width: int) -> None:
    read_in(language)
    page.set_viewport_size({"width": width, "height": 844})


@LOOKS
def test_looks_are_saved_and_hold_without_loading_the_page(
    page: Page, server: Daphne, user: User, tolerated: list[str], language: str, width: int
) -> None:
    tolerated.append("status of 422")
    looked_at(page, language, width)
    page.goto(f"{server.origin}/settings/")
    page.evaluate("window.before = true")
    page.check("[name=theme][value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.check("[name=colours][value=red-up]")
    expect(page.locator("html")).to_have_attribute("data-colours", "red-up")
    page.fill("[name=zone]", "Mars/Olympus")
    page.keyboard.press("Tab")
    expect(page.locator(".field.wrong .error")).to_contain_text("Mars/Olympus")
    page.fill("[name=zone]", "Europe/Berlin")
    page.keyboard.press("Tab")
    expect(page.locator("body")).to_have_attribute("data-zone", "Europe/Berlin")
    expect(page.locator(".field.wrong")).to_have_count(0)
    assert page.evaluate("window.before")
    saved = Preferences.objects.get(pk=user.pk)
    assert (saved.theme, saved.colours, saved.zone) == ("dark", "red-up", "Europe/Berlin")
    assert violations(page) == []


def test_another_language_is_there_at_once(page: Page, server: Daphne) -> None:
    page.goto(f"{server.origin}/settings/")
    page.select_option("select[name=language]", "zh-hans")
    expect(page.locator("h1")).to_have_text("外观与语言")
    page.select_option("select[name=language]", "en")
    expect(page.locator("h1")).to_have_text("Appearance and language")


@LOOKS
def test_a_token_is_made_copied_and_revoked(
    page: Page, server: Daphne, language: str, width: int
) -> None:
    looked_at(page, language, width)
    page.goto(f"{server.origin}/settings/tokens/")
    page.fill("[name=name]", "My NAS")
    page.click(".panel button")
    expect(page.locator("#made-token")).to_have_value(re.compile(r"sw_\w{60}"))
    assert violations(page) == []
    page.reload()
    expect(page.locator("#made-token")).to_have_count(0)
    page.click("#tokens button")
    expect(page.locator("#tokens")).to_have_count(0)
    assert not AuthToken.objects.exists()


def test_who_changes_the_password_stays_live(page: Page, server: Daphne) -> None:
    page.goto(f"{server.origin}/settings/security/")
    is_live(page)
    page.fill("[name=old_password]", "a long password")
    page.fill("[name=new_password1]", "quite another password")
    page.fill("[name=new_password2]", "quite another password")
    # The socket of the session that was closes within seconds; the page asks who it is now.
    with page.expect_request(f"{server.origin}/banners/", timeout=60_000):
        page.click("#password-form button")
        expect(page.locator(".message.success")).to_be_visible()
    is_live(page)
    expect(page.locator(".toast")).to_have_count(0)


@LOOKS
def test_a_page_that_cannot_be_reached_says_so_and_comes_back(
    page: Page, server: Daphne, tolerated: list[str], language: str, width: int
) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED", "WebSocket", "Failed to fetch"]
    looked_at(page, language, width)
    page.reload()
    is_live(page)
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.goto(f"{server.origin}/notifications/")
    words = {"en": "No connection to Stockwatch", "zh-hans": "无法连接 Stockwatch"}
    expect(page.locator("h1")).to_have_text(words[language])
    expect(page.locator(".since")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.set_offline(False)
    is_live(page)
    assert page.url == f"{server.origin}/notifications/"


@LOOKS
def test_in_the_first_minutes_an_alert_arrives(
    page: Page, server: Daphne, user: User, language: str, width: int
) -> None:
    looked_at(page, language, width)
    page.goto(server.origin)
    page.click(".tour-offer [role=button]")
    page.click("[data-offer='600519.SH']")
    page.click("#proposal button")
    expect(page.locator("#tour")).to_have_attribute("data-step", "3")
    is_live(page)
    assert violations(page) == []
    symbol = Monitor.objects.get().instrument.parsed
    toast, arrived = page.locator(".toast"), page.locator("#tour[data-step='4'] h1")
    for _sweep in range(60):  # as the worker does it, a sweep each second
        now = timezone.now()
        ingest([demo.snapshot(symbol, now)])
        if toast.count():
            break
        page.wait_for_timeout(1000)
    expect(toast).to_be_visible()
    expect(arrived).to_be_focused()
    assert violations(page) == []
    page.click("#tour form button >> nth=0")
    expect(page.locator("#monitors")).to_be_visible()
    expect(page.locator(".tour-offer")).to_have_count(0)


@pytest.fixture
def closed(transactional_db: None) -> Iterator[Daphne]:
    """A server on the real market, on days when China's is closed; prices were seen before."""
    now = timezone.now()
    today = Calendar().trading_day(Market.CN, now)
    for days in range(3):
        CalendarOverride.objects.create(
            market=Market.CN, date=today + timedelta(days=days), kind=OverrideKind.CLOSED
        )
    seen = {f"glance:{symbol}": demo.snapshot(symbol, now) for symbol in LIVELY}
    cache.set_many(seen, 600)
    with start_daphne(QUOTE_SOURCES="tencent") as server:
        yield server


@LOOKS
def test_while_the_market_is_closed_a_test_alert_arrives(
    tab: Page, closed: Daphne, user: User, language: str, width: int
) -> None:
    words = {"en": "Market closed, opens", "zh-hans": "现已休市"}[language]
    looked_at(tab, language, width)
    log_in(tab, closed)
    tab.click(".tour-offer [role=button]")
    offer = tab.locator("[data-offer='600519.SH']")
    expect(offer).to_contain_text(words)
    fits(tab, width)
    offer.click()
    expect(tab.locator("#proposal .message")).to_contain_text(words)
    fits(tab, width)
    tab.click("#proposal button")
    expect(tab.locator("#at-once")).to_contain_text(words)
    is_live(tab)
    fits(tab, width)
    tab.evaluate("window.sameDocument = true")
    tab.click("#at-once button")
    mark = {"en": "Test: ", "zh-hans": "测试："}[language]
    expect(tab.locator(".toast")).to_contain_text(mark)
    expect(tab.locator("#tour[data-step='4'] h1")).to_be_focused()
    expect(tab.locator("#tour .told")).to_contain_text(mark)
    assert tab.evaluate("window.sameDocument") is True
    expect(tab.locator("#unread")).to_have_text("1")
    fits(tab, width)
    tab.context.close()


def fits(page: Page, width: int) -> None:
    """Everybody can use the page, at this width."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@LOOKS
def test_beside_rows_the_tour_is_offered_in_one_line(
    page: Page, server: Daphne, user: User, language: str, width: int
) -> None:
    watch(user)
    tour.promise(user.pk)
    looked_at(page, language, width)
    page.goto(server.origin)
    is_live(page)
    box = page.locator(".tour-offer").bounding_box()
    assert box is not None
    assert box["height"] < 50, "one line"
    fits(page, width)
    page.click(".tour-offer button")
    expect(page.locator("#monitors")).to_be_visible()
    expect(page.locator(".tour-offer")).to_have_count(0)
