"""Alpaca's days."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitors.sources._alpaca_bars import parse_days
from monitors.sources._days import MOST_ROWS
from monitors.sources.alpaca import Alpaca
from monitors.sources.base import SourceError
from monitors.symbols import Symbol
from tests.monitors.sources.alpaca import NOW, SYMBOL

FRIDAY = {"t": "2026-08-14T04:00:00Z", "o": 305, "h": 307.5, "l": 304.25, "c": 306, "v": 41534800}
MONDAY = FRIDAY | {"t": "2026-08-17T04:00:00Z", "c": 307}
WINTER = FRIDAY | {"t": "2026-01-16T05:00:00Z"}


def reply(*bars: object) -> bytes:
    return json.dumps({"bars": {"AAPL": bars}, "next_page_token": None}).encode()


def days(*bars: object) -> list[str]:
    return [
        f"{one.at.isoformat()} {one.open} {one.high} {one.low} {one.close} {one.volume}"
        for one in parse_days(reply(*bars), SYMBOL, NOW)
    ]


LINE = "2026-08-14T00:00:00-04:00 305 307.5 304.25 306 41534800"


def test_days_oldest_first():
    assert days(MONDAY, FRIDAY, WINTER) == [
        "2026-01-16T00:00:00-05:00 305 307.5 304.25 306 41534800",
        LINE,
        "2026-08-17T00:00:00-04:00 305 307.5 304.25 307 41534800",
    ]
    assert days() == []


@pytest.mark.parametrize(
    "change",
    [
        {"t": "2026-08-17T13:30:00Z"},
        {"t": "2027-08-17T04:00:00Z"},
        {"t": None},
        {"o": 0},
        {"o": -305},
        {"o": 308},
        {"c": 308},
        {"h": 304},
        {"l": 1e30},
        {"v": -1},
        {"v": None},
    ],
    ids=str,
)
def test_a_bad_day_is_left_out(change):
    assert days(FRIDAY, MONDAY | change) == [LINE]
    with pytest.raises(SourceError, match="no readable day"):
        days(MONDAY | change)


def test_useless_replies_are_source_errors():
    for body in (b"", b"{}", b'{"bars":{"TSLA":[]}}', b'{"bars":[1]}'):
        with pytest.raises(SourceError):
            parse_days(body, SYMBOL, NOW)
    with pytest.raises(SourceError, match="2001 days"):
        days(*[FRIDAY] * (MOST_ROWS + 1))


async def test_what_is_asked(answering, point, http):
    server = await answering(reply(FRIDAY))
    point("alpaca", server.url)
    assert len(await Alpaca().days(SYMBOL, http)) == 1
    assert await Alpaca().days(Symbol.parse("DJI.US"), http) == []
    [request] = server.requests
    query = dict(request.query)
    start = datetime.fromisoformat(query.pop("start"))
    assert datetime.now(UTC) - start > timedelta(days=2 * 365)
    assert query == {
        "symbols": "AAPL",
        "timeframe": "1Day",
        "limit": "1000",
        "feed": "iex",
        "sort": "desc",
        "adjustment": "split",
    }
