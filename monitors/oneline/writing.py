"""Writes a line in its usual form; read again it says the same."""

from collections.abc import Iterator

from monitors.life import Repeat
from monitors.oneline.line import Amount, Clause, Line
from monitors.oneline.reading import ZONE, read
from monitors.oneline.vocabulary import Part, usual
from monitors.rules.base import text


def write(line: Line) -> str:
    """Return what a line says, its stock first, its note last."""
    return " ".join(part for part in _parts(line) if part)


def write_clause(clause: Clause) -> str:
    """Return one rule as a line has it."""
    values = [_amount(one) for one in clause.amounts]
    joined = ("~" if clause.amounts[0].is_percent else "-").join(values)
    word = "" if clause.kind == ZONE else usual(Part.KIND, clause.kind)
    return " ".join(part for part in (word, joined) if part)


def _parts(line: Line) -> Iterator[str]:
    yield _stock(line.stock)
    yield usual(Part.RATING, line.rating) if line.rating else ""
    for clause in line.clauses:
        yield write_clause(clause)
        if clause.repeat != Repeat.REARM:
            yield usual(Part.REPEAT, clause.repeat)
    if line.group:
        yield f"#{line.group if _is_bare(line.group) else quoted(line.group)}"
    if line.note:
        yield f"note {quoted(line.note)}"


def _stock(name: str) -> str:
    """Return the stock, in quotes where it would not be read as one whole before a value."""
    again = read(f"{name} 1-2 buy") if name else None
    is_whole = again is None or (again.stock == name and again.rating and not again.problems)
    return name if is_whole else quoted(name)


def _is_bare(group: str) -> bool:
    """Whether a group's name needs no quotes."""
    return read(f"a #{group}").group == group


def _amount(amount: Amount) -> str:
    sign = "+" if amount.is_percent and amount.number >= 0 else ""
    return f"{sign}{text(amount.number)}{'%' if amount.is_percent else ''}"


def quoted(said: str) -> str:
    """Return a text as one whole of a line."""
    return '"{}"'.format(said.replace("\\", "\\\\").replace('"', '\\"'))
