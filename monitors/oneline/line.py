"""What a line says, before anybody knows which stock it is and where its price stands."""

from decimal import Decimal
from typing import NamedTuple

from monitors.life import Repeat


class Place(NamedTuple):
    """Which characters of the text, the last one excluded."""

    start: int
    end: int


class Amount(NamedTuple):
    """A price, or so many percent above (below) the present one."""

    number: Decimal
    is_percent: bool = False
    is_signed: bool = False
    """Whether a sign was written. A line has it for percentages always, for prices never."""


class Clause(NamedTuple):
    """One rule: a level, or the two of a zone."""

    kind: str
    amounts: tuple[Amount, ...]
    place: Place
    repeat: str = Repeat.REARM


class Problem(NamedTuple):
    """What cannot be understood, and where; the message, in the user's language, tells the mend."""

    place: Place
    message: str


class Line(NamedTuple):
    """A whole line. What is in `problems` is left out of the rest."""

    stock: str = ""
    stock_place: Place = Place(0, 0)
    clauses: tuple[Clause, ...] = ()
    rating: str = ""
    group: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()
