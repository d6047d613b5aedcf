"""What the page of the log can be asked for, and where in the log it stands."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import MAX_SEQ, Notification
from notifications.models.log import NotificationQuerySet
from notifications.severity import Severity
from notifications.subjects import Subjects
from notifications.wire import severity_name

DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
PLACES = ("before", "after", "seq")
"""What names a place in the log, and is no question."""

FURTHER = ("symbol", "severity", "since", "until", "group")


class DayField(forms.DateField):
    """A day, chosen from a calendar."""

    def __init__(self, label: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=False, validators=DAYS, widget=widget)


class NarrowForm(forms.Form):
    """The questions `?search= &kind= &unread= &symbol= &severity= &since= &until= &monitor=`."""

    search = forms.CharField(label=_("Symbol, name or title"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    unread = forms.BooleanField(label=_("Unread only"), required=False)
    symbol = forms.CharField(label=_("Symbol"), max_length=40, required=False)
    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("Any severity")), *((severity_name(one), one.label) for one in Severity)],
    )
    since = DayField(_("From day"))
    until = DayField(_("To day"))
    monitor = forms.IntegerField(
        label=_("Monitor"),
        min_value=1,
        max_value=MAX_SEQ,
        required=False,
        widget=forms.HiddenInput,
    )
    group = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("By stock")), ("time", _("By time"))],
    )

    def __init__(self, data: Any, user_id: int, subjects: Subjects) -> None:
        super().__init__(data)
        self.user_id = user_id
        kinds = cast(forms.ChoiceField, self.fields["kind"])
        kinds.choices = [("", _("All kinds")), *subjects.kinds]
        self.spelt = subjects.spelt

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return asked

    @property
    def asked(self) -> dict[str, Any]:
        """The questions that were asked; none where one of them makes no sense."""
        if not self.is_valid():
            return {}
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def further(self) -> list[forms.BoundField]:
        """The fields that are shown on demand."""
        return [self[name] for name in FURTHER]

    @property
    def is_further(self) -> bool:
        """Whether one of them is in use, or wrong."""
        return any(field.errors or field.value() for field in self.further)

    @property
    def by_stock(self) -> bool:
        """Whether the notifications of a stock stand together."""
        return not self.asked.get("group")

    def narrowed(self) -> NotificationQuerySet:
        """Return what was asked for; a question that makes no sense finds nothing."""
        rows = Notification.objects.for_user(self.user_id)
        if not self.is_valid():
            return rows.none()
        asked = self.asked
        if "unread" in asked:
            rows = rows.unread()
        rows = rows.filter(**{name: asked[name] for name in ("kind", "monitor") if name in asked})
        if "severity" in asked:
            rows = rows.filter(severity=Severity[asked["severity"].upper()])
        if "symbol" in asked:
            rows = rows.filter(symbol=self.spelt(asked["symbol"]))
        for word in asked.get("search", "").split():
            rows = rows.filter(
                Q(symbol__icontains=word)
                | Q(symbol=self.spelt(word))
                | Q(name__icontains=word)
                | Q(title__icontains=word)
            )
        return rows.within(_begin(asked.get("since")), _end(asked.get("until")))


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, timezone.get_current_timezone()) if day else None


def _end(day: date | None) -> datetime | None:
    return _begin(day + timedelta(days=1)) if day else None


class PlaceForm(forms.Form):
    """Where in the log: behind a number, before one, or at one."""

    before = forms.IntegerField(min_value=1, max_value=MAX_SEQ, required=False)
    after = forms.IntegerField(min_value=0, max_value=MAX_SEQ, required=False)
    seq = forms.IntegerField(min_value=1, max_value=MAX_SEQ, required=False)

    def place(self) -> dict[str, int | None]:
        """Return the place; what makes no sense is none."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in PLACES}
