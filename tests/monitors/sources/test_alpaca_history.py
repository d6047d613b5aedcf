"""Alpaca's minutes."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from monitors.market import Candle
from monitors.sources._alpaca_bars import parse_history
from monitors.sources.alpaca import Alpaca
from monitors.sources.base import SourceError
from tests.monitors.sources.alpaca import (
    NOW,
    SECRET,
    SYMBOL,
    recorded,
)

BAR = json.loads(recorded("bars.json"))["bars"]["AAPL"][0]


def minutes(*bars: object, now: datetime = NOW) -> list[Candle]:
    """Parse a reply with these bars."""
    body = json.dumps({"bars": {"AAPL": bars}, "next_page_token": None}).encode()
    return parse_history(body, SYMBOL, now)


def candle(at: str, *figures: str) -> Candle:
    """A candle by its time and its figures."""
    opened, high, low, close, volume = map(Decimal, figures)
    return Candle(datetime.fromisoformat(at), opened, high, low, close, int(volume))


def test_the_documented_bars_are_those_of_the_newest_day_oldest_first():
    assert parse_history(recorded("bars.json"), SYMBOL, NOW) == [
        candle("2026-08-17T12:05:00+00:00", "306.5", "306.5", "306.5", "306.5", "118"),
        candle("2026-08-17T13:30:00+00:00", "306.21", "306.3", "305.88", "306", "15233"),
        candle("2026-08-17T13:31:00+00:00", "306.02", "306.4", "305.9", "306.33", "9120"),
    ]


@pytest.mark.parametrize("body", [recorded("bars-none.json"), b'{"bars":null}'])
def test_no_bars(body):
    assert parse_history(body, SYMBOL, NOW) == []


def test_the_order_of_the_bars_does_not_matter():
    bars = json.loads(recorded("bars.json"))["bars"]["AAPL"]
    assert minutes(*bars) == minutes(*reversed(bars))
    assert minutes() == []


def test_the_day_of_a_bar_is_that_of_new_york():
    evening = [BAR | {"t": f"2026-08-{at}:00Z"} for at in ("17T23:59", "18T00:00", "18T03:59")]
    assert len(minutes(*evening)) == 3
    assert len(minutes(*evening, BAR | {"t": "2026-08-18T04:00:00Z"})) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"t": "2026-08-17T13:31:30Z"},
        {"t": "2026-08-17T13:31:00.5Z"},
        {"t": "2026-11-24T00:11:00Z"},
        {"t": None},
        {"o": 306.41},
        {"o": 0},
        {"c": 306.41},
        {"c": 305.89},
        {"h": 305},
        {"l": "305.9"},
        {"l": 1e30},
        {"v": None},
        {"v": -1},
    ],
    ids=str,
)
def test_a_bar_that_cannot_be_trusted_is_left_out(change):
    other = BAR | {"t": "2026-08-17T13:32:00Z"}
    assert len(minutes(BAR, other)) == 2
    assert minutes(BAR | change, other) == minutes(other)
    with pytest.raises(SourceError, match=r"1 bars of AAPL\.US, 0 of them"):
        minutes(BAR | change)


def test_a_minute_that_is_there_twice_is_a_source_error():
    with pytest.raises(SourceError, match="2 bars"):
        minutes(BAR, BAR | {"v": 1})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"<html>",
        b"[" * 100_000,
        recorded("forbidden.json"),
        recorded("snapshots-iex.json"),
        b'{"bars":{"TSLA":[]}}',
        b'{"bars":{"AAPL":null}}',
        b'{"bars":{"AAPL":{"t":1}}}',
        b'{"bars":{"AAPL":[null,5,"x",[]]}}',
        b'{"bars":[1]}',
    ],
    ids=lambda body: repr(body)[:30],
)
def test_useless_bars_are_a_source_error(body):
    with pytest.raises(SourceError):
        parse_history(body, SYMBOL, NOW)


@pytest.mark.parametrize(
    ("feed", "asked"), [("iex", "iex"), ("sip", "sip"), ("delayed_sip", "sip")]
)
async def test_history(answering, point, settings, http, feed, asked):
    settings.ALPACA_FEED = feed
    server = await answering(recorded("bars.json"))
    point("alpaca", server.url)
    candles = await Alpaca().history(SYMBOL, http)
    assert candles == parse_history(recorded("bars.json"), SYMBOL, NOW)
    assert len(candles) == 3
    [request] = server.requests
    assert request.path == "/v2/stocks/bars"
    query = dict(request.query)
    start = datetime.fromisoformat(query.pop("start"))
    assert timedelta(days=6, hours=23) < datetime.now(UTC) - start < timedelta(days=7, hours=1)
    assert query == {
        "symbols": "AAPL",
        "timeframe": "1Min",
        "limit": "1000",
        "feed": asked,
        "sort": "desc",
    }
    assert request.headers["APCA-API-SECRET-KEY"] == SECRET
