"""The chart of days in a real browser: years that a source told, and today from live minutes."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.market import Candle, Market
from monitors.models import DailyBar, Monitor
from tests.browser.conftest import is_live
from tests.conftest import MOUTAI, Trade
from tests.live import Daphne

pytestmark = pytest.mark.browser


@pytest.fixture
def midnight() -> datetime:
    now = timezone.now().astimezone(Market.CN.timezone)
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def monitor(user: User, trade: Trade, midnight: datetime) -> Monitor:
    """A monitor of a stock that closed at 1000 on each of the last 400 days."""
    profit = RuleSpec("take_profit", {"price": "1720"})
    made = lifecycle.create(user.pk, MOUTAI, [profit], trading_hours_only=False)
    opened, high, low, close = map(Decimal, (990, 1010, 980, 1000))
    days = [
        Candle(midnight - timedelta(days=back), opened, high, low, close, back)
        for back in range(1, 401)
    ]
    DailyBar.objects.replace(made.instrument, days, timezone.now())
    for price in ("1700", "1712", "1705.50"):
        trade(price)
    return made


def swipe(page: Page, place: Locator, times: int) -> None:
    """Move the chart to its past, as a hand does: from left to right, below the levels."""
    box = place.bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + box["height"] * 0.6
    for _ in range(times):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + box["width"] * 0.7, y, steps=4)
        page.mouse.up()
    page.mouse.move(x + box["width"] * 0.75, y)


def test_the_daily_chart_shows_stored_days_and_today_live(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade, midnight: datetime
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("/bars?")[2]))
    page.goto(f"{server.origin}/monitors/{monitor.pk}/")
    is_live(page)
    chart = page.locator("#chart")
    expect(chart).to_have_attribute("data-drawn", "")
    legend = chart.locator(".chart-legend")
    chart.get_by_role("button", name="1d").click()
    # The change is that since the close of yesterday, which no minute tells.
    expect(legend).to_contain_text("O 1700.00 H 1712.00 L 1700.00 C 1705.50")
    expect(legend).to_contain_text("+70.55 %")
    trade("1715")
    expect(legend).to_contain_text("O 1700.00 H 1715.00 L 1700.00 C 1715.00")
    assert not any("before" in one for one in asked), "older days are read when one looks for them"
    place = chart.locator("[data-chart]")
    place.scroll_into_view_if_needed()
    with page.expect_response(lambda response: "interval=1d&limit=500&before=" in response.url):
        swipe(page, place, 4)
    swipe(page, place, 4)
    expect(legend).to_contain_text("O 990.00 H 1010.00 L 980.00 C 1000.00")
    expect(legend).to_contain_text(re.compile("V (2[6-9]|3[0-9])[0-9] "))  # one of the older days
    first = (midnight - timedelta(days=249)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert [one for one in asked if "=1d" in one] == [
        "interval=1d&limit=250",
        f"interval=1d&limit=500&before={first}",
    ], "fewer than were asked for: there are no more"


@pytest.mark.parametrize(("interval", "limit"), [("1w", 160), ("1M", 40)])
def test_weeks_and_months_are_live_too(
    page: Page, server: Daphne, monitor: Monitor, trade: Trade, interval: str, limit: int
) -> None:
    page.goto(f"{server.origin}/monitors/{monitor.pk}/")
    is_live(page)
    chart = page.locator("#chart")
    expect(chart).to_have_attribute("data-drawn", "")
    query = f"/bars?interval={interval}&limit={limit}"
    with page.expect_request(lambda request: request.url.endswith(query)):
        chart.get_by_role("button", name=interval, exact=True).click()
    expect(chart.locator(".chart-legend")).to_contain_text("H 1712.00")
    trade("1715")
    expect(chart.locator(".chart-legend")).to_contain_text("H 1715.00")
    expect(chart.locator(".chart-legend")).to_contain_text("C 1715.00")
