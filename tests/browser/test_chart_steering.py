"""The chart is moved, zoomed and read by wheel, buttons and keys; what is older comes by itself."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.market import Candle
from monitors.models import Bar, Monitor
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live, until
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import MOUTAI, Tell, Trade
from tests.live import Daphne

pytestmark = pytest.mark.browser

MINUTES = 1300
SAYS = {
    "en": ("Price chart", "Left and right move the chart", ["Zoom out", "Zoom in", "Back to now"]),
    "zh-hans": ("价格走势图", "左右方向键移动图表", ["缩小", "放大", "回到最新"]),
}


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def monitor(user: User, trade: Trade, now: datetime) -> Monitor:
    """A monitor of a stock that traded in each of the past minutes, for longer than a chart
    shows at first."""
    rules = [
        RuleSpec("take_profit", {"price": "1720"}),
        RuleSpec("stop_loss", {"price": "1690"}),
        RuleSpec("price_below", {"price": "1695"}),
        RuleSpec("entry_zone", {"min": "1694", "max": "1696"}),
    ]
    made = lifecycle.create(user.pk, MOUTAI, rules, trading_hours_only=False)
    trade("1705.50")
    price = Decimal(1700)
    Bar.objects.fill(
        made.instrument,
        [
            Candle(now - timedelta(minutes=back), price, price + 5, price - 5, price + 1, back)
            for back in range(2, MINUTES)
        ],
    )
    return made


@pytest.fixture
def minutes(page: Page, server: Daphne, monitor: Monitor) -> Page:
    """A page that shows the minutes of the monitor."""
    page.goto(f"{server.origin}/settings/")
    page.evaluate("localStorage.setItem('stockwatch.chart', '1m ')")
    return page


def opened(page: Page, server: Daphne, monitor: Monitor) -> Locator:
    page.goto(f"{server.origin}/monitors/{monitor.pk}/")
    is_live(page)
    expect(page.locator("#chart")).to_have_attribute("data-drawn", "")
    place = page.locator("[data-chart]")
    place.scroll_into_view_if_needed()
    return place


def seen(place: Locator) -> tuple[int, int, int]:
    """The first and the last bar that are seen, and how many there are."""
    first, last, count = re.findall(r"\d+", place.get_attribute("data-seen") or "")
    return int(first), int(last), int(count)


def wait(place: Locator, condition: str) -> tuple[int, int, int]:
    """Wait until what is seen is so."""
    until(
        place.page,
        f"""() => {{
          const {{ seen }} = document.querySelector("[data-chart]").dataset;
          const [first, last, count] = seen.match(/\\d+/g).map(Number);
          return {condition};
        }}""",
    )
    return seen(place)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_keys_and_buttons_move_zoom_and_read_aloud(
    minutes: Page, server: Daphne, monitor: Monitor, trade: Trade, language: str, width: int
) -> None:
    page = minutes
    name, hint, buttons = SAYS[language]
    choose(page, language, width)
    place = opened(page, server, monitor)
    aloud, legend = page.locator(".chart-aloud"), page.locator(".chart-legend")
    expect(place).to_have_accessible_name(name)
    expect(place).to_have_accessible_description(re.compile(hint))
    first, last, count = seen(place)
    assert last == count - 1

    place.focus()
    place.press("-")
    wide = wait(place, f"first < {first}")
    place.press("+")
    wait(place, f"first > {wide[0]}")
    place.press("ArrowLeft")
    wait(place, f"last < {last}")
    expect(aloud).to_have_text(re.compile(" – "))
    place.press("End")
    wait(place, f"last === {last}")

    place.press("Shift+ArrowLeft")
    newest = aloud.text_content()
    expect(legend).to_have_text(newest or "")
    place.press("Shift+ArrowLeft")
    expect(aloud).not_to_have_text(newest or "")
    expect(legend).to_have_text(aloud.text_content() or "")
    before = legend.text_content()
    trade("1706", volume=500)
    expect(page.locator("[data-price]")).to_have_text("1706.00")
    expect(legend).to_have_text(before or "")  # what is read stays, whatever comes in
    place.press("Escape")
    expect(legend).to_contain_text("1706.00")

    zoom_out, zoom_in, back = (page.get_by_role("button", name=one) for one in buttons)
    for button in (zoom_out, zoom_in, back):
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    first, last, count = seen(place)
    zoom_in.click()
    nearer = wait(place, f"first > {first}")
    zoom_out.click()
    wait(place, f"first < {nearer[0]}")
    place.press("Home")
    wait(place, f"last < {last}")
    back.click()
    wait(place, "last === count - 1")
    assert violations(page, ".chart") == []


def test_the_wheel_is_the_pages_unless_it_pinches_or_goes_sideways(
    minutes: Page, server: Daphne, monitor: Monitor
) -> None:
    page = minutes
    page.set_viewport_size({"width": 1280, "height": 500})
    place = opened(page, server, monitor)
    place.hover()
    before, y = seen(place), page.evaluate("scrollY")
    page.mouse.wheel(-200, 0)
    past = wait(place, f"last < {before[1]}")
    assert page.evaluate("scrollY") == y
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    nearer = wait(place, f"last - first < {past[1] - past[0]}")
    page.mouse.wheel(0, 200)
    wait(place, f"last - first > {nearer[1] - nearer[0]}")
    page.keyboard.up("Control")
    assert page.evaluate("scrollY") == y
    assert page.evaluate("visualViewport.scale") == 1
    still = seen(place)
    page.mouse.wheel(0, 200 if y == 0 else -200)
    until(page, "(y) => scrollY !== y", y)
    assert seen(place) == still


def test_older_bars_come_page_by_page_and_their_firings_with_them(
    minutes: Page, server: Daphne, monitor: Monitor, user: User, tell: Tell, now: datetime
) -> None:
    """130 firings: more than the page has, one in each tenth minute, the oldest first."""
    page = minutes
    for back in range(1290, -10, -10):
        at = now - timedelta(minutes=back)
        tell(user, monitor=monitor.pk, rule=1, price="1700.00", level="1720", quote_at=at)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("?")[2]))
    place = opened(page, server, monitor)
    marks = "() => document.querySelector('[data-chart]').dataset.marks.split('\\n').length"
    until(page, f"() => ({marks})() >= 50")
    assert page.evaluate(marks) < 60
    place.focus()
    place.press("Home")
    wait(place, "count === 1000")
    until(page, f"() => ({marks})() >= 100")
    place.press("Home")
    wait(place, f"count >= {MINUTES - 1}")
    until(page, f"() => ({marks})() >= 128")
    place.press("Home")
    place.press("PageDown")
    expect(page.locator(".chart-fired")).to_have_text(re.compile("Take profit 1720 fired at"))
    bars = [one for one in asked if one.startswith("interval=1m")]
    assert len([one for one in bars if "before" in one]) == 2, "there are no more than that"
    assert "before=31" in asked


def test_marks_differ_by_kind_and_follow_the_readers_colours(
    minutes: Page, server: Daphne, monitor: Monitor, trade: Trade
) -> None:
    page = minutes
    trade("1721", volume=500)
    trade("1695", volume=600)
    trade("1689", volume=700)
    place = opened(page, server, monitor)

    def looks() -> dict[str, list[str]]:
        lines = (place.get_attribute("data-marks") or "").split("\n")
        return {(parts := line.split(" | "))[0]: parts[1:] for line in lines}

    def colour(name: str) -> str:
        return place.get_attribute(name) or ""

    shown = looks()
    assert shown["TP"] == ["arrowUp", "aboveBar", colour("data-rise")]
    assert shown["Below"] == ["arrowDown", "belowBar", colour("data-fall")]
    assert shown["SL"][:2] == ["square", "belowBar"]
    assert shown["Zone"][:2] == ["circle", "belowBar"]
    assert len({look[2] for look in shown.values()}) == 4
    page.evaluate("document.documentElement.dataset.colours = 'red-up'")
    expect(place).to_have_attribute("data-rise", shown["Below"][2])
    turned = looks()
    assert turned["TP"][2] == shown["Below"][2]
    assert turned["Below"][2] == shown["TP"][2]
    assert turned["SL"] == shown["SL"]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(place).not_to_have_attribute("data-rise", shown["Below"][2])
    dark = looks()
    assert all(dark[name][2] != turned[name][2] for name in dark)


def test_the_table_follows_the_interval_and_is_live(
    minutes: Page, server: Daphne, monitor: Monitor, trade: Trade
) -> None:
    page = minutes
    opened(page, server, monitor)
    table = page.locator("details.chart-table")
    table.locator("summary").click()
    expect(table.locator("caption")).to_have_text("Interval: 1m")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(12)
    expect(rows.nth(5).locator("td").first).to_have_text("1700.00")
    page.get_by_role("button", name="1d", exact=True).click()
    expect(table.locator("caption")).to_have_text("Interval: 1d")
    until(page, "() => document.querySelectorAll('.chart-table tbody tr').length <= 2")
    newest = rows.first.locator("td")
    trade("1725", volume=500)
    expect(newest.nth(3)).to_have_text("1725.00")
    expect(page.locator(".firings li")).to_have_count(1)  # it fired, and the page was drawn anew
    expect(table.locator("caption")).to_have_text("Interval: 1d")
    expect(newest.nth(1)).to_have_text("1725.00")
    assert violations(page, ".chart-table") == []
