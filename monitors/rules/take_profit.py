"""Take profit: the price is at the level or above."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitors.rules.base import AtOrAbove


class TakeProfit(AtOrAbove):
    """Fires when the price is at its level or above."""

    label = _("Take profit")
    short = pgettext_lazy("mark in a chart", "TP")
    words = ("tp", "take", "profit", "target", "止盈", "止盈价", "目标", "目标价")

    def headline(self, values: Mapping[str, Any]) -> Promise:
        return format_lazy(_("Take profit: {name} reached {level}, now {price}"), **values)
