"""What rule kinds share: a condition on one metric, and the levels at which an index finds it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import IntegerChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.severity import Severity
from stockwatch.fields import UNIT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HIGHEST_PRICE = Decimal(10) ** 9
PRICE_PLACES = 4

Levels = Mapping[str, Decimal]


class Metric(IntegerChoices):
    """What of a quote a level is compared with."""

    PRICE = 1, _("price")


class Direction(IntegerChoices):
    """From which side a reading reaches a level."""

    UP = 1, _("up")
    DOWN = -1, _("down")


@dataclass(frozen=True, slots=True)
class Level:
    """`price ↑ 12` is reached by a reading of 12 or more, `price ↓ 12` by one of 12 or less."""

    direction: Direction
    price: Decimal

    def is_reached(self, price: Decimal) -> bool:
        """Whether a reading reaches it."""
        return price >= self.price if self.direction == Direction.UP else price <= self.price


@dataclass(frozen=True, slots=True)
class Span:
    """The range of prices that one quote shows: a single price, or more by touch."""

    low: Decimal
    high: Decimal


def strictly_below(bound: Decimal) -> Level:
    """The level that any storable price below `bound` reaches, and `bound` itself does not."""
    return Level(Direction.DOWN, ((bound / UNIT).to_integral_value(ROUND_CEILING) - 1) * UNIT)


def strictly_above(bound: Decimal) -> Level:
    """The level that any storable price above `bound` reaches, and `bound` itself does not."""
    return Level(Direction.UP, ((bound / UNIT).to_integral_value(ROUND_FLOOR) + 1) * UNIT)


def price_field(label: "StrOrPromise") -> forms.DecimalField:
    """The form field of a price level: above 0, at most four places, below a billion."""
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.0001"),
        max_value=HIGHEST_PRICE,
        decimal_places=PRICE_PLACES,
        error_messages={
            "required": _("A price is needed."),
            "invalid": _("Enter a price such as 1680.50."),
            "min_value": _("Enter a price above 0."),
            "max_value": _("Enter a price of at most 1000000000."),
            "max_decimal_places": _("Enter a price with at most 4 decimal places."),
        },
    )


class RuleKind(ABC):
    """A condition with its parameters. The module's name is the kind's name.

    A kind says when it holds, which level finds that out, and which levels say that it is over.
    It never sees the database, the clock or a user.
    """

    label: ClassVar["StrOrPromise"]
    metric: ClassVar[Metric] = Metric.PRICE
    words: ClassVar[tuple[str, ...]] = ()
    """What people write for it in one line (`monitors.oneline`), the usual word first."""
    short: ClassVar["StrOrPromise"] = ""
    """What marks of its firings in a chart say, where there is no room for the label."""
    side: ClassVar[Direction | None] = None
    """Which way the price goes when it fires; None where that may be either."""
    severity: ClassVar[Severity] = Severity.NORMAL
    """How grave it is when it fires."""
    Params: ClassVar[type[forms.Form]]
    edges: ClassVar[tuple[str, ...]] = ()
    """The parameters that are prices at which a chart draws a line to drag, lowest first."""

    def __init__(self, params: Levels) -> None:
        self.params = params

    @abstractmethod
    def holds(self, span: Span) -> bool:
        """Whether the condition is met anywhere in the span, bounds included."""

    @abstractmethod
    def watch(self, last: Decimal | None) -> Level:
        """The level that every quote on which the condition holds must reach.

        `last` is the newest known price, None where there is none. It picks the side from which
        the price would come, so that quotes far from the condition reach nothing.
        """

    @abstractmethod
    def release(self, gap: Decimal) -> list[Level]:
        """The levels of which a price reaches one once it is off by more than `gap` percent."""

    @abstractmethod
    def levels(self) -> list[Decimal]:
        """The prices to draw and to measure the distance to, lowest first."""

    @abstractmethod
    def headline(self, values: Mapping[str, Any]) -> Promise:
        """What to tell the user: `values` has name, symbol, price, level and the parameters."""


class PriceParams(forms.Form):
    """The parameters of a rule with one level."""

    price = price_field(_("Price"))


class OneLevel(RuleKind):
    """A rule on one price."""

    Params = PriceParams
    edges = ("price",)

    @property
    def price(self) -> Decimal:
        """The level."""
        return self.params["price"]

    def levels(self) -> list[Decimal]:
        return [self.price]


class AtOrAbove(OneLevel):
    """Holds at its price and above."""

    side = Direction.UP

    def holds(self, span: Span) -> bool:
        return span.high >= self.price

    def watch(self, last: Decimal | None) -> Level:
        return Level(Direction.UP, self.price)

    def release(self, gap: Decimal) -> list[Level]:
        return [strictly_below(self.price * (100 - gap) / 100)]


class AtOrBelow(OneLevel):
    """Holds at its price and below."""

    side = Direction.DOWN

    def holds(self, span: Span) -> bool:
        return span.low <= self.price

    def watch(self, last: Decimal | None) -> Level:
        return Level(Direction.DOWN, self.price)

    def release(self, gap: Decimal) -> list[Level]:
        return [strictly_above(self.price * (100 + gap) / 100)]


def text(price: Decimal) -> str:
    """A level as it is shown: plain digits, no trailing zeros."""
    digits = format(price, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
