"""Yahoo's minutes."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitors.market import Candle
from monitors.sources._yahoo_history import parse_history
from monitors.sources.base import SourceError
from tests.monitors.sources.yahoo import (
    APPLE,
    LOST,
    NOW,
    OPENED,
    STAMPED,
    TODAY,
    candle,
    changed,
    recorded,
    reply,
    with_points,
)


@pytest.mark.parametrize("name", ["chart-1d-AAPL-40days.http.json", "chart-history-AAPL.json"])
def test_days_are_no_minutes(name):
    with pytest.raises(SourceError, match="granularity '1d'"):
        parse_history(recorded(name), APPLE, NOW)


MINUTES = [
    candle(1, "305.20", "305.70", "304.90", "305.50", 120000),
    candle(2, "305.50", "306.20", "305.30", "305.45", 98000),
    candle(3, "305.45", "305.59", "305.25", "305.59", 45000),  # the running point is in it
]


def minutes(result: object, now: datetime = NOW) -> list[Candle]:
    return parse_history(reply(result), APPLE, now)


def without(*indexes: int) -> list[Candle]:
    return [each for index, each in enumerate(MINUTES) if index not in indexes]


def column(name: str, index: int, value: object) -> dict[str, Any]:
    """Today's result with one figure changed."""
    result = deepcopy(TODAY)
    columns = result if name == "timestamp" else result["indicators"]["quote"][0]
    columns[name][index] = value
    return result


def test_minutes():
    assert minutes(TODAY) == MINUTES
    assert [str(each.open) for each in minutes(TODAY)] == ["305.20", "305.50", "305.45"]
    assert {each.at.tzinfo for each in minutes(TODAY)} == {UTC}


@pytest.mark.parametrize("name", ["open", "high", "low", "close", "volume"])
def test_a_minute_with_a_null_is_dropped(name):
    assert minutes(column(name, 1, None)) == without(0)
    assert minutes(column(name, 2, None)) == without(1)


@pytest.mark.parametrize("name", ["timestamp", "open", "high", "low", "close", "volume"])
def test_an_array_that_is_missing_or_of_another_length(name):
    assert minutes(with_points(**{name: LOST})) == []
    assert minutes(with_points(**{name: None})) == []
    for values in ([], [1], [305] * 4, [305] * 6):
        with pytest.raises(SourceError, match="arrays of"):
            minutes(with_points(**{name: values}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("open", 0),
        ("open", -305.5),
        ("open", 306.21),
        ("open", 305.2),
        ("open", "305.5"),
        ("open", True),
        ("open", [305.5]),
        ("high", 305.4),
        ("high", 1e30),
        ("low", 305.6),
        ("low", 0),
        ("close", 306.21),
        ("close", 305.2),
        ("volume", -1),
        ("volume", 0.5),
        ("volume", 10**15),
        ("volume", "98000"),
        ("timestamp", 0),
        ("timestamp", "now"),
        ("timestamp", None),
        ("timestamp", 1784899920000),
        ("timestamp", int(NOW.timestamp()) + 660),
    ],
)
def test_an_impossible_minute_is_dropped(name, value):
    assert minutes(column(name, 2, value)) == without(1)


def test_where_no_minute_can_be():
    with pytest.raises(SourceError, match="no readable minutes"):
        minutes(with_points(low=[400.0] * 5))
    with pytest.raises(SourceError, match="to come"):
        minutes(TODAY, now=STAMPED - timedelta(days=1))
    assert minutes(with_points(low=[None] * 5)) == []


def test_the_running_point():
    running = {"open": 305.9, "high": 305.9, "low": 305.9, "close": 305.9, "volume": 46000}
    result = deepcopy(TODAY)
    for name, value in running.items():
        result["indicators"]["quote"][0][name][4] = value
    assert minutes(result)[-1] == candle(3, "305.45", "305.90", "305.25", "305.90", 46000)
    for name in ("open", "high", "low", "close"):
        result["indicators"]["quote"][0][name][4] = 305.1
    assert minutes(result)[-1] == candle(3, "305.45", "305.50", "305.10", "305.10", 46000)
    # Whose minute is not there, because it lacks a figure or has only begun, is dropped.
    result["indicators"]["quote"][0]["open"][3] = None
    assert minutes(result) == without(2)
    assert minutes(column("timestamp", 4, OPENED + 241)) == [
        *without(2),
        candle(3, "305.45", "305.50", "305.25", "305.30", 45000),
    ]
    # On the full minute it is a minute like any other.
    assert [each.at.minute for each in minutes(column("timestamp", 4, OPENED + 240))] == [
        *(31, 32, 33, 34)
    ]
    assert minutes(column("timestamp", 4, OPENED + 180)) == MINUTES


def test_minutes_are_of_the_newest_day_and_in_order():
    assert minutes(column("timestamp", 1, OPENED + 60 - 86400)) == without(0)
    swapped = deepcopy(TODAY)
    for name in ("timestamp", *swapped["indicators"]["quote"][0]):
        values = swapped["timestamp"] if name == "timestamp" else swapped["indicators"]["quote"][0]
        array = values if name == "timestamp" else values[name]
        array[1], array[2] = array[2], array[1]
    assert minutes(swapped) == MINUTES


@pytest.mark.parametrize("changes", [{"currency": "EUR"}, {"dataGranularity": "2m"}])
def test_minutes_of_something_else(changes):
    with pytest.raises(SourceError, match="no readable minutes"):
        minutes(changed(**changes))
