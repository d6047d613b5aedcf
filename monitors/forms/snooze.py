"""Until when a monitor is to pause: by a word, or a date."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitors.calendars import Calendar
from monitors.lifecycle.pauses import pause_end
from monitors.market import Market
from monitors.spec import check_snooze

CHOICES = (
    ("1h", _("For an hour")),
    ("close", _("Until the close")),
    ("open", _("Until the next trading day opens")),
)


class SnoozeForm(forms.Form):
    """`until` is one of the words, or `at` a time in the user's own zone."""

    until = forms.ChoiceField(
        label=_("Until"),
        choices=[("", ""), *CHOICES],
        required=False,
        error_messages={"invalid_choice": _("until: choose 1h, close or open, or send a time.")},
    )
    at = forms.DateTimeField(
        label=_("Until a time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a date and a time.")},
    )

    def clean(self) -> dict[str, Any]:
        """Want one of the two, and of a time that it lies ahead, within a year."""
        values = super().clean() or self.cleaned_data
        at, now = values.get("at"), timezone.now()
        if at is None and not values.get("until") and not self.errors:
            self.add_error("at", _("Choose how long, or enter a date and a time."))
        elif at is not None:
            try:
                check_snooze(at, now)
            except ValidationError as error:
                self.add_error("at", error)
        return values

    def end(self, market: Market, now: datetime, calendar: Calendar) -> datetime:
        """Return when the pause ends of what trades in a market."""
        at: datetime | None = self.cleaned_data["at"]
        return at or pause_end(self.cleaned_data["until"], market, now, calendar)

    def problems(self) -> list[str]:
        """Return what is wrong, one sentence each."""
        return [str(one) for errors in self.errors.values() for one in errors]
