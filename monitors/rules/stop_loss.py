"""Stop loss: the price is at the level or below."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitors.rules.base import AtOrBelow
from notifications.severity import Severity


class StopLoss(AtOrBelow):
    """Fires when the price is at its level or below."""

    severity = Severity.URGENT
    label = _("Stop loss")
    short = pgettext_lazy("mark in a chart", "SL")
    words = ("sl", "stop", "loss", "止损", "止损价")

    def headline(self, values: Mapping[str, Any]) -> Promise:
        return format_lazy(_("Stop loss: {name} fell to {level}, now {price}"), **values)
