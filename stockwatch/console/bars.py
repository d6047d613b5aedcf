"""Bars, as numbers that a template draws by SVG. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

HEIGHT = 60


class Line(NamedTuple):
    """A bar that lies beside its name."""

    name: str
    number: int
    share: float
    """Percent of the longest."""
    link: str = ""


class Column(NamedTuple):
    """A bar that stands in a row of them."""

    x: int
    y: float
    height: float
    label: str


def lines(rows: Iterable[tuple[str, int, str]]) -> list[Line]:
    """Return bars for names, counts and links."""
    found = list(rows)
    longest = max((count for _name, count, _link in found), default=0) or 1
    return [Line(name, count, count * 100 / longest, link) for name, count, link in found]


def columns(counts: Sequence[tuple[str, int]], width: int = 10) -> list[Column]:
    """Return bars for labels and counts, each so wide; the highest fills the height."""
    highest = max((count for _label, count in counts), default=0) or 1
    return [
        Column(at * width, HEIGHT - height, height, f"{label}: {count}")
        for at, (label, count) in enumerate(counts)
        for height in [count * HEIGHT / highest]
    ]
