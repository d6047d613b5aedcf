"""The page of one monitor in a real browser: the chart, its levels, what comes in live."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Bar, Monitor, Rule
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live, log_in
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import MOUTAI, Trade
from tests.live import Daphne

pytestmark = pytest.mark.browser

PROFIT = RuleSpec("take_profit", {"price": "1720"})
ZONE = RuleSpec("entry_zone", {"min": "1690", "max": "1695"})
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Words:
    """What the tests read of the page in one language."""

    close: str
    now: str
    day: str
    day_legend: str
    profit: str
    high: str
    low: str
    away: str
    take_profit: str
    zone: str
    undo: str
    all_levels: str
    refused: str
    fired: str


WORDS = {
    "en": Words(
        close="C",
        now="Now 1708.25, 0.69 % below.",
        day="Day",
        day_legend="Price 1708.25 Average",
        profit="Take profit, level",
        high="Entry zone, upper edge",
        low="Entry zone, lower edge",
        away="1720, 0.85 % from the price",
        take_profit="Take profit",
        zone="Entry zone",
        undo="Undo",
        all_levels="All levels",
        refused="Entry zone stays at 1690: The lower bound must be below",
        fired="Take profit 1720 fired at 1721.00",
    ),
    "zh-hans": Words(
        close="收",
        now="现价 1708.25，低 0.69 %。",
        day="分时",
        day_legend="价 1708.25 均价",
        profit="止盈，价位",
        high="买入区间，上沿",
        low="买入区间，下沿",
        away="1720，距现价 0.85 %",
        take_profit="止盈",
        zone="买入区间",
        undo="撤销",
        all_levels="全部价位",
        refused="买入区间 仍为 1690：下限必须低于上限。",
        fired="止盈 1720 触发，价格 1721.00",
    ),
}


@pytest.fixture
def monitor(user: User, trade: Trade) -> Monitor:
    made = lifecycle.create(user.pk, MOUTAI, [PROFIT, ZONE], trading_hours_only=False)
    for price, volume in (("1700", 100), ("1712", 200), ("1705.50", 300)):
        trade(price, volume=volume)
    return made


def opened(page: Page, server: Daphne, monitor: Monitor) -> Locator:
    page.goto(f"{server.origin}/monitors/{monitor.pk}/")
    is_live(page)
    chart = page.locator("#chart")
    expect(chart).to_have_attribute("data-drawn", "")
    return chart


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def levels(monitor: Monitor) -> list[dict[str, str]]:
    return list(Rule.objects.filter(monitor=monitor).values_list("params", flat=True))


def drag(page: Page, handle: Locator, by: int) -> None:
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by / 2)
    page.mouse.move(x, y + by)
    page.mouse.up()


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_chart_is_drawn_and_its_last_bar_is_live(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade, language: str, width: int
) -> None:
    words = WORDS[language]
    choose(page, language, width)
    chart = opened(page, server, monitor)
    expect(chart.locator("canvas").first).to_be_visible()
    expect(chart.locator(".chart-legend")).to_contain_text(f"{words.close} 1705.50")
    expect(chart.locator(".chart-foot")).to_contain_text("Asia/Shanghai")
    trade("1708.25", volume=400)
    expect(chart.locator(".chart-legend")).to_contain_text(f"{words.close} 1708.25")
    expect(page.locator("[data-price]")).to_have_text("1708.25")
    expect(page.locator(".rule-words")).to_contain_text(words.now)
    day = chart.get_by_role("button", name=words.day)
    day.click()
    expect(chart.locator(".chart-legend")).to_contain_text(words.day_legend)
    expect(day).to_have_attribute("aria-pressed", "true")
    assert violations(page, ".chart-tools") == []  # the mouse is over a button
    chart.locator("[data-interval='15m']").hover()
    assert violations(page, ".chart-tools") == []


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_levels_are_dragged_or_moved_by_keys_and_undone_or_refused(
    page: Page, server: Daphne, monitor: Monitor, tolerated: list[str], language: str, width: int
) -> None:
    words = WORDS[language]
    choose(page, language, width)
    opened(page, server, monitor)
    said, told = page.locator(".chart-said"), page.locator(".rule-words")

    profit = slider(page, words.profit)
    expect(profit).to_have_attribute("aria-valuetext", words.away)
    drag(page, profit, -30)
    expect(said).to_contain_text(f"{words.take_profit} 1720 →")
    moved = levels(monitor)[0]["price"]
    assert float(moved) > 1720
    assert round(float(moved), 2) == float(moved)
    expect(told).to_contain_text(f"{words.take_profit} {moved}")
    said.get_by_role("button", name=words.undo).click()
    expect(said).to_contain_text("→ 1720")
    expect(profit).to_have_attribute("aria-valuenow", "1720")
    assert levels(monitor)[0] == {"price": "1720"}
    expect(told).to_contain_text(f"{words.take_profit} 1720")

    high = slider(page, words.high)
    high.focus()
    for key in ("ArrowUp", "ArrowUp", "PageUp", "ArrowDown"):
        high.press(key)
    expect(high).to_have_attribute("aria-valuenow", "1695.11")
    high.press("Escape")
    expect(high).to_have_attribute("aria-valuenow", "1695")
    high.press("ArrowDown")
    high.press("Enter")
    expect(said).to_contain_text(f"{words.zone} 1695 → 1694.99")
    assert levels(monitor)[1] == {"min": "1690", "max": "1694.99"}
    expect(high).to_be_focused()
    expect(told).to_contain_text("1694.99")

    tolerated.append("status of 422")
    page.get_by_label(words.all_levels).check()
    low = slider(page, words.low)
    drag(page, low, -150)
    expect(said).to_contain_text(words.refused)
    expect(low).to_have_attribute("aria-valuenow", "1690")
    assert levels(monitor)[1] == {"min": "1690", "max": "1694.99"}


def test_a_level_that_looks_like_a_slip_is_saved_and_says_so(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade
) -> None:
    trade("1719.95", volume=400)
    opened(page, server, monitor)
    handle = slider(page, "Take profit, level")
    handle.press("PageDown")
    handle.press("Enter")
    said = page.get_by_role("status").and_(page.locator(".chart-said"))
    expect(said).to_contain_text("Take profit 1720 → 1719.9")
    expect(said.locator(".caution")).to_have_text(
        "At 1719.95 this is so already: it tells you at once."
    )
    assert violations(page, ".chart-said") == []
    said.get_by_role("button", name="Undo").click()
    expect(said.locator(".caution")).to_have_count(0)
    expect(handle).to_have_attribute("aria-valuenow", "1720")


def test_what_was_changed_elsewhere_meanwhile_is_not_written_over(
    page: Page, server: Daphne, monitor: Monitor, tolerated: list[str]
) -> None:
    tolerated.append("status of 409")
    opened(page, server, monitor)
    # Behind the page's back: nobody is told.
    Rule.objects.filter(kind="entry_zone").update(params={"min": "1680", "max": "1695"})
    edge = slider(page, "Entry zone, upper edge")
    edge.press("ArrowDown")
    edge.press("Enter")
    expect(page.locator(".chart-said")).to_contain_text("Entry zone 1695 → 1694.99")
    assert levels(monitor)[1] == {"min": "1680", "max": "1694.99"}
    expect(slider(page, "Entry zone, lower edge")).to_have_attribute("aria-valuenow", "1680")
    Rule.objects.filter(kind="take_profit").update(params={"price": "1730"})
    profit = slider(page, "Take profit, level")
    profit.press("ArrowUp")
    profit.press("Enter")
    expect(page.locator(".chart-said")).to_contain_text("The level was changed elsewhere")
    assert levels(monitor)[0] == {"price": "1730"}


def test_a_level_changed_elsewhere_and_a_firing_come_in_by_themselves(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade
) -> None:
    marks = opened(page, server, monitor).locator("[data-chart]")
    expect(marks).to_have_attribute("data-marks", "")
    rule = monitor.rules.get(kind="take_profit")
    lifecycle.edit(monitor, [RuleSpec("take_profit", {"price": "1715"}, id=rule.pk), ZONE])
    expect(slider(page, "Take profit, level")).to_have_attribute("aria-valuenow", "1715")
    trade("1716", volume=500)
    expect(marks).to_have_attribute("data-marks", re.compile(r"^TP \|"))
    expect(page.locator(".rule-words")).to_contain_text("at 1716.00. Armed again once")
    expect(page.locator(".firings li")).to_have_count(1)
    trade("1710", volume=600)
    trade("1717", volume=700)
    expect(page.locator(".firings li")).to_have_count(2)
    # A minute may be over.
    expect(marks).to_have_attribute("data-marks", re.compile(r"^TP ×2 \||^TP \|.*\nTP \|"))


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_a_firing_is_named_at_its_bar_and_opened_by_keys(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade, language: str, width: int
) -> None:
    trade("1721", volume=500)
    choose(page, language, width)
    chart = opened(page, server, monitor)
    place = chart.locator("[data-chart]")
    place.focus()
    place.press("PageUp")
    expect(chart.locator(".chart-fired")).to_contain_text(WORDS[language].fired)
    expect(chart.get_by_role("status").first).to_contain_text(WORDS[language].fired)
    place.press("Enter")
    page.wait_for_url("**/notifications/?seq=1#n1")


def test_a_mark_names_its_firing_under_the_mouse_and_leads_to_it(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade
) -> None:
    trade("1721", volume=500)
    chart = opened(page, server, monitor)
    place = chart.locator("[data-chart]")
    expect(place).to_have_attribute("data-marks", re.compile(r"^TP \| arrowUp \| aboveBar"))
    box = place.bounding_box()
    assert box is not None
    marked = False
    # The newest bar is near the right edge: find the mark where the pointer turns to a hand.
    for x in range(int(box["width"]) - 60, int(box["width"]) - 220, -3):
        for y in range(6, 140, 6):
            page.mouse.move(box["x"] + x, box["y"] + y)
            marked = "on-mark" in (place.get_attribute("class") or "")
            if marked:
                break
        if marked:
            break
    assert marked
    expect(chart.locator(".chart-fired")).to_contain_text("Take profit 1720 fired at 1721.00")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/notifications/?seq=1#n1")


def test_a_finger_that_scrolls_moves_no_level_and_one_that_chose_it_does(
    page: Page, server: Daphne, monitor: Monitor
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    opened(page, server, monitor)
    handle = slider(page, "Take profit, level")
    touch = page.context.new_cdp_session(page)

    def swipe(by: int) -> None:
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + 20, box["y"] + 12
        send(touch, "touchStart", x, y)
        for part in range(1, 6):
            send(touch, "touchMove", x, y + by * part / 5)
        send(touch, "touchEnd")

    swipe(-30)
    expect(handle).to_have_attribute("aria-valuenow", "1720")
    handle.focus()
    handle.scroll_into_view_if_needed()
    swipe(-30)
    expect(page.locator(".chart-said")).to_contain_text("Take profit 1720 →")
    (profit, _zone) = levels(monitor)
    assert profit != {"price": "1720"}
    expect(page.locator(".rule-words")).to_contain_text(profit["price"])


def send(touch: Any, kind: str, x: float = 0, y: float = 0) -> None:
    points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
    touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_the_chart_takes_on_theme_and_colours_while_it_is_open(
    page: Page, server: Daphne, monitor: Monitor
) -> None:
    opened(page, server, monitor)
    place = page.locator("[data-chart]")
    light = place.get_attribute("data-rise")
    page.evaluate("document.documentElement.dataset.colours = 'red-up'")
    expect(place).not_to_have_attribute("data-rise", light or "")
    assert place.get_attribute("data-fall") == light
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(place).not_to_have_attribute("data-fall", light or "")


def test_what_is_drawn_anew_keeps_the_focus_and_what_is_typed(
    page: Page, server: Daphne, monitor: Monitor
) -> None:
    opened(page, server, monitor)
    deeds = page.locator("[data-part=deeds]")
    deeds.get_by_role("button", name="Pause").click()
    expect(deeds.get_by_role("button", name="Resume")).to_be_focused()
    expect(page.locator(".rule-words")).to_contain_text("Off: the monitor is paused.")
    page.locator(".rule-words [data-level-edit]").first.click()
    typed = page.locator(".rule-words input:focus")
    typed.fill("1725")
    lifecycle.resume([monitor])
    expect(deeds.get_by_role("button", name="Pause")).to_be_visible()
    expect(typed).to_have_value("1725")
    typed.press("Enter")
    expect(slider(page, "Take profit, level")).to_have_attribute("aria-valuenow", "1725")
    expect(page.locator(".rule-words")).to_contain_text("Armed.")
    expect(page.locator(".snack").last).to_contain_text("Take profit 1720 → 1725")


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_note_is_changed_in_place_and_waits_for_who_writes(
    page: Page, server: Daphne, monitor: Monitor, language: str, width: int
) -> None:
    choose(page, language, width)
    opened(page, server, monitor)
    page.evaluate("window.sameDocument = true")
    writing = page.locator(".writing")
    note, group = writing.locator("[name=note]"), writing.locator("[name=group]")
    writing.locator("summary").click()
    assert violations(page, ".writing") == []
    note.fill("Buy before the report")
    group.fill("Holdings")
    lifecycle.edit(monitor, note="Written elsewhere", group="Old")
    expect(page.locator(".own-group")).to_have_text("#Old")
    expect(note).to_have_value("Buy before the report")
    group.press("Enter")
    expect(page.locator(".monitor-note")).to_have_text("Buy before the report")
    expect(page.locator(".own-group")).to_have_text("#Holdings")
    expect(note).to_be_hidden()
    expect(writing.locator("summary")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_chart_that_cannot_be_loaded_says_so(
    page: Page, server: Daphne, monitor: Monitor, tolerated: list[str]
) -> None:
    tolerated += ["ERR_FAILED", "Failed to fetch dynamically imported module"]
    page.route("**/vendor/lightweight-charts/**", lambda route: route.abort())
    page.goto(f"{server.origin}/monitors/{monitor.pk}/")
    is_live(page)
    expect(page.locator(".chart-said")).to_have_text("The chart cannot be loaded now.")


def test_a_deletion_says_so_and_can_be_undone_here(
    page: Page, server: Daphne, monitor: Monitor
) -> None:
    opened(page, server, monitor)
    page.locator("[data-act=more]").click()
    page.locator("#row-menu").get_by_role("button", name="Delete").click()
    expect(page.locator("#monitor-gone")).to_be_visible()
    page.locator("#snacks").get_by_role("button", name="Undo").click()
    expect(page.locator("#monitor-gone")).to_be_hidden()
    is_live(page)
    assert Monitor.objects.of(monitor.owner_id).count() == 1


def test_without_bars_the_chart_says_so_and_begins_with_the_first(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade
) -> None:
    Bar.objects.all().delete()
    chart = opened(page, server, monitor)
    expect(chart).to_contain_text("No prices yet")
    trade("1707", volume=900)
    expect(chart.locator(".chart-legend")).to_contain_text("C 1707.00")
    expect(chart.locator(".chart-empty")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(
    tab: Page, server: Daphne, monitor: Monitor, user: User, trade: Trade,
    language: str, size: Any, scheme: Any,
) -> None:  # fmt: skip
    trade("1721", volume=500)
    tab.context.add_cookies([{"name": "django_language", "value": language, "url": server.origin}])
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size(size)
    log_in(tab, server)
    opened(tab, server, monitor)
    tab.locator("details.chart-table summary").click()
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if language != "en":
        expect(slider(tab, "止盈，价位")).to_be_visible()
        expect(tab.locator(".rule-words")).to_contain_text("现价 1721.00")


def test_without_javascript_the_page_has_levels_bars_and_the_way_to_edit(
    page: Page, server: Daphne, monitor: Monitor
) -> None:
    plain = page.context.browser
    assert plain is not None
    context = plain.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    shown = context.new_page()
    shown.goto(f"{server.origin}/monitors/{monitor.pk}/")
    expect(shown.locator("#chart")).to_be_hidden()
    expect(shown.locator(".rule-words")).to_contain_text("Take profit 1720")
    shown.locator("details.chart-table summary").click()
    expect(shown.locator("details.chart-table td").first).to_be_visible()
    shown.get_by_role("button", name="Edit").click()
    expect(shown).to_have_url(f"{server.origin}/monitors/{monitor.pk}/edit/")
    context.close()
