"""The rule kinds: when they hold, and the levels by which an index finds that out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.kinds import rule_kinds
from monitors.rules.base import Direction, Level, RuleKind, Span, strictly_above, strictly_below
from monitors.rules.entry_zone import EntryZone
from tests.chance import KINDS

prices = st.integers(1, 10**6).map(lambda units: Decimal(units).scaleb(-4))
gaps = st.integers(0, 99 * 10**4).map(lambda units: Decimal(units).scaleb(-4))


@st.composite
def rules(draw) -> RuleKind:
    kind = draw(st.sampled_from(KINDS))
    if kind == "entry_zone":
        low, high = sorted(draw(st.lists(prices, min_size=2, max_size=2, unique=True)))
        return rule_kinds()[kind]({"min": low, "max": high})
    return rule_kinds()[kind]({"price": draw(prices)})


def is_reached(level: Level, span: Span) -> bool:
    if level.direction == Direction.UP:
        return span.high >= level.price
    return span.low <= level.price


def test_the_kinds_are_those_of_the_contract():
    assert sorted(rule_kinds()) == sorted(KINDS)


@given(rule=rules(), last=st.none() | prices, ends=st.tuples(prices, prices))
def test_what_a_rule_watches_is_reached_whenever_it_holds(rule, last, ends):
    """Else the index would miss a firing; the other way round it only costs time."""
    span = Span(min(ends), max(ends))
    if rule.holds(span):
        assert is_reached(rule.watch(last), span)


@given(rule=rules(), gap=gaps, price=prices)
def test_a_release_is_reached_when_the_price_is_off_by_more_than_the_gap(rule, gap, price):
    low, high = rule.levels()[0] * (100 - gap) / 100, rule.levels()[-1] * (100 + gap) / 100
    waits_below = rule.holds(Span(Decimal(10) ** 9, Decimal(10) ** 9))
    waits_above = rule.holds(Span(Decimal(0), Decimal(0)))
    off = (price < low and not waits_above) or (price > high and not waits_below)
    assert off == any(is_reached(level, Span(price, price)) for level in rule.release(gap))


@given(rule=rules(), price=prices)
def test_without_a_gap_a_rule_either_holds_or_is_released(rule, price):
    released = any(is_reached(level, Span(price, price)) for level in rule.release(Decimal(0)))
    assert released != rule.holds(Span(price, price))


@pytest.mark.parametrize(
    ("last", "level"),
    [
        (None, Level(Direction.UP, Decimal(10))),
        (Decimal(9), Level(Direction.UP, Decimal(10))),
        (Decimal(11), Level(Direction.UP, Decimal(10))),
        (Decimal(12), Level(Direction.DOWN, Decimal(11))),
    ],
)
def test_a_zone_is_watched_from_the_side_where_the_price_is(last, level):
    assert EntryZone({"min": Decimal(10), "max": Decimal(11)}).watch(last) == level


@given(bound=prices, other=prices)
def test_strict_levels_leave_their_bound_out(bound, other):
    assert is_reached(strictly_below(bound), Span(other, other)) == (other < bound)
    assert is_reached(strictly_above(bound), Span(other, other)) == (other > bound)


@pytest.mark.parametrize(
    ("kind", "values", "refused"),
    [
        ("take_profit", {"price": "12"}, set()),
        ("take_profit", {"price": "0.0001"}, set()),
        ("take_profit", {}, {"price"}),
        *(
            ("take_profit", {"price": bad}, {"price"})
            for bad in ("0", "-1", "NaN", "Infinity", "1e30", "abc", "1.00001", "1000000000.1", "")
        ),
        ("entry_zone", {"min": "10", "max": "11"}, set()),
        ("entry_zone", {"min": "11", "max": "10"}, {"min"}),
        ("entry_zone", {"min": "10", "max": "10"}, {"min"}),
        ("entry_zone", {"min": "0", "max": "10"}, {"min"}),
        ("entry_zone", {"min": "10"}, {"max"}),
    ],
)
def test_parameters(kind, values, refused):
    assert set(rule_kinds()[kind].Params(values).errors) == refused
