"""Price above: the price is at the level or above."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitors.rules.base import AtOrAbove


class PriceAbove(AtOrAbove):
    """Fires when the price is at its level or above."""

    label = _("Price above")
    short = pgettext_lazy("mark in a chart", "Above")
    words = ("above", ">", ">=", "≥", "over", "高于", "突破", "涨到", "涨破", "上穿")

    def headline(self, values: Mapping[str, Any]) -> Promise:
        return format_lazy(_("{name} rose to {level}, now {price}"), **values)
