"""Price below: the price is at the level or below."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitors.rules.base import AtOrBelow


class PriceBelow(AtOrBelow):
    """Fires when the price is at its level or below."""

    label = _("Price below")
    short = pgettext_lazy("mark in a chart", "Below")
    words = ("below", "<", "<=", "≤", "under", "低于", "跌破", "跌到", "下穿")

    def headline(self, values: Mapping[str, Any]) -> Promise:
        return format_lazy(_("{name} fell to {level}, now {price}"), **values)
