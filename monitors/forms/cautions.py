"""What looks like a slip in rules that are valid: pure. Nothing here forbids anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from monitors.kinds import rule_kinds
from monitors.lifecycle import RuleSpec
from monitors.market import InstrumentKind, boards
from monitors.rules.base import Span, text
from monitors.symbols import Symbol

FAR = 50
"""Percent from the price beyond which a level is taken for a slip of the decimal point."""
ENTRY, PROFIT, STOP = "entry_zone", "take_profit", "stop_loss"

Shape = frozenset[tuple[str, tuple[tuple[str, str], ...]]]
"""Rules by kind and levels alone."""


class Other(NamedTuple):
    """A monitor that the user already has on the same stock."""

    pk: int
    rules: Shape


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules are looked at against."""

    symbol: Symbol
    price: Decimal | None = None
    kind: InstrumentKind | None = None
    limits: tuple[Decimal, Decimal] | None = None
    """The day's highest and lowest price."""
    others: Sequence[Other] = field(default=())


class Caution(NamedTuple):
    """A sentence, and the rule and the parameter that it is about; None and "" for all of them."""

    message: str
    rule: int | None = None
    name: str = ""


def shape(rules: Iterable[RuleSpec]) -> Shape:
    """Return rules by kind and levels alone."""
    return frozenset((rule.kind, tuple(sorted(rule.params.items()))) for rule in rules)


def cautions(rules: Sequence[RuleSpec], situation: Situation) -> list[Caution]:
    """Return what looks like a slip, rule by rule, and at the end what is about all of them."""
    found: list[Caution] = []
    for at, rule in enumerate(rules):
        found += _about_rule(at, rule, situation)
    return [*found, *_about_order(rules), *_about_others(rules, situation)]


def _about_rule(at: int, rule: RuleSpec, situation: Situation) -> Iterator[Caution]:
    price = situation.price
    levels = {name: Decimal(value) for name, value in rule.params.items()}
    if price and rule_kinds()[rule.kind](levels).holds(Span(price, price)):
        message = _("At %(price)s this is so already: it tells you at once.")
        yield Caution(message % {"price": text(price)}, at)
    for name, level in levels.items():
        yield from (Caution(message, at, name) for message in _about_level(level, situation))


def _about_level(level: Decimal, situation: Situation) -> Iterator[str]:
    price = situation.price
    if price and abs(level - price) * 100 > price * FAR:
        percent = abs(level - price) * 100 / price
        message = _("%(percent)s %% from the price: is the decimal point in its place?")
        yield message % {"percent": text(percent.quantize(Decimal(1)))}
    elif situation.limits and not situation.limits[1] <= level <= situation.limits[0]:
        up, down = map(text, situation.limits)
        message = _("Out of reach today: the limits are %(down)s and %(up)s.")
        yield message % {"down": down, "up": up}
    tick = boards.tick(situation.symbol, level, situation.kind)
    if level % tick:
        yield _("Prices move in steps of %(tick)s here.") % {"tick": text(tick)}


def _about_order(rules: Sequence[RuleSpec]) -> Iterator[Caution]:
    """Look at stop, entry and target against each other."""
    entries = [_span(rule) for rule in rules if rule.kind == ENTRY]
    stops = [_span(rule)[0] for rule in rules if rule.kind == STOP]
    for at, rule in enumerate(rules):
        low, high = _span(rule)
        if rule.kind == STOP and any(low >= bottom for bottom, _top in entries):
            yield Caution(_("The stop loss is not below the entry zone."), at, "price")
        if rule.kind == PROFIT and any(high <= top for _bottom, top in entries):
            yield Caution(_("The target is not above the entry zone."), at, "price")
        if rule.kind == PROFIT and any(high <= stop for stop in stops):
            yield Caution(_("The target is not above the stop loss."), at, "price")


def _span(rule: RuleSpec) -> tuple[Decimal, Decimal]:
    levels = [Decimal(value) for value in rule.params.values()]
    return min(levels), max(levels)


def _about_others(rules: Sequence[RuleSpec], situation: Situation) -> Iterator[Caution]:
    if len(set(shape(rules))) < len(rules):
        yield Caution(_("Two of the rules are the same."))
    if any(other.rules == shape(rules) for other in situation.others):
        yield Caution(_("You already watch this stock by the same rules."))
