"""Entry zone: the price is between two bounds."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitors.rules.base import (
    Direction,
    Level,
    RuleKind,
    Span,
    price_field,
    strictly_above,
    strictly_below,
    text,
)


class ZoneParams(forms.Form):
    """A lower and an upper bound, the lower one really below."""

    min = price_field(_("From"))
    max = price_field(_("To"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        low, high = values.get("min"), values.get("max")
        if low is not None and high is not None and low >= high:
            self.add_error("min", _("The lower bound must be below the upper one."))
        return values


class EntryZone(RuleKind):
    """Fires when the price is in the zone, bounds included."""

    label = _("Entry zone")
    short = pgettext_lazy("mark in a chart", "Zone")
    words = ("zone", "entry", "between", "区间", "买入区间", "介于")
    Params = ZoneParams
    edges = ("min", "max")

    @property
    def low(self) -> Decimal:
        """The lower bound."""
        return self.params["min"]

    @property
    def high(self) -> Decimal:
        """The upper bound."""
        return self.params["max"]

    def holds(self, span: Span) -> bool:
        return span.low <= self.high and span.high >= self.low

    def watch(self, last: Decimal | None) -> Level:
        """From above the upper bound is met first, from below (or from nowhere) the lower one.

        Either is right on either side: what reaches neither is not in the zone. A quote that
        jumps over the zone reaches the level without holding, and the other side is watched next.
        """
        if last is not None and last > self.high:
            return Level(Direction.DOWN, self.high)
        return Level(Direction.UP, self.low)

    def release(self, gap: Decimal) -> list[Level]:
        return [
            strictly_below(self.low * (100 - gap) / 100),
            strictly_above(self.high * (100 + gap) / 100),
        ]

    def levels(self) -> list[Decimal]:
        return [self.low, self.high]

    def headline(self, values: Mapping[str, Any]) -> Promise:
        return format_lazy(
            _("Entry zone: {name} is in {low}–{high}, now {price}"),
            **values,
            low=text(self.low),
            high=text(self.high),
        )
