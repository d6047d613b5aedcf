"""A pasted table, row by row as lines: tabs, commas or blanks, with or without a heading.

Pure. A row that is a line already stays as it is. Without a heading the columns are those of
`USUAL`; the heading may be in English or Chinese, in any order, and have columns that mean nothing
here.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from monitors.oneline.chunks import amount
from monitors.oneline.reading import LONGEST
from monitors.oneline.vocabulary import Part, usual
from monitors.oneline.writing import quoted

MOST_ROWS = 500
USUAL = ("symbol", "min", "max", "take_profit", "stop_loss", "note")

COLUMNS: dict[str, tuple[str, ...]] = {
    "symbol": ("symbol", "code", "stock", "ticker", "代码", "股票代码", "证券代码", "股票"),
    "name": ("name", "名称", "股票名称", "证券名称", "简称"),
    "rating": ("rating", "评级", "操作"),
    "group": ("group", "list", "分组", "组", "自选组"),
    "min": ("min", "from", "entry from", "entry min", "买入下限", "区间下限", "下限"),
    "max": ("max", "to", "entry to", "entry max", "买入上限", "区间上限", "上限"),
    "zone": ("zone", "entry", "entry zone", "买入区间", "区间"),
    "take_profit": ("tp", "take profit", "target", "止盈", "止盈价", "目标价"),
    "stop_loss": ("sl", "stop", "stop loss", "止损", "止损价"),
    "price_above": ("above", "price above", ">", "高于", "价格高于", "突破"),
    "price_below": ("below", "price below", "<", "低于", "价格低于", "跌破"),
    "rules": ("rules", "规则"),
    "repeat": ("repeat", "重复"),
    "note": ("note", "备注"),
}
"""What a column may be called."""

KINDS = ("take_profit", "stop_loss", "price_above", "price_below")
_FORMULA = re.compile(r"'*[=+\-@]")
_NAMES = {spelling: name for name, spellings in COLUMNS.items() for spelling in spellings}


def lines(text: str) -> list[str]:
    """Return the rows of a table as lines; empty ones are left out."""
    rows = [row[:LONGEST] for row in text.lstrip("\ufeff").splitlines() if row.strip()]
    heading = _heading(_cells(rows[0])) if rows else None
    if heading is not None:
        rows = rows[1:]
    return [_line(row, heading) for row in rows]


def as_text(text: str) -> str:
    """Return a text as a spreadsheet takes it for one, with an apostrophe, and for no formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _heading(cells: Sequence[str]) -> list[str] | None:
    """Return what the columns of a heading mean; None where it is none."""
    named = [_NAMES.get(cell.strip().lower().replace("_", " "), "") for cell in cells]
    has_stock = "symbol" in named or "name" in named
    return named if has_stock and sum(map(bool, named)) > 1 else None


def _cells(row: str) -> list[str]:
    """Cut a row at its tabs, else at its commas, else at its blanks."""
    for mark in ("\t", ","):
        if mark in row:
            return [cell.strip() for cell in next(csv.reader(StringIO(row), delimiter=mark))]
    return row.replace("，", " ").split()


def _line(row: str, heading: Sequence[str] | None) -> str:
    cells = _cells(row)
    if heading is None:
        if not _is_bare(cells):
            return " ".join(row.split("\t")).strip()
        heading = USUAL
    told = {name: _bare(it) for name, it in zip(heading, cells, strict=False) if name and it}
    return " ".join(part for part in _parts(told) if part)


def _is_bare(cells: Sequence[str]) -> bool:
    """Whether a row without a heading is figures alone, by their places."""
    figures = [cell for cell in cells[1:5] if cell]
    return len(figures) > 1 and all(amount(cell) is not None for cell in figures)


def _bare(written: str) -> str:
    """Return what `as_text` was given."""
    return written[1:] if written[0] == "'" and _FORMULA.match(written) else written


def _parts(told: Mapping[str, str]) -> Iterator[str]:
    yield told.get("symbol") or quoted(told.get("name", ""))
    yield told.get("rating", "")
    if group := told.get("group"):
        yield f"#{quoted(group)}"
    repeat = told.get("repeat", "")
    if "min" in told or "max" in told:
        yield f"{told.get('min', '?')}-{told.get('max', '?')} {repeat}".strip()
    if "zone" in told:
        yield f"{told['zone']} {repeat}".strip()
    for kind in KINDS:
        if kind in told:
            yield f"{usual(Part.KIND, kind)} {told[kind]} {repeat}".strip()
    yield told.get("rules", "")
    if note := told.get("note"):
        yield f"note {quoted(note)}"
