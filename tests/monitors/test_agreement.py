"""Whether a second source bears a firing out: by the price, or by the extreme that touch shows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitors.evaluation.agreement import opinion
from monitors.market import QuoteState, Snapshot
from monitors.rules.base import Span
from monitors.symbols import Symbol


def second(price: str, low: str | None = None, high: str | None = None) -> Snapshot:
    return Snapshot(
        symbol=Symbol.parse("600519.SH"), at=datetime(2030, 3, 4, tzinfo=UTC),
        price=Decimal(price), previous_close=None, open=None,
        high=None if high is None else Decimal(high), low=None if low is None else Decimal(low),
        volume=1, amount=None, state=QuoteState.TRADING, name="", source="sina",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("span", "other", "agrees"),
    [
        (("100", "100"), second("101"), True),
        (("100", "100"), second("99"), True),
        (("100", "100"), second("101.01"), False),
        (("100", "100"), second("98.99"), False),
        # Not what fires it: the day's extremes may differ by what was before.
        (("100", "100"), second("100", low="50", high="200"), True),
        # By touch the new extreme is what must agree, and not the price that has left it.
        (("90", "100"), second("100", low="90.5"), True),
        (("90", "100"), second("100", low="92"), False),
        (("90", "100"), second("97", low="90"), True),
        (("100", "110"), second("100", high="111.1"), True),
        (("100", "110"), second("100", high="112"), False),
        (("90", "110"), second("100", low="90", high="105"), False),
        # Who states no extremes can only say what the price is.
        (("90", "100"), second("90.4"), True),
        (("90", "100"), second("100"), False),
    ],
)
def test_two_sources_agree_within_the_percentage(span, other, agrees):
    low, high = map(Decimal, span)
    found = opinion(Decimal(1), Span(low, high), Decimal(100), other)
    assert found.agrees is agrees
    assert found.other is other


def test_what_differs_most_is_what_is_told():
    found = opinion(
        Decimal(1), Span(Decimal(90), Decimal(110)), Decimal(100), second("100", "89", "121")
    )
    assert [str(one) for one in (found.price, found.other_price)] == ["110", "121"]
    assert found.deviation == 10


def test_silence_is_no_contradiction():
    found = opinion(Decimal(1), Span(Decimal(9), Decimal(9)), Decimal(9), None)
    assert found.agrees
    assert found.other is None
