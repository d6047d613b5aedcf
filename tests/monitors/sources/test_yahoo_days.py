"""Yahoo's days."""

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from monitors.market import Market
from monitors.sources._days import MOST_ROWS
from monitors.sources._yahoo_history import parse_days
from monitors.sources.base import SourceError
from monitors.sources.yahoo import Yahoo
from monitors.symbols import Symbol
from tests.monitors.sources.yahoo import APPLE, MOUTAI, NOW, TENCENT, TODAY, recorded, reply

BELL = 1763994600  # 2025-11-24 09:30 in New York
DAYS: dict[str, Any] = {
    "meta": {
        "currency": "USD",
        "symbol": "AAPL",
        "regularMarketPrice": 276.97,
        "dataGranularity": "1d",
        "range": "2y",
    },
    "timestamp": [BELL, BELL + 86400, BELL + 190000],
    "indicators": {
        "quote": [
            {
                "open": [270.8999938964844, 275.2699890136719, 276.9599914550781],
                "high": [277.0, 280.3800048828125, 279.5299987792969],
                "low": [270.8999938964844, 275.25, 276.6300048828125],
                "close": [275.9200134277344, 276.9700012207031, 277.54998779296875],
                "volume": [65585800, 46914200, 33431400],
            }
        ],
        "adjclose": [{"adjclose": [275.1, 276.1, 277.54998779296875]}],
    },
}


def with_figure(name: str, value: object) -> dict[str, Any]:
    """The days, the second of which has another figure."""
    changed = deepcopy(DAYS)
    columns = changed if name == "timestamp" else changed["indicators"]["quote"][0]
    columns[name][1] = value
    return changed


def days(result: object, now: datetime = NOW) -> list[str]:
    return [
        f"{one.at:%Y-%m-%d} {one.open} {one.high} {one.low} {one.close} {one.volume}"
        for one in parse_days(reply(result), APPLE, now)
    ]


LINES = [
    "2025-11-24 270.90 277.00 270.90 275.92 65585800",
    "2025-11-25 275.27 280.38 275.25 276.97 46914200",
    "2025-11-26 276.96 279.53 276.63 277.55 33431400",
]


def test_days_are_those_of_new_york_without_the_dust_of_floats():
    assert days(DAYS) == LINES
    assert parse_days(reply(DAYS), APPLE, NOW)[0].at.isoformat() == "2025-11-24T00:00:00-05:00"


@pytest.mark.parametrize(
    ("name", "number", "first", "last", "close"),
    [
        ("chart-history-AAPL.json", 127, "2025-04-30", "2025-10-29", "269.70"),
        # The split of 31 August 2020, four for one, is in the days before it too: 129.04.
        ("chart-1d-AAPL-40days.http.json", 49, "2020-08-31", "2020-11-06", "118.69"),
    ],
)
def test_recorded_days_are_read_to_the_last_one(name, number, first, last, close):
    candles = parse_days(recorded(name), APPLE, NOW)
    assert len(candles) == number
    assert (str(candles[0].at.date()), str(candles[-1].at.date())) == (first, last)
    assert candles[-1].close == Decimal(close)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("open", None),
        ("open", -275.27),
        ("open", 0),
        ("open", 1e30),
        ("open", "275"),
        ("open", 280.5),
        ("high", 275.0),
        ("low", 281.0),
        ("close", 275.0),
        ("volume", None),
        ("volume", -1),
        ("volume", 10**15),
        ("timestamp", None),
        ("timestamp", -1),
        ("timestamp", 10**12),
        ("timestamp", int(NOW.timestamp()) + 86400),
    ],
)
def test_a_bad_day_is_left_out(name, value):
    assert days(with_figure(name, value)) == [LINES[0], LINES[2]]


def test_a_day_that_is_told_in_two_ways_is_none_and_order_does_not_matter():
    assert days(with_figure("timestamp", BELL + 60)) == [LINES[2]]
    columns = DAYS["indicators"]["quote"][0]
    backwards = {name: values[::-1] for name, values in columns.items()}
    turned = DAYS | {"timestamp": DAYS["timestamp"][::-1], "indicators": {"quote": [backwards]}}
    assert days(turned) == LINES


@pytest.mark.parametrize(
    "change",
    [
        {"meta": DAYS["meta"] | {"symbol": "MSFT"}},
        {"meta": DAYS["meta"] | {"currency": "EUR"}},
        {"meta": DAYS["meta"] | {"dataGranularity": "1wk"}},
        {"timestamp": DAYS["timestamp"][:2]},
        {"timestamp": [None] * 3},
    ],
    ids=str,
)
def test_useless_replies_are_source_errors(change):
    with pytest.raises(SourceError):
        days(DAYS | change)
    with pytest.raises(SourceError):
        days(TODAY)  # minutes


def test_a_reply_that_is_too_long():
    number = MOST_ROWS + 1
    columns = {name: values[:1] * number for name, values in DAYS["indicators"]["quote"][0].items()}
    long = DAYS | {"timestamp": [BELL] * number, "indicators": {"quote": [columns]}}
    with pytest.raises(SourceError, match="2001 days"):
        days(long)


def test_a_symbol_that_is_not_known():
    assert parse_days(recorded("chart-unknown-404.txt"), APPLE, NOW) == []


async def test_what_is_asked(answering, point, http):
    server = await answering(reply(DAYS))
    point("yahoo", server.url)
    assert set(Market) == Yahoo.day_markets
    assert len(await Yahoo().days(APPLE, http)) == 3
    for symbol in (MOUTAI, TENCENT):
        with pytest.raises(SourceError, match="not asked for"):
            await Yahoo().days(symbol, http)
    assert await Yahoo().days(Symbol.parse("430047.BJ"), http) == []
    assert [request.raw_path for request in server.requests] == [
        f"/v8/finance/chart/{key}?interval=1d&range=2y" for key in ("AAPL", "600519.SS", "0700.HK")
    ]


def test_the_day_of_the_last_trade_is_the_markets():
    evening = with_figure("timestamp", BELL + 86400)
    evening["timestamp"][2] = int(datetime(2025, 11, 27, 0, 59, tzinfo=UTC).timestamp())
    assert days(evening) == LINES
