"""The watchlist in a real browser: narrowed, sorted, folded and walked by keys, anywhere."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, Route, expect

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, MonitorStatus
from monitors.symbols import Symbol
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import Trade
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

BANK = Symbol.parse("000001")


@pytest.fixture
def two(user: User, trade: Trade) -> None:
    """贵州茅台, which is drawn second, and 平安银行."""
    watch(user, "600519", rating="buy")
    lifecycle.create(user.pk, BANK, [RuleSpec("price_above", {"price": "20"})], rating="sell")
    trade("1700")
    trade("11", BANK, name="平安银行", previous_close=Decimal(10))


def opened(page: Page, server: Daphne, query: str = "") -> Page:
    page.goto(f"{server.origin}/{query}")
    is_live(page)
    return page


def names(page: Page) -> Locator:
    return page.locator(".watch .name")


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_it_is_narrowed_folded_and_its_rows_are_paused_anywhere(
    page: Page, server: Daphne, two: None, language: str, width: int
) -> None:
    choose(page, language, width)
    opened(page, server, "?group=rating")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []

    search = page.locator("#arranging [type=search]")
    search.fill("gzmt")
    expect(page.locator(".watch:visible .name")).to_have_text(["贵州茅台"])
    expect(page.locator(".group:visible")).to_have_count(1)
    search.fill("no such")
    expect(page.locator("#no-match")).to_be_visible()
    search.fill("")
    expect(page.locator(".watch:visible")).to_have_count(2)

    page.locator(".group summary").first.click()
    expect(page.locator(".watch:visible")).to_have_count(1)
    page.reload()
    is_live(page)
    expect(page.locator(".watch:visible")).to_have_count(1)
    page.locator(".group summary").first.click()

    page.evaluate("window.sameDocument = true")
    first = page.locator(".watch").first
    first.locator("[data-act=pause]").click()
    expect(first.locator(".label.paused")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    assert Monitor.objects.filter(status=MonitorStatus.PAUSED).count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_on_a_phone_the_filters_are_behind_one_button(
    page: Page, server: Daphne, two: None, language: str
) -> None:
    choose(page, language, 360)
    opened(page, server)
    order, button = page.locator("[name=sort]"), page.locator("#unfold")
    expect(order).to_be_hidden()
    assert page.evaluate("document.querySelector('.watch').getBoundingClientRect().top") < 480
    button.press("Enter")
    expect(order).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    button.click()
    expect(order).to_be_hidden()

    opened(page, server, "?status=active")
    expect(order).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(button).to_be_hidden()
    expect(order).to_be_visible()


def test_a_row_that_was_drawn_before_a_price_came_shows_it_all_the_same(
    page: Page, server: Daphne, two: None, trade: Trade
) -> None:
    opened(page, server)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/monitors/rows/*", hold)
    row = page.locator("[data-symbol='600519.SH']")
    trade("1900")
    expect(row.locator("[data-price]")).to_have_text("1900.00")
    while not late:
        page.wait_for_timeout(50)
    drawn = late[0].fetch()
    trade("1850")
    expect(row.locator("[data-price]")).to_have_text("1850.00")
    row.evaluate("(one) => { one.dataset.isOld = 'yes' }")
    late[0].fulfill(response=drawn)
    expect(page.locator("[data-symbol='600519.SH']:not([data-is-old])")).to_be_visible()
    expect(row.locator("[data-price]")).to_have_text("1850.00")
    expect(row.locator("[data-change-pct]")).to_have_text("+8.82 %")


def test_prices_move_where_they_are_and_sort_again_when_asked(
    page: Page, server: Daphne, two: None, trade: Trade
) -> None:
    opened(page, server, "?sort=-change")
    expect(names(page)).to_have_text(["平安银行", "贵州茅台"])
    trade("1900")
    moutai = page.locator("[data-symbol='600519.SH']")
    expect(moutai.locator("[data-price]")).to_have_text("1900.00")
    expect(moutai.locator("[data-change-pct]")).to_have_text("+11.76 %")
    expect(names(page)).to_have_text(["平安银行", "贵州茅台"])
    moutai.locator(".name").focus()
    page.keyboard.press("s")
    expect(names(page)).to_have_text(["贵州茅台", "平安银行"])
    expect(moutai.locator(".name")).to_be_focused()
    trade("1600")
    expect(moutai.locator("[data-change-pct]")).to_have_text("-5.88 %")
    page.locator("#resort").click()
    expect(names(page)).to_have_text(["平安银行", "贵州茅台"])


def test_the_way_to_the_nearest_level_is_drawn_on(
    page: Page, server: Daphne, user: User, trade: Trade
) -> None:
    watch(user)
    trade("1700")
    opened(page, server)
    bar = page.locator(".way .bar")
    expect(page.locator("[data-way-level]")).to_have_text("1680")
    trade("1750")
    expect(page.locator("[data-way-level]")).to_have_text("1800")
    expect(bar).to_have_attribute("x", "50.0")
    expect(bar).to_have_attribute("width", "13.7")
    trade("1790")
    expect(page.locator(".way.close [data-way-distance]")).to_have_text("+0.56 %")


def test_it_is_walked_by_keys_but_never_while_one_types(
    page: Page, server: Daphne, two: None
) -> None:
    opened(page, server)
    page.keyboard.press("j")
    expect(names(page).nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(names(page).nth(0)).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator(".watch").nth(0).locator(".label.paused")).to_be_visible()
    expect(names(page).nth(0)).to_be_focused()
    page.keyboard.press("/")
    search = page.locator("#arranging [type=search]")
    expect(search).to_be_focused()
    page.keyboard.type("jpn?")
    expect(search).to_have_value("jpn?")
    expect(page.locator("#keys")).to_be_hidden()
    search.fill("")
    search.blur()
    page.keyboard.press("n")
    expect(page.locator("#quick-line")).to_be_focused()
    page.locator("#quick-line").blur()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("#monitor-form")).to_be_visible()
    opened(page, server)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/monitors/*/")
    opened(page, server)
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/notifications/")


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_keys_are_listed_and_can_be_turned_off(
    page: Page, server: Daphne, two: None, language: str, width: int
) -> None:
    choose(page, language, width)
    opened(page, server)
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    expect(names(page).nth(0)).not_to_be_focused()
    page.locator("#show-keys").click()
    page.locator("#keys-on").check()
    page.keyboard.press("Escape")
    page.locator("body").press("j")
    expect(names(page).nth(0)).to_be_focused()


def test_the_selected_rows_are_paused_and_deleted_together(
    page: Page, server: Daphne, two: None
) -> None:
    opened(page, server)
    bulk = page.locator("#act-on-all")
    expect(bulk).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    bulk.get_by_role("button", name="Pause").click()
    expect(page.locator(".watch .label.paused")).to_have_count(2)
    bulk.get_by_role("button", name="Delete").click()
    expect(page.locator(".watch")).to_have_count(0)
    expect(bulk).to_be_hidden()
    assert not Monitor.objects.exists()


def test_a_row_that_is_drawn_anew_stays_narrowed(
    page: Page, server: Daphne, two: None, user: User
) -> None:
    opened(page, server)
    page.locator("#arranging [type=search]").fill("贵州")
    lifecycle.pause(Monitor.objects.filter(instrument__symbol=str(BANK)))
    row = page.locator("[data-symbol='000001.SZ']")
    expect(row.locator(".label.paused")).to_have_count(1)
    expect(row).to_be_hidden()
