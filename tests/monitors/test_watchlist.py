"""The watchlist's order, groups, nearest levels, lines and remembered choices, as its HTML is."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle
from monitors.calendars import Calendar
from monitors.lifecycle import RuleSpec
from monitors.market import Market
from monitors.models import Bar, Instrument, Monitor
from monitors.symbols import Symbol
from monitors.views.sparklines import POINTS, Sparkline, sparklines
from tests.conftest import Trade
from tests.monitors.listed import list_known

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def watch(user: User, symbol: str, *levels: str, **fields: Any) -> Monitor:
    rules = [RuleSpec("price_above", {"price": level}) for level in levels or ("9999",)]
    return lifecycle.create(user.pk, Symbol.parse(symbol), rules, **fields)


def order(client: Client, **query: str) -> list[str]:
    """Return the symbols as the page has them."""
    text = client.get("/", query).content.decode()
    return re.findall(r'data-symbol="([^"]+)"', text)


def groups(client: Client, **query: str) -> list[tuple[str, str]]:
    text = client.get("/", query).content.decode()
    return re.findall(r'<h2>([^<]+)</h2> <span class="count-of">(\d+)', text)


@pytest.fixture
def three(user: User, trade: Trade) -> None:
    """Maotai fell and is near to its level, Ping An rose and is far, Apple has no price."""
    list_known()
    watch(user, "600519", "1710", rating="buy")
    watch(user, "000001", "20", rating="sell")
    watch(user, "AAPL")
    trade("1700", previous_close=Decimal(1750))
    trade("11", Symbol.parse("000001"), previous_close=Decimal(10), name="平安银行")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-added", ["AAPL.US", "000001.SZ", "600519.SH"]),
        ("-change", ["000001.SZ", "600519.SH", "AAPL.US"]),
        ("change", ["600519.SH", "000001.SZ", "AAPL.US"]),
        ("distance", ["600519.SH", "000001.SZ", "AAPL.US"]),
        ("name", ["600519.SH", "000001.SZ", "AAPL.US"]),  # guizhou, pingan, pingguo
    ],
)
def test_rows_are_ordered_and_what_is_unknown_comes_last(
    browser: Client, three: None, sort: str, expected: list[str]
) -> None:
    assert order(browser, sort=sort) == expected


def test_what_fired_last_comes_first(browser: Client, user: User, trade: Trade) -> None:
    watch(user, "600519", "1700")
    watch(user, "000001", "10")
    watch(user, "AAPL")
    trade("11", Symbol.parse("000001"))
    trade("1701")
    assert order(browser, sort="-fired") == ["600519.SH", "000001.SZ", "AAPL.US"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("market", [("Mainland China", "2"), ("United States", "1")]),
        ("rating", [("Buy", "1"), ("Sell", "1"), ("Without a rating", "1")]),
        ("status", [("Active", "3")]),
        ("nearest", [("Within 1 %", "1"), ("Further", "1"), ("Waits for no level", "1")]),
    ],
)
def test_rows_are_grouped(
    browser: Client, three: None, group: str, expected: list[tuple[str, str]]
) -> None:
    assert groups(browser, group=group) == expected


def test_a_group_says_how_many_it_has_on_all_pages(browser: Client, user: User) -> None:
    for _ in range(51):
        watch(user, "600519")
    assert groups(browser, group="market", size="50") == [("Mainland China", "51")]


def test_the_arrangement_is_remembered_and_the_address_goes_first(
    browser: Client, three: None
) -> None:
    browser.get("/", {"sort": "change", "group": "rating"})
    assert order(browser) == ["600519.SH", "000001.SZ", "AAPL.US"]
    assert groups(browser)[0] == ("Buy", "1")
    assert groups(browser, group="") == []


@pytest.mark.parametrize("query", [{"sort": "x"}, {"group": "\x00"}, {"size": "10**9"}])
def test_nonsense_is_taken_for_the_usual(
    browser: Client, three: None, query: dict[str, str]
) -> None:
    assert order(browser, **query) == ["AAPL.US", "000001.SZ", "600519.SH"]


def test_nonsense_in_a_cookie_is_no_error(browser: Client, three: None) -> None:
    browser.cookies["watchlist"] = "a:b:c:d:e"
    browser.cookies["folded"] = "....x"
    assert len(order(browser)) == 3


def test_a_closed_group_stays_closed(browser: Client, three: None) -> None:
    browser.cookies["folded"] = "market-US"
    text = browser.get("/", {"group": "market"}).content.decode()
    assert 'data-group="market-CN" open>' in text
    assert 'data-group="market-US">' in text


def test_own_groups_come_by_name_and_what_has_none_comes_last(
    browser: Client, user: User, three: None
) -> None:
    moutai, _bank, apple = Monitor.objects.order_by("pk")
    lifecycle.regroup([apple], "观察 A.B;")
    lifecycle.regroup([moutai], "Holdings")
    text = browser.get("/", {"group": "own"}).content.decode()
    assert re.findall(r"<h2>([^<]*)</h2>", text) == ["Holdings", "观察 A.B;", "Without a group"]
    assert "#Holdings</span>" in text
    keys = re.findall(r'data-group="(own-[0-9a-f]+)" open', text)
    assert len(set(keys)) == 3
    browser.cookies["folded"] = keys[1]
    text = browser.get("/", {"group": "own"}).content.decode()
    assert re.findall(r'data-group="(own-[0-9a-f]+)">', text) == [keys[1]]
    assert order(browser, search="holdings") == ["600519.SH"]


def test_queries_are_the_same_with_groups_for_any_number(
    browser: Client, user: User, three: None, django_assert_num_queries: Any
) -> None:
    for sort in ("distance", "name", "-fired"):
        with django_assert_num_queries(17):
            order(browser, group="nearest", sort=sort)
    for symbol in ("MSFT", "KO", "300750", "700.HK"):
        watch(user, symbol)
    with django_assert_num_queries(17):
        order(browser, group="nearest", sort="distance")


def nearest(client: Client) -> list[str]:
    text = client.get("/").content.decode()
    return re.findall(r"data-way-(?:label|level|distance)>([^<]*)<", text)


def test_the_nearest_level_is_the_nearest_of_those_that_are_armed(
    browser: Client, user: User, trade: Trade
) -> None:
    rules = [
        RuleSpec("price_above", {"price": "1699"}, repeat="once"),
        RuleSpec("take_profit", {"price": "1800"}),
        RuleSpec("entry_zone", {"min": "1500", "max": "1600"}),
    ]
    monitor = lifecycle.create(user.pk, Symbol.parse("600519"), rules)
    assert nearest(browser) == ["", "", ""]
    trade("1690")
    assert nearest(browser) == ["Price above", "1699", "+0.53 %"]
    trade("1700")
    assert nearest(browser) == ["Entry zone", "1600", "-5.88 %"] or nearest(browser) == [
        "Take profit",
        "1800",
        "+5.88 %",
    ]
    trade("1720")
    assert nearest(browser) == ["Take profit", "1800", "+4.65 %"]
    lifecycle.pause([monitor])
    assert nearest(browser) == ["", "", ""]


def bar(instrument: Instrument, at: datetime, close: Decimal) -> Bar:
    return Bar(
        instrument=instrument, at=at, open=close, high=close, low=close, close=close, volume=1
    )


def test_a_line_is_the_newest_trading_day_in_a_few_points_that_end_at_the_price(
    user: User, trade: Trade
) -> None:
    watch(user, "600519")
    trade("1777", source="tencent")
    instrument = Instrument.objects.select_related("quote").get()
    calendar, now = Calendar(), datetime(2026, 11, 24, 8, tzinfo=SHANGHAI)
    start = calendar.sessions(Market.CN, datetime(2026, 11, 23, tzinfo=SHANGHAI).date())[0][0]
    Bar.objects.bulk_create(
        bar(instrument, start + timedelta(minutes=number), Decimal(1000 + number))
        for number in range(-60, 120)
    )
    prices = sparklines([instrument], calendar, now)[instrument.pk].prices
    assert len(prices) <= POINTS + 1
    assert 1000 <= prices[0] < 1010
    assert list(prices[:-1]) == sorted(prices[:-1])
    assert prices[-1] == 1777


def test_a_stock_without_minutes_has_no_line(user: User, trade: Trade) -> None:
    watch(user, "600519")
    trade("1700")
    Bar.objects.all().delete()
    instrument = Instrument.objects.select_related("quote").get()
    assert sparklines([instrument], Calendar(), timezone.now()) == {}


def test_a_line_stays_in_its_drawing() -> None:
    line = Sparkline((3.0, 1.0, 2.0), 4.0)
    assert line.points == "0,8.5 48,22.5 96,15.5"
    assert (line.low, line.high) == (1, 4)
    flat = Sparkline((5.0, 5.0), None)
    assert flat.points == "0,12 96,12"
    assert 'class="base"' not in flat.svg
