"""What looks like a slip, by itself: a pure function."""

from decimal import Decimal

import pytest

from monitors.forms.cautions import Other, Situation, cautions, shape
from monitors.lifecycle import RuleSpec
from monitors.symbols import Symbol

MOUTAI = Symbol.parse("600519.SH")
TENCENT = Symbol.parse("00700.HK")
SO_ALREADY, FAR, REACH, STEPS = "so already", "decimal point", "Out of reach", "steps of"


def rule(kind: str, *levels: str) -> RuleSpec:
    names = ("min", "max") if len(levels) > 1 else ("price",)
    return RuleSpec(kind, dict(zip(names, levels, strict=True)))


def said(*rules: RuleSpec, **around: object) -> list[tuple[str, int | None, str]]:
    values = {"symbol": MOUTAI, "price": Decimal(1700)} | around
    return [
        (one.message, one.rule, one.name)
        for one in cautions(rules, Situation(**values))  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ("wanted", "says", "name"),
    [
        (rule("take_profit", "1700"), SO_ALREADY, ""),
        (rule("stop_loss", "1750"), SO_ALREADY, ""),
        (rule("entry_zone", "1650", "1700"), SO_ALREADY, ""),
        (rule("take_profit", "2551"), FAR, "price"),
        (rule("stop_loss", "849.99"), FAR, "price"),
        (rule("entry_zone", "165", "1680"), FAR, "min"),
        (rule("take_profit", "1800.005"), STEPS, "price"),
    ],
)
def test_one_rule_that_looks_like_a_slip(wanted, says, name):
    ((message, at, field),) = said(wanted)
    assert says in message
    assert (at, field) == (0, name)


@pytest.mark.parametrize(
    "wanted",
    [
        rule("take_profit", "1700.01"),
        rule("stop_loss", "1699.99"),
        rule("take_profit", "2550"),
        rule("stop_loss", "850"),
        rule("entry_zone", "1650", "1680"),
    ],
)
def test_one_rule_that_looks_right(wanted):
    assert said(wanted) == []


def test_the_days_limits():
    limits = Decimal(1870), Decimal(1530)
    assert REACH in said(rule("take_profit", "1870.01"), limits=limits)[0][0]
    assert REACH in said(rule("stop_loss", "1529.99"), limits=limits)[0][0]
    assert said(rule("take_profit", "1870"), rule("stop_loss", "1530"), limits=limits) == []


def test_the_tick_is_that_of_the_level():
    assert said(rule("price_above", "305.1"), symbol=TENCENT, price=Decimal(300))
    assert said(rule("price_above", "305.2"), symbol=TENCENT, price=Decimal(300)) == []


@pytest.mark.parametrize(
    ("rules", "says", "at"),
    [
        ((rule("entry_zone", "1650", "1680"), rule("stop_loss", "1650")), "not below the entry", 1),
        (
            (rule("take_profit", "1780"), rule("entry_zone", "1750", "1780")),
            "not above the entry",
            0,
        ),
        ((rule("stop_loss", "1600"), rule("take_profit", "1600")), "not above the stop", 1),
    ],
)
def test_an_order_that_makes_no_sense(rules, says, at):
    found = [(message, place) for message, place, _name in said(*rules, price=None)]
    assert [(says in message, place) for message, place in found] == [(True, at)]


def test_an_order_that_makes_sense():
    rules = (
        rule("entry_zone", "1650", "1680"),
        rule("take_profit", "1800"),
        rule("stop_loss", "1600"),
    )
    assert said(*rules) == []


def test_what_is_there_already():
    wanted = rule("take_profit", "1800"), rule("stop_loss", "1600")
    other = Other(7, shape(reversed(wanted)))
    assert "already watch" in said(*wanted, others=[other])[0][0]
    assert said(wanted[0], others=[other]) == []
    assert "are the same" in said(wanted[0], wanted[0])[0][0]


def test_without_a_price_only_the_rules_are_looked_at():
    assert said(rule("take_profit", "1800"), price=None) == []
