"""The watchlist while its user is at work elsewhere: another tab, a phone, the API."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import DeletedMonitor, Monitor
from monitors.symbols import Symbol
from tests.browser.conftest import is_live
from tests.browser.in_language import choose
from tests.conftest import Trade
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

BANK = Symbol.parse("000001")


def opened(page: Page, server: Daphne, query: str = "") -> None:
    page.goto(f"{server.origin}/{query}")
    is_live(page)
    page.evaluate("window.sameDocument = true")


def row(page: Page, symbol: str) -> Locator:
    return page.locator(f".watch[data-symbol='{symbol}']")


def bank(user: User, **fields: str) -> Monitor:
    rules = [RuleSpec("price_above", {"price": "20"})]
    return lifecycle.create(user.pk, BANK, rules, **fields)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 360)])
def test_monitors_come_go_and_change_groups(
    page: Page, server: Daphne, user: User, trade: Trade, language: str, width: int
) -> None:
    choose(page, language, width)
    watch(user, group="Long")
    opened(page, server, "?group=own")
    count = page.locator(".group").first.locator(".count-of")
    expect(count).to_have_text("1")

    made = bank(user, group="Long")
    expect(row(page, "000001.SZ")).to_be_visible()
    expect(count).to_have_text("2")
    trade("11", BANK, name="平安银行", previous_close=Decimal(10))
    expect(row(page, "000001.SZ").locator("[data-price]")).to_have_text("11.00")

    lifecycle.regroup([made], "Short")
    short = page.locator(".group", has=page.get_by_role("heading", name="Short"))
    expect(short.locator(".watch")).to_have_count(1)
    expect(count).to_have_text("1")

    lifecycle.delete([made])
    expect(page.locator(".watch")).to_have_count(1)
    expect(short).to_have_count(0)
    lifecycle.restore_one(user.pk, DeletedMonitor.objects.get().pk)
    expect(short.locator(".watch")).to_have_count(1)
    assert page.evaluate("window.sameDocument") is True


def test_who_is_at_work_in_the_list_stays_where_they_are(
    page: Page, server: Daphne, user: User, trade: Trade
) -> None:
    for number in range(20):
        watch(user, f"{600_000 + number}.SH")
    watched = watch(user, "600519", note="mine")
    opened(page, server)
    place = row(page, "600003.SH")
    place.locator(".tick").check()
    place.locator(".name").focus()
    place.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 200)")
    before = place.evaluate("one => one.getBoundingClientRect().top")
    bank(user)
    expect(row(page, "000001.SZ")).to_have_count(1)
    expect(place.locator(".name")).to_be_focused()
    expect(place.locator(".tick")).to_be_checked()
    assert abs(place.evaluate("one => one.getBoundingClientRect().top") - before) < 2

    page.locator("#arranging [type=search]").fill("mine")
    lifecycle.delete([watched])
    lifecycle.restore_one(user.pk, DeletedMonitor.objects.get().pk)
    bank(user)
    expect(row(page, "000001.SZ")).to_have_count(2)
    expect(page.locator(".watch:visible")).to_have_count(1)


def test_a_level_that_is_being_written_is_not_taken_away(
    page: Page, server: Daphne, user: User, trade: Trade
) -> None:
    watch(user)
    opened(page, server)
    row(page, "600519.SH").locator("[data-level-edit]").last.click()
    field = page.locator(".level-field input")
    field.fill("1777")
    bank(user)
    trade("1701")
    expect(row(page, "600519.SH").locator("[data-price]")).to_have_text("1701.00")
    expect(field).to_have_value("1777")
    field.press("Enter")
    expect(row(page, "600519.SH").locator(".rules")).to_contain_text("1777")
    expect(row(page, "000001.SZ")).to_be_visible()


def test_the_first_monitor_comes_to_an_empty_list(page: Page, server: Daphne, user: User) -> None:
    opened(page, server)
    expect(page.locator("#arranging")).to_be_hidden()
    page.locator("#quick-line").fill("600")
    bank(user)
    expect(row(page, "000001.SZ")).to_be_visible()
    expect(page.locator("#arranging")).to_be_visible()
    expect(page.locator("#clock .market")).to_have_count(1)
    expect(page.locator("#quick-line")).to_have_value("600")
