"""The form of a monitor's own fields; `rows` has those of its rules."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitors.finding import recognise
from monitors.forms.rules import SymbolField
from monitors.models import Monitor, Rating
from monitors.models.monitor import group_named
from monitors.spec import INTERVAL_HELP, LONGEST_GROUP, LONGEST_INTERVAL, LONGEST_NOTE, check_expiry
from monitors.symbols import SymbolError
from notifications.models import Destination

USUAL_PLACES, THESE_PLACES = "usual", "these"
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"


class NamedSymbolField(SymbolField):
    """A symbol, or the name or the initials of what it stands for."""

    def to_python(self, value: Any) -> Any:
        """Return the Symbol, None for nothing; where several are meant the refusal names them."""
        if value in self.empty_values:
            return None
        try:
            return recognise(value)
        except SymbolError as error:
            raise ValidationError(str(error), code="symbol") from error


class MonitorForm(forms.Form):
    """A monitor's own fields."""

    symbol = NamedSymbolField(
        label=_("Symbol"),
        help_text=_("Code, name or pinyin initials: 600519, 700.HK, AAPL, 平安银行, payh …"),
        error_messages={"required": _("Enter a symbol, for example 600519.SH.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    rating = forms.ChoiceField(
        label=_("Rating"), choices=[("", "–"), *Rating.choices], required=False
    )
    group = forms.CharField(
        label=_("Group"),
        max_length=LONGEST_GROUP,
        required=False,
        help_text=_("One of your own, such as Holdings: the list can be arranged by them."),
        widget=forms.TextInput(attrs={"list": "own-groups", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Comes along in every notification."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    trading_hours_only = forms.BooleanField(
        label=_("In trading hours only"), required=False, initial=True
    )
    notifications_enabled = forms.BooleanField(
        label=_("Send notifications"), required=False, initial=True
    )
    check_interval = forms.IntegerField(
        label=_("Check every (seconds)"),
        min_value=0,
        max_value=LONGEST_INTERVAL,
        required=False,
        initial=0,
        help_text=INTERVAL_HELP,
    )
    expires_at = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        help_text=_("Left empty, it watches until you pause it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE_FORMAT),
    )

    where = forms.ChoiceField(
        label=_("Where to tell"),
        choices=[
            (USUAL_PLACES, _("Where the destinations' own settings say")),
            (THESE_PLACES, _("Only at these destinations, whatever their settings say")),
        ],
        initial=USUAL_PLACES,
        required=False,
        widget=forms.RadioSelect,
    )
    destinations = forms.TypedMultipleChoiceField(
        label=_("Destinations"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, owner_id: int, monitor: Monitor | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.monitor = monitor
        self.own_groups = Monitor.objects.groups(owner_id)
        places = cast(forms.TypedMultipleChoiceField, self.fields["destinations"])
        places.choices = [(one.pk, str(one)) for one in Destination.objects.of(owner_id)]

    def clean(self) -> None:
        """Make of the two questions the ids of the only destinations, or None for the usual."""
        where = self.cleaned_data.pop("where", None)
        if where != THESE_PLACES:
            self.cleaned_data["destinations"] = None

    def clean_group(self) -> str:
        """Return the same name whatever blanks are in it."""
        return group_named(self.cleaned_data["group"])

    def clean_check_interval(self) -> int:
        """Take nothing for 0."""
        return self.cleaned_data["check_interval"] or 0

    def clean_expires_at(self) -> datetime | None:
        """Refuse a time that has passed; the one that a monitor already has may stay."""
        given: datetime | None = self.cleaned_data["expires_at"]
        if given is None:
            return None
        old = self.monitor.expires_at if self.monitor else None
        if old is not None and _minute(old) == _minute(given):
            return old
        check_expiry(given, timezone.now())
        return given


def fields_of(monitor: Monitor) -> dict[str, Any]:
    """Return a monitor's own fields as the form shows them."""
    return {
        "symbol": monitor.instrument.symbol,
        "rating": monitor.rating,
        "group": monitor.group,
        "note": monitor.note,
        "trading_hours_only": monitor.trading_hours_only,
        "notifications_enabled": monitor.notifications_enabled,
        "check_interval": monitor.check_interval,
        "expires_at": monitor.expires_at,
        "where": USUAL_PLACES if monitor.destinations is None else THESE_PLACES,
        "destinations": monitor.destinations or [],
    }


def fields_sent(data: QueryDict) -> dict[str, Any]:
    """Return what was typed so far, to be shown again unchecked."""
    return {
        name: field.widget.value_from_datadict(data, {}, name)
        for name, field in MonitorForm.base_fields.items()
    }


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
