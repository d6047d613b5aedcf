"""What cannot be trusted of replies that have a row of text a symbol."""

from dataclasses import dataclass

import pytest

from monitors.sources.base import SourceError
from tests.monitors.sources import sina, tencent
from tests.monitors.sources.rows import RowFormat


@dataclass(frozen=True, slots=True)
class Rows:
    """Two recorded rows of a source: of a mainland instrument, and of AAPL.US."""

    name: str
    format: RowFormat
    row: str
    symbol: str
    key: str
    apple: str

    def __str__(self) -> str:
        return self.name


SINA = Rows("sina", sina.FORMAT, sina.FUND, "510300.SH", "sh510300", sina.APPLE)
TENCENT = Rows("tencent", tencent.FORMAT, tencent.PUFA, "600000.SH", "sh600000", tencent.APPLE)
every_source = pytest.mark.parametrize("rows", [SINA, TENCENT], ids=str)

IMPOSSIBLE: dict[str, list[dict[str, str]]] = {
    "sina": [
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
    "tencent": [
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
}
CONTRADICTIONS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "sina": [
        (sina.TENCENT, "00700.HK", {"f6": "438.800"}),
        (sina.TENCENT, "00700.HK", {"f6": "0.000"}),
        (sina.TENCENT, "00700.HK", {"f7": "-7.802"}),
        (sina.TENCENT, "00700.HK", {"f7": "7.800"}),
        (sina.TENCENT, "00700.HK", {"f7": "--7.800"}),
        (sina.TENCENT, "00700.HK", {"f7": ""}),
        (sina.TENCENT, "00700.HK", {"f8": "-1.847"}),
        (sina.TENCENT, "00700.HK", {"f8": "1.747"}),
        (sina.TENCENT, "00700.HK", {"f3": "446.000"}),
        (sina.TENCENT, "00700.HK", {"f3": "0.000"}),
        (sina.TENCENT, "00700.HK", {"f4": "438.400"}),
        (sina.TENCENT, "00700.HK", {"f5": "438.800"}),
        (sina.TENCENT, "00700.HK", {"f2": "x"}),
        (sina.TENCENT, "00700.HK", {"f11": "x"}),
        (sina.TENCENT, "00700.HK", {"f12": "x"}),
        (sina.TENCENT, "00700.HK", {"f17": "2026/13/18"}),
        (sina.TENCENT, "00700.HK", {"f18": "x"}),
        (sina.HANG_SENG, "HSI.HK", {"f6": "25281.189"}),
        (sina.HANG_SENG, "HSI.HK", {"f11": "9" * 16}),  # thousands of thousands of billions
        (sina.APPLE, "AAPL.US", {"f1": "305.5800"}),
        (sina.APPLE, "AAPL.US", {"f1": "306.5900"}),
        (sina.APPLE, "AAPL.US", {"f1": "0.0000"}),
        (sina.APPLE, "AAPL.US", {"f2": "-0.13"}),
        (sina.APPLE, "AAPL.US", {"f2": "0.11"}),
        (sina.APPLE, "AAPL.US", {"f4": "0.3400"}),
        (sina.APPLE, "AAPL.US", {"f4": "-0.3402"}),
        (sina.APPLE, "AAPL.US", {"f26": "305.9200"}),
        (sina.APPLE, "AAPL.US", {"f6": "305.5800"}),
        (sina.APPLE, "AAPL.US", {"f7": "305.6000"}),
        (sina.APPLE, "AAPL.US", {"f10": "9" * 16}),
    ],
    "tencent": [
        (tencent.TENCENT, "00700.HK", {"f35": "439.400"}),
        (tencent.TENCENT, "00700.HK", {"f36": "10586858.0"}),
        (tencent.APPLE, "AAPL.US", {"f36": "38169264"}),
        (tencent.APPLE, "AAPL.US", {"f3": "305.58"}),
        (tencent.APPLE, "AAPL.US", {"f3": "306.59"}),
        (tencent.APPLE, "AAPL.US", {"f31": "0.34"}),
        (tencent.APPLE, "AAPL.US", {"f31": "--0.34"}),
        (tencent.APPLE, "AAPL.US", {"f4": "305.92"}),
        (tencent.APPLE, "AAPL.US", {"f2": "AAP.OQ"}),
        (tencent.APPLE, "AAPL.US", {"f2": ".AAP"}),
    ],
}


@pytest.mark.parametrize(
    ("rows", "changes"),
    [(rows, changes) for rows in (SINA, TENCENT) for changes in IMPOSSIBLE[rows.name]],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(rows, changes):
    body = rows.format.with_fields(rows.row, **changes) + rows.apple
    fetched = rows.format.read(body, rows.symbol, "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith(f"{rows.key}: ")


@pytest.mark.parametrize(
    ("rows", "row", "symbol", "changes"),
    [(rows, *case) for rows in (SINA, TENCENT) for case in CONTRADICTIONS[rows.name]],
    ids=lambda value: str(value)[:20],
)
def test_rows_of_other_markets_that_contradict_themselves(rows, row, symbol, changes):
    assert len(rows.format.read(row, symbol).snapshots) == 1
    fetched = rows.format.read(rows.format.with_fields(row, **changes), symbol)
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


@every_source
def test_what_was_not_asked_for_and_what_comes_twice(rows):
    assert rows.format.read(rows.row, "600519.SH").problems == [f"{rows.key}: not asked for"]
    fetched = rows.format.read(rows.row + rows.row, rows.symbol)
    assert len(fetched.snapshots) == 1
    assert fetched.problems == [f"{rows.key}: sent twice"]


@every_source
def test_noise_between_rows_is_a_problem(rows):
    body = f"{rows.apple}\nnoise\n{rows.row}<html>"
    fetched = rows.format.read(body, rows.symbol, "AAPL.US")
    assert len(fetched.snapshots) == 2
    assert fetched.problems == ["no row: 'noise'", "no row: '<html>'"]


@pytest.mark.parametrize(
    ("rows", "name", "damaged"),
    [(SINA, "沪深", '沪"深'), (SINA, "沪深", "沪,深"), (TENCENT, "浦发", '浦"发')],
    ids=str,
)
def test_a_stray_separator_costs_its_own_row_only(rows, name, damaged):
    body = rows.row.replace(name, damaged) + rows.apple
    fetched = rows.format.read(body, rows.symbol, "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert fetched.problems


def bodies(rows: Rows) -> list[bytes]:
    """Replies that have no row of this source."""
    return [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        rows.row.encode("utf-16"),
        rows.row.encode("utf-32"),
        rows.row.partition('"')[0].encode(),
    ]


@pytest.mark.parametrize(
    ("rows", "body"),
    [
        *((rows, body) for rows in (SINA, TENCENT) for body in bodies(rows)),
        (SINA, sina.recorded("no-referer-403.txt")),
    ],
    ids=lambda value: str(value)[:16],
)
def test_a_reply_without_rows_is_a_source_error(rows, body):
    with pytest.raises(SourceError, match=r"no quotes in the reply|empty reply|neither"):
        rows.format.read(body, rows.symbol)
