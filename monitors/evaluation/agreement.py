"""Whether a second source bears out what a rule is about to fire on. Pure: its quote is passed in.

A rule may demand it (`confirm`, in percent). Two sources that differ by more than that withhold
the firing: the rule stays as it was, and later quotes are judged anew. Where no second source
answers the rule fires and says so, because silence is no contradiction, and an alert that is lost
costs more than one that is marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from monitors.market import Snapshot
from monitors.rules.base import Span

Opinions = Mapping[str, Snapshot | None]
"""By symbol what a second source says; None where none of those that were asked answered."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came of asking a second source about a firing."""

    agrees: bool
    other: Snapshot | None = None
    """What it said; None where nobody answered, or was asked."""
    price: Decimal | None = None
    other_price: Decimal | None = None
    """The two prices that lie farthest apart of those that count."""
    deviation: Decimal = Decimal(0)
    """Percent of the first."""


def opinion(confirm: Decimal, span: Span, last: Decimal, other: Snapshot | None) -> Opinion:
    """Judge a firing on `span`: the two sources' prices differ by at most `confirm` percent.

    What fires by touch is a new low or high of the day, so that is what must agree.
    """
    if other is None:
        return Opinion(agrees=True)
    compared = [
        (mine, theirs or other.price)
        for mine, theirs in ((span.low, other.low), (span.high, other.high))
        if mine != last
    ] or [(last, other.price)]
    deviation, price, other_price = max(
        (abs(theirs - mine) * 100 / mine, mine, theirs) for mine, theirs in compared
    )
    return Opinion(deviation <= confirm, other, price, other_price, deviation)
