"""Alpaca's quotes: the documented replies value by value, and their quirks."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitors.market import QuoteState, Snapshot
from monitors.sources._alpaca_bars import code_of
from monitors.sources.alpaca import parse
from monitors.sources.base import Fetched
from monitors.symbols import Symbol
from tests.monitors.sources.alpaca import (
    APPLE,
    EXPECTED,
    NOW,
    OTHERS,
    RESPONSES,
    read,
    recorded,
    wanted_by,
)
from tests.monitors.sources.lines import line


def test_each_reply_is_accounted_for():
    names = {path.name.removeprefix("alpaca-documented-") for path in RESPONSES.glob("alpaca-*")}
    assert names == EXPECTED.keys() | OTHERS


@pytest.mark.parametrize("name", EXPECTED)
def test_documented_reply(name):
    body = recorded(name)
    fetched = parse(body, wanted_by(body), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED[name]
    assert fetched.problems == []
    for snapshot in fetched.snapshots:
        assert snapshot.at.tzinfo is UTC
        assert (snapshot.source, snapshot.delay) == ("alpaca", 0)


def test_the_delay_of_the_feed_is_that_of_its_snapshots():
    body = recorded("snapshots-iex.json")
    snapshots = parse(body, wanted_by(body), NOW, delay=900).snapshots
    assert [snapshot.delay for snapshot in snapshots] == [900, 900, 900]


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("AAPL.US", "AAPL"),
        ("F.US", "F"),
        ("GOOGL.US", "GOOGL"),
        ("BRK-B.US", "BRK.B"),
        ("NDX.US", None),
        ("DJI.US", None),
        ("SPX.US", None),
        ("ABCDEF.US", None),
        ("A1.US", None),
        ("600519.SH", None),
        ("00700.HK", None),
        ("HSI.HK", None),
    ],
)
def test_codes(symbol, code):
    assert code_of(Symbol.parse(symbol)) == code


def apple(**changes: object) -> Snapshot:
    """The only snapshot of Apple's row with some parts replaced."""
    fetched = read({"AAPL": APPLE | changes}, "AAPL")
    assert fetched.problems == []
    [snapshot] = fetched.snapshots
    return snapshot


@pytest.mark.parametrize(
    ("price", "high", "low"),
    [(307.64, "307.64", "302.96"), (309.5, "309.5", "302.96"), (290, "307.64", "290")],
)
def test_a_last_trade_beyond_the_range_widens_it(price, high, low):
    snapshot = apple(latestTrade=APPLE["latestTrade"] | {"p": price})
    assert (snapshot.high, snapshot.low) == (Decimal(high), Decimal(low))
    assert snapshot.low <= snapshot.price <= snapshot.high
    assert snapshot.open == Decimal("306.2")


def test_no_daily_bar_but_one_of_the_day_before():
    snapshot = apple(dailyBar=None)
    assert snapshot.previous_close == Decimal("305.91")
    assert (snapshot.open, snapshot.high, snapshot.low, snapshot.volume) == (None, None, None, 0)
    assert snapshot.state is QuoteState.TRADING


def test_nothing_but_a_trade():
    fetched = read({"AAPL": {"latestTrade": APPLE["latestTrade"]}}, "AAPL")
    [snapshot] = fetched.snapshots
    assert (snapshot.price, snapshot.previous_close) == (Decimal("305.59"), None)


def test_the_day_is_that_of_new_york():
    late = APPLE["latestTrade"] | {"t": "2026-08-18T03:59:59.5Z"}
    assert apple(latestTrade=late).volume == 812345
    snapshot = apple(latestTrade=late | {"t": "2026-08-18T04:00:00Z"})
    assert (snapshot.volume, snapshot.previous_close) == (0, Decimal("305.59"))


def test_times_are_cut_to_microseconds_not_rounded():
    snapshot = apple(latestTrade=APPLE["latestTrade"] | {"t": "2026-08-17T19:59:59.999999999Z"})
    assert snapshot.at == datetime(2026, 8, 17, 19, 59, 59, 999999, UTC)
    snapshot = apple(latestTrade=APPLE["latestTrade"] | {"t": "2026-08-17T19:59:59.05Z"})
    assert snapshot.at == datetime(2026, 8, 17, 19, 59, 59, 50000, UTC)


def test_prices_are_exact():
    body = json.dumps({"AAPL": APPLE}).replace("305.59,", "305.123456,").encode()
    [snapshot] = read(body, "AAPL").snapshots
    assert snapshot.price == Decimal("305.123456")


def test_shares_may_be_fractions():
    assert apple(dailyBar=APPLE["dailyBar"] | {"v": 812345.75}).volume == 812345


def test_a_close_may_lie_outside_its_day():
    assert apple(prevDailyBar=APPLE["prevDailyBar"] | {"c": 310}).previous_close == 310


def test_a_correction_is_a_trade_and_what_it_corrects_is_none():
    assert apple(latestTrade=APPLE["latestTrade"] | {"u": "corrected"}).price == Decimal("305.59")
    for update in ("canceled", "incorrect", "new", 1, ["corrected"], {"corrected": 1}):
        reply = {"AAPL": APPLE | {"latestTrade": APPLE["latestTrade"] | {"u": update}}}
        fetched = read(reply, "AAPL")
        assert fetched.snapshots == []
        assert len(fetched.problems) == 1


@pytest.mark.parametrize("row", [None, {}, {"latestTrade": None}, {"latestQuote": {}}], ids=str)
def test_what_never_traded_is_absent(row):
    assert read({"AAPL": row}, "AAPL") == Fetched()
