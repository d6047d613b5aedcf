"""Eastmoney's days."""

from datetime import UTC, datetime
from itertools import count

import pytest

from monitors.market import Market
from monitors.sources._days import MOST_ROWS
from monitors.sources._eastmoney_history import parse_days
from monitors.sources.base import SourceError
from monitors.sources.eastmoney import Eastmoney
from monitors.symbols import Symbol
from tests.monitors.sources.eastmoney import (
    APPLE,
    MOUTAI,
    NOW,
    STAR,
    TENCENT,
    UNKNOWN,
    N,
    history_of,
)

FRIDAY = "2026-11-20,1480.00,1490.50,1495.00,1478.88,23456,3490000000.00"
MONDAY = "2026-11-23,1491.00,1501.50,1502.00,1489.90,28000,4190000000.00"
FRIDAY_LINE = "2026-11-20 1480.00 1495.00 1478.88 1490.50 2345600"
MONDAY_LINE = "2026-11-23 1491.00 1502.00 1489.90 1501.50 2800000"


def days(symbol: Symbol, *rows: object, now: datetime = NOW) -> list[str]:
    """What is read of these rows, one line a day."""
    return [
        f"{one.at:%Y-%m-%d} {one.open} {one.high} {one.low} {one.close} {one.volume}"
        for one in parse_days(history_of(symbol, *rows), symbol, now)
    ]


def test_a_day_begins_at_midnight_and_counts_lots():
    assert days(MOUTAI, FRIDAY, MONDAY) == [FRIDAY_LINE, MONDAY_LINE]
    [candle] = parse_days(history_of(MOUTAI, FRIDAY), MOUTAI, NOW)
    assert candle.at.isoformat() == "2026-11-20T00:00:00+08:00"


def test_new_york_is_dated_in_its_own_zone():
    row = "2026-11-20,268.99,269.00,269.89,268.15,41534800,11180000000.0"
    [candle] = parse_days(history_of(APPLE, row), APPLE, NOW)
    assert candle.at.isoformat() == "2026-11-20T00:00:00-05:00"
    assert candle.volume == 41534800


def test_the_star_boards_unit_is_found_though_prices_are_adjusted():
    # Paid were 90 a share; half of each was given to shareholders since.
    lots = "2026-11-20,60.00,60.10,60.20,59.90,1200,10806000.00"
    shares = "2026-11-23,60.00,60.10,60.20,59.90,120000,10806000.00"
    assert [line.split()[-1] for line in days(STAR, lots, shares)] == ["120000", "120000"]


def test_days_are_put_in_order_and_one_told_twice_in_two_ways_is_none():
    assert days(MOUTAI, MONDAY, FRIDAY, FRIDAY) == [FRIDAY_LINE, MONDAY_LINE]
    other = FRIDAY.replace(",23456,", ",23457,")
    for rows in ((FRIDAY, other, MONDAY), (FRIDAY, other, FRIDAY, MONDAY)):
        assert days(MOUTAI, *rows) == [MONDAY_LINE]
    with pytest.raises(SourceError, match="told in two ways"):
        days(MOUTAI, FRIDAY, other)


@pytest.mark.parametrize(
    "row",
    [
        "",
        "x",
        N("null"),
        N(5),
        [],
        FRIDAY.rpartition(",")[0],
        FRIDAY.replace("1480.00", "-1480.00"),
        FRIDAY.replace("1478.88", "-0.12"),  # adjusted by more than it was worth
        FRIDAY.replace("1478.88", "0.00"),
        FRIDAY.replace("1480.00", "nan"),
        FRIDAY.replace("1480.00", "1e30"),
        FRIDAY.replace("1480.00", "1234567890.00"),
        FRIDAY.replace("1480.00", "-"),
        FRIDAY.replace("1480.00", "1495.01"),  # the open above the high
        FRIDAY.replace("1490.50", "1478.87"),  # the close below the low
        FRIDAY.replace("1495.00", "1470.00"),  # the high below the low
        FRIDAY.replace(",23456,", ",-1,"),
        FRIDAY.replace(",23456,", f",{10**13},"),
        FRIDAY.replace("2026-11-20", "2026-11-20 15:00"),
        FRIDAY.replace("2026-11-20", "2026-11-31"),
        FRIDAY.replace("2026-11-20", "20261120"),
        FRIDAY.replace("2026-11-20", "2026-11-25"),  # to come
        FRIDAY.replace("2026", "２０２６"),
    ],
    ids=map(str, count()),
)
def test_a_bad_day_is_left_out(row):
    assert days(MOUTAI, row, MONDAY) == [MONDAY_LINE]
    with pytest.raises(SourceError, match="no readable day"):
        days(MOUTAI, row)


def test_the_day_that_runs_is_none_to_come():
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert days(MOUTAI, MONDAY, now=midnight) == [MONDAY_LINE]


def test_days_of_nobody_or_of_another_and_too_many():
    assert parse_days(UNKNOWN, MOUTAI, NOW) == []
    assert parse_days(history_of(MOUTAI), MOUTAI, NOW) == []
    with pytest.raises(SourceError, match="another symbol"):
        parse_days(history_of(TENCENT, FRIDAY), MOUTAI, NOW)
    with pytest.raises(SourceError, match="no days"):
        parse_days(b'{"rc":0,"data":{"code":"600519","market":1}}', MOUTAI, NOW)
    with pytest.raises(SourceError, match="2001 days"):
        days(MOUTAI, *[FRIDAY] * (MOST_ROWS + 1))


async def test_what_is_asked(answering, point, http):
    server = await answering(history_of(MOUTAI, FRIDAY, MONDAY))
    point("eastmoney", server.url)
    assert set(Market) == Eastmoney.day_markets
    assert len(await Eastmoney().days(MOUTAI, http)) == 2
    [request] = server.requests
    assert request.path == "/api/qt/stock/kline/get"
    query = request.query
    assert (query["secid"], query["klt"], query["fqt"]) == ("1.600519", "101", "1")
    assert int(query["lmt"]) < MOST_ROWS
