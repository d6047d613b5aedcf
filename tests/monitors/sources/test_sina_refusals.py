"""What of a reply by Sina cannot be trusted."""

import pytest

from monitors.sources.base import SourceError
from tests.monitors.sources.sina import (
    APPLE,
    FUND,
    HANG_SENG,
    TENCENT,
    read,
    recorded,
    with_fields,
)


@pytest.mark.parametrize(
    "changes",
    [
        {"f3": "0.000"},
        {"f3": "-4.760"},
        {"f3": "nan"},
        {"f3": "inf"},
        {"f3": "1e30"},
        {"f3": "4_7"},
        {"f3": "４.760"},
        {"f3": " 4.760"},
        {"f3": ""},
        {"f3": "4.7600000"},
        {"f3": "1000000000.000"},
        {"f3": "4.804"},  # above the high
        {"f3": "4.750"},  # below the low
        {"f4": "4.750", "f5": "4.803"},  # high and low changed places
        {"f1": "4.804"},
        {"f1": "4.750"},
        {"f1": "0.000"},
        {"f4": "0.000"},
        {"f5": "0.000"},
        {"f1": "0.000", "f4": "0.000", "f5": "0.000"},
        {"f1": "0.000", "f4": "0.000", "f5": "0.000", "f8": "0"},  # but a turnover
        {"f1": "0.000", "f4": "0.000", "f5": "0.000", "f9": "0.000"},  # but a volume
        {"f1": "0.000", "f8": "0", "f9": "0.000"},  # but a high and a low
        {"f2": "x"},
        {"f6": "4.758"},
        {"f7": "4.761"},
        {"f11": "4.758"},
        {"f21": "x"},
        {"f8": "-1"},
        {"f8": "nan"},
        {"f8": "9" * 16},
        {"f9": "nan"},
        {"f9": "1" * 19},
        {"f30": "2026-02-30"},
        {"f30": ""},
        {"f30": "2026-08-18 "},
        {"f31": "11:21"},
        {"f31": "24:00:00"},
        {"f32": ""},
        {"f32": "0x"},
        {"f32": "000"},
    ],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    fetched = read(with_fields(FUND, **changes) + APPLE, "510300.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith("sh510300: ")


@pytest.mark.parametrize(
    ("row", "symbol", "changes"),
    [
        (TENCENT, "00700.HK", {"f6": "438.800"}),
        (TENCENT, "00700.HK", {"f6": "0.000"}),
        (TENCENT, "00700.HK", {"f7": "-7.802"}),
        (TENCENT, "00700.HK", {"f7": "7.800"}),
        (TENCENT, "00700.HK", {"f7": "--7.800"}),
        (TENCENT, "00700.HK", {"f7": ""}),
        (TENCENT, "00700.HK", {"f8": "-1.847"}),
        (TENCENT, "00700.HK", {"f8": "1.747"}),
        (TENCENT, "00700.HK", {"f3": "446.000"}),
        (TENCENT, "00700.HK", {"f3": "0.000"}),
        (TENCENT, "00700.HK", {"f4": "438.400"}),
        (TENCENT, "00700.HK", {"f5": "438.800"}),
        (TENCENT, "00700.HK", {"f2": "x"}),
        (TENCENT, "00700.HK", {"f11": "x"}),
        (TENCENT, "00700.HK", {"f12": "x"}),
        (TENCENT, "00700.HK", {"f17": "2026/13/18"}),
        (TENCENT, "00700.HK", {"f18": "x"}),
        (HANG_SENG, "HSI.HK", {"f6": "25281.189"}),
        (HANG_SENG, "HSI.HK", {"f11": "9" * 16}),  # thousands of thousands of billions
        (APPLE, "AAPL.US", {"f1": "305.5800"}),
        (APPLE, "AAPL.US", {"f1": "306.5900"}),
        (APPLE, "AAPL.US", {"f1": "0.0000"}),
        (APPLE, "AAPL.US", {"f2": "-0.13"}),
        (APPLE, "AAPL.US", {"f2": "0.11"}),
        (APPLE, "AAPL.US", {"f4": "0.3400"}),
        (APPLE, "AAPL.US", {"f4": "-0.3402"}),
        (APPLE, "AAPL.US", {"f26": "305.9200"}),
        (APPLE, "AAPL.US", {"f6": "305.5800"}),
        (APPLE, "AAPL.US", {"f7": "305.6000"}),
        (APPLE, "AAPL.US", {"f10": "9" * 16}),
    ],
)
def test_rows_of_other_markets_that_contradict_themselves(row, symbol, changes):
    assert len(read(row, symbol).snapshots) == 1
    fetched = read(with_fields(row, **changes), symbol)
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


def test_new_to_the_market():
    row = with_fields(TENCENT, f3="0.000", f7="0.000", f8="0.000")
    [snapshot] = read(row, "00700.HK").snapshots
    assert snapshot.previous_close is None


def test_what_was_not_asked_for_and_what_comes_twice():
    assert read(FUND, "600519.SH").problems == ["sh510300: not asked for"]
    fetched = read(FUND + FUND, "510300.SH")
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["sh510300: sent twice"]


def test_unknown_symbols_beside_known_ones():
    fetched = read('var hq_str_sh999999="";\n' + FUND, "999999.SH", "510300.SH")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["510300"]
    assert fetched.problems == []


def test_noise_between_rows_is_a_problem():
    fetched = read(f"{APPLE}\nnoise\n{FUND}<html>", "510300.SH", "AAPL.US")
    assert len(fetched.snapshots) == 2
    assert fetched.problems == ["no row: 'noise'", "no row: '<html>'"]


@pytest.mark.parametrize("damaged", ['沪"深', "沪,深"])
def test_a_stray_separator_costs_its_own_row_only(damaged):
    fetched = read(FUND.replace("沪深", damaged) + APPLE, "510300.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert fetched.problems


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        FUND.encode("utf-16"),
        FUND.encode("utf-32"),
        b"var hq_str_sh510300=",
        recorded("no-referer-403.txt"),
    ],
)
def test_a_reply_without_rows_is_a_source_error(body):
    with pytest.raises(SourceError, match=r"no quotes in the reply|empty reply|neither"):
        read(body, "510300.SH")


def test_a_voided_batch_says_so():
    with pytest.raises(SourceError, match="sys_auth 'FAILED': a malformed symbol voids the batch"):
        read(recorded("malformed-token-voids-batch.txt"), "510300.SH")
