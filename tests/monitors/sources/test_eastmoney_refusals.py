"""What of a reply by Eastmoney cannot be trusted."""

from datetime import timedelta
from itertools import count

import pytest

from monitors.sources._eastmoney_history import parse_history
from monitors.sources.base import Fetched, SourceError
from monitors.sources.eastmoney import FIELDS, parse
from monitors.symbols import Symbol
from tests.monitors.sources.eastmoney import (
    AT,
    LIVE,
    NOW,
    UNKNOWN,
    N,
    completed,
    read,
    row_of,
    wanted_by,
)


@pytest.mark.parametrize(
    ("volume", "amount"),
    [
        (N(4773838), "-"),
        (N(4773838), N(0)),
        (N(4773838), N(999)),
        (N(4773838), N(22900000000)),
        (N(1), N("4.76")),  # a share, or a rounded lot
    ],
)
def test_a_star_volume_that_no_amount_bears_out(volume, amount):
    fetched = read(row_of("510300", f12="688981", f5=volume, f6=amount), of=("688981.SH",))
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith(f"1.688981: volume {volume} ")


def test_two_listings_that_disagree_are_a_problem():
    other = row_of("AAPL", f13=N(106), f2=N("305.60"), f4=N("-0.33"))
    fetched = read(row_of("AAPL"), other, row_of("SPY"))
    assert [str(snapshot.symbol) for snapshot in fetched.snapshots] == ["SPY.US"]
    assert fetched.problems == ["AAPL.US: two markets disagree"]


@pytest.mark.parametrize(
    "changes",
    [
        *({field: None} for field in FIELDS if field not in {"f12", "f13"}),
        {"f2": N(0)},
        {"f2": N("-4.76")},
        {"f2": N("NaN")},
        {"f2": N("Infinity")},
        {"f2": N("-Infinity")},
        {"f2": N("1e30")},
        {"f2": N("1e999999999999999")},
        {"f2": N(0), "f3": "-", "f4": "-", "f15": "-", "f16": "-", "f18": "-"},
        {"f2": N("1e-999999")},
        {"f2": N("0e999999")},
        {"f2": N("9" * 4000)},
        {"f2": N("4.7600001")},
        {"f2": N(1000000000)},
        {"f2": "4.76"},
        {"f2": ""},
        {"f2": N("true")},
        {"f2": N("null")},
        {"f2": []},
        {"f2": {"f2": N("4.76")}},
        {"f2": N("4.761")},
        {"f2": N("4.804"), "f4": N("0.003"), "f3": N("0.06")},  # above the high
        {"f2": N("4.75"), "f4": N("-0.051"), "f3": N("-1.06")},  # below the low
        {"f15": N("4.70")},
        {"f16": N("4.77")},
        {"f15": N("4.70"), "f16": N("4.80")},
        {"f15": N("-1")},
        {"f17": N("-1")},
        {"f17": "x"},
        {"f18": N("4.802")},
        {"f18": N("48.01")},
        {"f4": N("-0.042")},
        {"f4": N("0.041")},
        {"f4": "--0.041"},
        {"f4": "-", "f3": N("0.85")},
        {"f3": N("-0.90")},
        {"f3": N("NaN")},
        {"f1": N(7)},
        {"f1": N(-1)},
        {"f1": "-"},
        {"f1": N("3.0")},
        {"f5": N(-1)},
        {"f5": N(10**13)},
        {"f5": N("1e16")},
        {"f5": N("NaN")},
        {"f6": N(-1)},
        {"f6": N("1e20")},
        {"f6": N("true")},
        {"f124": "-"},
        {"f124": N(0)},
        {"f124": N(-1)},
        {"f124": N("1780446606.5")},
        {"f124": N(1780446606000)},
        {"f124": N(10**400)},
        {"f124": N("true")},
        {"f124": "1780446606"},
    ],
    ids=map(str, count()),
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    fetched = read(row_of("510300", **changes), row_of("AAPL"))
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith("1.510300: ")
    assert len(problem) < 100


def test_a_time_to_come():
    row = row_of("AAPL")
    assert read(row, now=AT - timedelta(minutes=10)).snapshots
    assert read(row, now=AT - timedelta(minutes=10, seconds=1)).problems


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (row_of("AAPL", f12="MSFT"), "105.MSFT: not asked for"),
        (row_of("AAPL", f13=N(100)), "100.AAPL: not asked for"),
        (row_of("AAPL", f12=None), "no row: not asked for"),
        (row_of("AAPL", f13=None), "no row: not asked for"),
        (row_of("AAPL", f13="105"), "no row: not asked for"),
        (row_of("AAPL", f13=N("true")), "no row: not asked for"),
        (row_of("AAPL", f12=N(5)), "no row: not asked for"),
        (row_of("AAPL", f12="AAPL\n\0"), "no row: not asked for"),
        (row_of("AAPL", f12="A" * 5000), "no row: not asked for"),
        (N("null"), "no row: not asked for"),
        (N(5), "no row: not asked for"),
        (N("9" * 5000), "no row: not asked for"),
        (N("1e99999999999999999999"), "no row: not asked for"),
        ("x", "no row: not asked for"),
        ([], "no row: not asked for"),
        (row_of("SPY"), "107.SPY: sent twice"),
    ],
    ids=map(str, count()),
)
def test_a_row_of_nobody(row, problem):
    fetched = read(row_of("SPY"), row, row_of("510300"))
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["SPY", "510300"]
    assert fetched.problems == [problem]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        completed().decode().encode("utf-16"),
        completed().decode().encode("gbk"),
        b"\xef\xbb\xbf" + completed(),
        completed() + b"}",
        b"callback(" + completed() + b")",
        b"[" * 200_000,
        b'{"rc":' + b'{"a":' * 200_000,
        b"null",
        b"5",
        b"[]",
        b'"x"',
        b"{}",
        b'{"rc":0,"data":[]}',
        b'{"rc":0,"data":{}}',
        b'{"rc":0,"data":{"diff":null}}',
        b'{"rc":0,"data":{"diff":"x"}}',
        b'{"rc":102}x',
        b'{"rc":102,"data":{"diff":[]}}',
        b'{"rc":7,"data":null}',
        b'{"rc":"102","data":null}',
        b'{"rc":[],"data":null}',
        b'{"data":{"diff":[]}}',
        b'{"rc":false,"data":{"diff":[]}}',
    ],
    ids=map(str, count()),
)
def test_a_reply_without_rows_is_a_source_error(body):
    with pytest.raises(SourceError):
        parse(body, wanted_by(*LIVE), NOW)
    with pytest.raises(SourceError):
        parse_history(body, Symbol.parse("600519.SH"), NOW)


def test_a_row_as_deep_as_json_allows_costs_itself_only():
    deep = N("[" * 400 + "]" * 400)
    fetched = read(row_of("510300", f2=deep, f14=deep), deep, row_of("AAPL"))
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert len(fetched.problems) == 2


def test_null_is_an_answer_of_unknown_symbols_only():
    assert parse(UNKNOWN, wanted_by(*LIVE), NOW) == Fetched()
    for code in (0, 100):
        with pytest.raises(SourceError, match="no data"):
            parse(b'{"rc":%d,"data":null}' % code, wanted_by(*LIVE), NOW)


def test_no_rows_are_no_quotes():
    assert read() == Fetched()
