"""Pages that are kept open all day: what they say of prices and sessions stays true."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from monitors.models import Instrument, Monitor
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live, log_in
from tests.browser.in_language import choose
from tests.conftest import Trade
from tests.live import Daphne, start_daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

AGES = {"en": "1 d ago", "zh-hans": "1 天前"}
ALLOWED = 120
"""Seconds, as QUOTE_MAX_AGE is by default."""


@pytest.fixture
def exchange(transactional_db: None) -> Iterator[Daphne]:
    """A server whose market has sessions."""
    with start_daphne(QUOTE_SOURCES="tencent") as server:
        yield server
        assert server.complaints() == []


class Day:
    """The page's clock, and the second session that is to come."""

    def __init__(self, page: Page) -> None:
        self.page = page
        written = page.locator("[data-sessions]").first.get_attribute("data-sessions") or ""
        self.begin, self.end = map(int, written.split()[2].split("-"))

    def reach(self, seconds: int) -> None:
        """Let it be so late, in epoch seconds."""
        self.page.clock.pause_at(seconds)
        self.page.clock.run_for(1000)


@pytest.fixture
def old(user: User, trade: Trade) -> Monitor:
    """A monitor whose price is an hour old."""
    made = watch(user)
    trade("1700", source="tencent", at=timezone.now() - timedelta(hours=1))
    return made


@pytest.fixture
def day(tab: Page, exchange: Daphne, old: Monitor, tolerated: list[str]) -> Iterator[Day]:
    """The watchlist of somebody who has just logged in, with a clock that the test moves."""
    tolerated.append("WebSocket connection to")  # hours pass in which no ping comes
    tab.clock.install()
    log_in(tab, exchange)
    is_live(tab)
    yield Day(tab)
    tab.context.close()  # before the server goes


def local(page: Page, seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, ZoneInfo(page.evaluate("document.body.dataset.zone")))


def test_a_price_is_stale_only_while_its_market_trades(tab: Page, day: Day) -> None:
    stale = tab.locator(".watch [data-stale]")
    day.reach(day.begin - 60)
    expect(tab.locator(".watch [data-age]")).to_have_text(re.compile("ago"))
    expect(stale).to_be_hidden()
    day.reach(day.begin + ALLOWED - 30)
    expect(stale).to_be_hidden()
    day.reach(day.begin + ALLOWED + 30)
    expect(stale).to_be_visible()
    day.reach(day.end + 30)
    expect(stale).to_be_hidden()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 360)])
def test_the_page_of_a_monitor_says_so_too(
    tab: Page, exchange: Daphne, day: Day, old: Monitor, language: str, width: int
) -> None:
    choose(tab, language, width)
    tab.goto(f"{exchange.origin}/monitors/{old.pk}/")
    is_live(tab)
    stale, is_open = tab.locator(".quote [data-stale]"), tab.locator(".quote [data-open]")
    closed, age = tab.locator(".quote [data-closed]"), tab.locator(".quote [data-age]")
    day.reach(day.begin - 60)
    expect(closed).to_be_visible()
    expect(is_open).to_be_hidden()
    expect(stale).to_be_hidden()
    day.reach(day.begin + ALLOWED + 30)
    expect(stale).to_be_visible()
    expect(is_open).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.clock.resume()  # axe waits for frames, which a clock that stands never draws
    assert violations(tab, ".quote") == []
    day.reach(day.end + 30)
    expect(stale).to_be_hidden()
    expect(closed).to_be_visible()
    expect(age).to_have_text(re.compile(r"^\d+ "))


def test_a_new_session_has_the_list_drawn_anew(tab: Page, day: Day, old: Monitor) -> None:
    expect(tab.locator(".watch [data-price]")).not_to_have_attribute("title", re.compile("."))
    today = timezone.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    Instrument.objects.update(limits_on=today, limit_up="1870", limit_down="1530")
    tab.evaluate("window.sameDocument = true")
    day.reach(day.begin - 60)
    day.reach(day.begin + 60)
    tab.clock.run_for(1000)
    expect(tab.locator(".watch [data-price]")).to_have_attribute(
        "title", "Limits 1530.00 – 1870.00"
    )
    assert tab.evaluate("window.sameDocument") is True


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_price_of_another_day_has_its_date(
    page: Page, server: Daphne, user: User, trade: Trade, language: str
) -> None:
    choose(page, language)
    monitor = watch(user)
    before = timezone.now() - timedelta(hours=30)
    trade("1700", at=before)
    for address, place in (("/", ".watch"), (f"/monitors/{monitor.pk}/", ".quote")):
        page.goto(f"{server.origin}{address}")
        is_live(page)
        before += timedelta(seconds=1)
        trade(f"1701.{before.second:02}", at=before)
        shown: Locator = page.locator(f"{place} [data-price]")
        expect(shown).to_have_text(f"1701.{before.second:02}")
        time = local(page, before.timestamp())
        expect(page.locator(f"{place} [data-at]")).to_have_text(f"{time:%m-%d %H:%M}")
        expect(page.locator(f"{place} [data-age]")).to_have_text(AGES[language])


def test_the_time_of_a_price_gets_its_date_at_midnight(
    page: Page, server: Daphne, user: User, trade: Trade, tolerated: list[str]
) -> None:
    tolerated.append("WebSocket connection to")
    watch(user)
    trade("1700")
    page.clock.install()
    page.goto(server.origin)
    is_live(page)
    at = page.locator(".watch [data-at]")
    expect(at).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    page.clock.fast_forward(24 * 3600 * 1000)
    page.clock.run_for(1000)
    expect(at).to_have_text(re.compile(r"^\d\d-\d\d \d\d:\d\d$"))


def test_the_line_of_a_new_day_begins_anew(
    page: Page, server: Daphne, user: User, trade: Trade
) -> None:
    watch(user)
    trade("1700")
    page.goto(server.origin)
    is_live(page)
    price, line = page.locator(".watch [data-price]"), page.locator(".watch polyline")

    def moved(to: str, **fields: object) -> None:
        trade(to, **fields)
        expect(price).to_have_text(to)

    moved("1710.00")
    moved("1720.00")
    expect(line).to_have_attribute("points", re.compile(r"^0\.0,\S+ 96\.0,1\.5$"))
    expect(page.locator(".watch .base")).to_have_attribute("y1", "22.5")
    moved("1760.00", previous_close=Decimal(1800))
    moved("1750.00", previous_close=Decimal(1800))
    expect(line).to_have_attribute("points", "0.0,18.3 96.0,22.5")
    expect(page.locator(".watch .base")).to_have_attribute("y1", "1.5")
