"""What of a reply by Tencent cannot be trusted."""

from datetime import UTC, datetime, timedelta

import pytest

from monitors.sources.base import Fetched, SourceError
from tests.monitors.sources.tencent import (
    APPLE,
    PUFA,
    TENCENT,
    read,
    recorded,
    with_fields,
)


def test_a_truncated_recorded_row_is_a_problem():
    fetched = read(recorded("bshare-TRUNCATED.txt"), "900926.SH")
    assert fetched == Fetched([], ["sh900926: 8 fields"])


@pytest.mark.parametrize("name", ["dayk-hk-2018.txt", "smartbox-search.txt"])
def test_a_sibling_endpoint_is_not_understood(name):
    try:
        fetched = read(recorded(name), "00700.HK", "000001.SH")
    except SourceError:
        return
    assert fetched.snapshots == []
    assert fetched.problems


@pytest.mark.parametrize(
    "changes",
    [
        {"f3": "0.00"},
        {"f3": "-9.70"},
        {"f3": "nan"},
        {"f3": "inf"},
        {"f3": "1e1"},
        {"f3": "9_7"},
        {"f3": "９.70"},
        {"f3": " 9.70"},
        {"f3": ""},
        {"f3": "9.70\n"},
        {"f3": "1000000000.00"},
        {"f3": "9.69"},  # contradicts field 35
        {"f3": "9.72", "f35": "9.72/1150269/1"},  # above the high
        {"f3": "9.40", "f35": "9.40/1150269/1"},  # below the low
        {"f3": "nan", "f35": "nan/1150269/1"},
        {"f4": "x"},
        {"f5": "x"},
        {"f6": "-1", "f35": "9.70/-1/1"},
        {"f6": "1150270"},
        {"f6": "9999999999999", "f35": "9.70/10000000000000000/1"},
        {"f6": "99999999999999", "f35": "9.70/99999999999999/1"},  # 10**16 shares
        {"f30": ""},
        {"f30": "20260230120000"},
        {"f30": "20261008 16:14"},
        {"f30": "00000000000000"},
        {"f33": "9.69"},
        {"f34": "9.71"},
        {"f35": "9.70/1150269"},
        {"f35": "9.70/1150269/nan"},
        {"f40": "SS"},
        {"f40": "0"},
        {"f0": "51"},
        {"f2": "600001"},
    ],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    fetched = read(with_fields(PUFA, **changes) + APPLE, "600000.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith("sh600000: ")


@pytest.mark.parametrize(
    ("row", "symbol", "changes"),
    [
        (TENCENT, "00700.HK", {"f35": "439.400"}),
        (TENCENT, "00700.HK", {"f36": "10586858.0"}),
        (APPLE, "AAPL.US", {"f36": "38169264"}),
        (APPLE, "AAPL.US", {"f3": "305.58"}),
        (APPLE, "AAPL.US", {"f3": "306.59"}),
        (APPLE, "AAPL.US", {"f31": "0.34"}),
        (APPLE, "AAPL.US", {"f31": "--0.34"}),
        (APPLE, "AAPL.US", {"f4": "305.92"}),
        (APPLE, "AAPL.US", {"f2": "AAP.OQ"}),
        (APPLE, "AAPL.US", {"f2": ".AAP"}),
    ],
)
def test_rows_of_other_markets_that_contradict_themselves(row, symbol, changes):
    assert len(read(row, symbol).snapshots) == 1
    fetched = read(with_fields(row, **changes), symbol)
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


def test_a_time_to_come():
    stamped = datetime(2026, 10, 8, 8, 14, 57, tzinfo=UTC)
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10)).snapshots
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10, seconds=1)).problems


def test_what_was_not_asked_for_and_what_comes_twice():
    assert read(PUFA, "600519.SH").problems == ["sh600000: not asked for"]
    fetched = read(PUFA + PUFA, "600000.SH")
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["sh600000: sent twice"]


def test_noise_between_rows_is_a_problem():
    fetched = read(f"{APPLE}\nnoise\n{PUFA}<html>", "600000.SH", "AAPL.US")
    assert len(fetched.snapshots) == 2
    assert fetched.problems == ["no row: 'noise'", "no row: '<html>'"]


def test_a_stray_quote_costs_its_own_row_only():
    fetched = read(PUFA.replace("浦发", '浦"发') + APPLE, "600000.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert fetched.problems


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        PUFA.encode("utf-16"),
        PUFA.encode("utf-32"),
        b"v_sh600000=",
    ],
)
def test_a_reply_without_rows_is_a_source_error(body):
    with pytest.raises(SourceError):
        read(body, "600000.SH")
