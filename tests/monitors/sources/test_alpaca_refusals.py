"""What of a reply by Alpaca cannot be trusted."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from monitors.sources.base import SourceError
from tests.monitors.sources.alpaca import (
    APPLE,
    BERKSHIRE,
    Row,
    changed,
    read,
    recorded,
)


@pytest.mark.parametrize("path", ["latestTrade.p", "dailyBar.h", "prevDailyBar.c"])
@pytest.mark.parametrize(
    "price",
    [
        *("0", "0.0", "-0", "-305.59", "1e30", "1e1", "1E-7", "1000000000", "1.2345678", "true"),
        *("null", '"305.59"', '""', "[]", "{}", "NaN", "Infinity", "-Infinity", "9" * 5000),
        *("1e999999999999999999999", "[" * 500 + "]" * 500),
    ],
    ids=lambda price: price[:25],
)
def test_an_impossible_price_is_a_problem_and_no_quote(path, price):
    check_refused({path: "the price"}, {'"the price"': price})


def check_refused(changes: Row, spelt: Mapping[str, str] = MappingProxyType({})) -> None:
    """Apple's row with these changes is a problem, the good row beside it counts."""
    body = json.dumps({"AAPL": changed(APPLE, changes), "BRK.B": BERKSHIRE})
    for text, spelling in spelt.items():
        body = body.replace(text, spelling)
    fetched = read(body.encode(), "AAPL", "BRK.B")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["BRK.B"]
    [problem] = fetched.problems
    assert problem.startswith("AAPL: ")
    assert len(problem) < 100


@pytest.mark.parametrize(
    "changes",
    [
        {"latestTrade": 305.59},
        {"latestTrade": []},
        {"latestTrade": "x" * 1000},
        {"latestTrade.p": ...},
        {"latestTrade.t": ...},
        {"latestTrade.t": 1755460799},
        {"latestTrade.t": ""},
        {"latestTrade.t": "0001-01-01T00:00:00Z"},
        {"latestTrade.t": "2026-08-17"},
        {"latestTrade.t": "2026-08-17T19:59:59"},
        {"latestTrade.t": "2026-08-17 19:59:59Z"},
        {"latestTrade.t": "2026-08-17T19:59:59.Z"},
        {"latestTrade.t": "2026-08-17T19:59:59.1234567890Z"},
        {"latestTrade.t": "2026-08-17T19:59:59-04:00"},
        {"latestTrade.t": "2026-02-30T19:59:59Z"},
        {"latestTrade.t": "2026-08-17T24:59:59Z"},
        {"latestTrade.t": "２026-08-17T19:59:59Z"},
        {"latestTrade.t": "2026-08-17T19:59:59Z\n"},
        {"latestTrade.t": "2026-08-14T19:59:59Z"},  # before its daily bar
        {"dailyBar": 5},
        {"dailyBar": {}},
        {"dailyBar": []},
        {"dailyBar.t": ...},
        {"dailyBar.t": "2026-08-18T04:00:00Z"},
        {"dailyBar.t": "2026-08-14T04:00:00Z"},  # twice the same day
        {"dailyBar.t": "2026-08-13T04:00:00Z"},
        {"dailyBar": None, "prevDailyBar.t": "2026-08-17T04:00:00Z"},
        {"dailyBar.o": ...},
        {"dailyBar.o": 307.65},
        {"dailyBar.o": 302.95},
        {"dailyBar.h": 302.95},
        {"dailyBar.h": 302.95, "dailyBar.o": 302.96},
        {"dailyBar.v": ...},
        {"dailyBar.v": -1},
        {"dailyBar.v": "812345"},
        {"dailyBar.v": 10**15},
        {"dailyBar.v": 1e30},
        {"dailyBar.v": float("nan")},
        {"prevDailyBar.t": "2026-08-17T04:00:00Z"},
        {"prevDailyBar.c": ...},
        {"prevDailyBar": "x"},
    ],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    check_refused(changes)


@pytest.mark.parametrize("row", ["x", 5, [], True, "x" * 1000], ids=str)
def test_what_is_no_row_is_a_problem(row):
    fetched = read({"AAPL": row, "BRK.B": BERKSHIRE}, "AAPL", "BRK.B")
    assert len(fetched.snapshots) == 1
    [problem] = fetched.problems
    assert problem.startswith("AAPL: row ")


def test_a_time_to_come():
    stamped = datetime(2026, 8, 17, 19, 59, 59, 123456, UTC)
    assert read({"AAPL": APPLE}, "AAPL", now=stamped - timedelta(minutes=10)).snapshots
    assert read({"AAPL": APPLE}, "AAPL", now=stamped - timedelta(minutes=10, seconds=1)).problems


def test_what_was_not_asked_for():
    fetched = read({"AAPL": APPLE, "BRK.B": BERKSHIRE}, "BRK.B")
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["'AAPL': not asked for"]
    odd = {"\ud800\x00" + "x" * 1000: APPLE}
    [problem] = read(odd, "AAPL").problems
    assert problem.isprintable()
    assert problem.encode()
    assert len(problem) < 100


@pytest.mark.parametrize("name", ["AAPL", "p", "dailyBar"])
def test_a_name_that_is_there_twice_voids_the_reply(name):
    body = json.dumps({"AAPL": APPLE}).replace(f'"{name}":', f'"{name}": 1, "{name}":', 1)
    with pytest.raises(SourceError, match="no JSON"):
        read(body.encode(), "AAPL")


GOOD = json.dumps({"AAPL": APPLE})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty reply"),
        (b"\r\n ", "empty reply"),
        (b"<!DOCTYPE html><html></html>", "no JSON"),
        (b"\xff\xff\xff", "no JSON"),
        (GOOD.encode("utf-16"), "no JSON"),
        (GOOD.encode("utf-8-sig"), "no JSON"),
        (GOOD.encode() + b"x", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"AAPL":' * 100_000, "no JSON"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b"1e999999999999999999999", "no object"),
        (b"NaN", "no object"),
        (b'"AAPL"', "no object"),
        (recorded("forbidden.json"), "no quotes"),
        (b'{"code":40310000,"message":"x"}', "no quotes"),
        (b'{"snapshots":null}', "no quotes"),
        (b'{"snapshots":[]}', "no quotes"),
        (b'{"snapshots":{"message":"x"}}', "no quotes"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_reply_without_rows_is_a_source_error(body, message):
    with pytest.raises(SourceError, match=message):
        read(body, "AAPL")
