"""A rule's life as a pure function: what a quote that reaches its level makes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from monitors.life import NEVER, Armament, Decision, Life, Reading, Repeat, RuleState, decide
from monitors.rules.base import Direction, Level, Span
from monitors.rules.entry_zone import EntryZone
from monitors.rules.price_above import PriceAbove

NOW = datetime(2030, 3, 4, 2, tzinfo=UTC)
ABOVE = PriceAbove({"price": Decimal(12)})
ZONE = EntryZone({"min": Decimal(10), "max": Decimal(11)})
LEVEL = Level(Direction.UP, Decimal(12))


def life(repeat: Repeat, *, touch: bool = True) -> Life:
    return Life(repeat, Decimal(1), timedelta(seconds=60), touch)


def reading(last: str, low: str = "", high: str = "") -> Reading:
    """The seventh accepted quote, a second after the sixth."""
    return Reading(
        last=Decimal(last), low=Decimal(low or last), high=Decimal(high or last), at=NOW,
        revision=7, previous_revision=6, previous_at=NOW - timedelta(seconds=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("repeat", "state", "then"),
    [
        (Repeat.ONCE, RuleState.FIRED, []),
        (
            Repeat.REARM,
            RuleState.FIRED,
            [Armament(Level(Direction.DOWN, Decimal("11.879999")), is_release=True)],
        ),
        (
            Repeat.EVERY,
            RuleState.ARMED,
            [Armament(LEVEL, touch_from=7, not_before=NOW + timedelta(seconds=60))],
        ),
    ],
)
def test_what_follows_a_firing(repeat, state, then):
    decision = decide(ABOVE, life(repeat), Armament(LEVEL, touch_from=1), reading("12"))
    assert decision == Decision(True, state, then, Span(Decimal(12), Decimal(12)))


def test_a_release_arms_again_and_never_fires():
    release = Armament(Level(Direction.DOWN, Decimal("11.88")), is_release=True)
    decision = decide(ABOVE, life(Repeat.REARM), release, reading("11", high="13"))
    assert decision == Decision(False, RuleState.ARMED, [Armament(LEVEL, touch_from=7)])


def test_without_touch_no_revision_is_late_enough():
    assert life(Repeat.ONCE, touch=False).armed(ABOVE, None, 7) == [Armament(LEVEL)]
    assert Armament(LEVEL).touch_from == NEVER


@pytest.mark.parametrize(
    ("armed", "touched"),
    [
        (Armament(LEVEL, touch_from=6), True),
        (Armament(LEVEL, touch_from=7), False),
        (Armament(LEVEL), False),
        (Armament(LEVEL, touch_from=6, not_before=NOW - timedelta(seconds=1)), True),
        (Armament(LEVEL, touch_from=6, not_before=NOW), False),
    ],
    ids=["armed at the previous quote", "by this one", "no touch", "rested then", "rests still"],
)
def test_touch_counts_where_the_rule_was_armed_at_the_previous_quote(armed, touched):
    span = armed.span(reading("11", low="9", high="13"))
    assert span == (Span(Decimal(9), Decimal(13)) if touched else Span(Decimal(11), Decimal(11)))


def test_the_first_quote_of_a_day_has_nothing_to_rest_before():
    first = replace(reading("11", high="13"), previous_revision=0, previous_at=None)
    armed = Armament(LEVEL, touch_from=1, not_before=NOW - timedelta(days=1))
    assert armed.span(first) == Span(Decimal(11), Decimal(11))


def test_a_zone_that_was_jumped_over_is_watched_from_the_other_side():
    before = Armament(Level(Direction.DOWN, Decimal(11)), touch_from=3)
    decision = decide(ZONE, life(Repeat.REARM), before, reading("9"))
    after = Armament(Level(Direction.UP, Decimal(10)), touch_from=3)
    assert decision == Decision(False, RuleState.ARMED, [after])
