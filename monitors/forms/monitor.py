"""The form of a monitor: its own fields, and a row for each rule with the fields of its kind."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitors.finding import recognise
from monitors.forms.rules import MOST_RULES, RuleForm, SymbolField, check_rules, clean_rule
from monitors.kinds import rule_kinds
from monitors.lifecycle import DEMAND_FIELDS, LIFE_FIELDS, RuleSpec
from monitors.models import Monitor, Rating, Rule
from monitors.models.monitor import LONGEST_GROUP
from monitors.symbols import SymbolError
from notifications.models import Destination

USUAL_PLACES, THESE_PLACES = "usual", "these"
LATEST_EXPIRY = datetime(2200, 1, 1, tzinfo=UTC)
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"
USUAL = {
    "repeat": "rearm",
    "rearm_gap": "0",
    "cooldown": "3600",
    "touch": "on",
    "refuse_delayed": "",
    "refuse_frozen": "",
    "confirm": "",
}
"""How a rule lives if nobody says otherwise, as its row has it."""

SWITCHES = ("touch", "refuse_delayed", "refuse_frozen")

ROW_KEY = re.compile(r"[a-z0-9]{1,12}")


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
        max_length=2000,
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
        max_value=86400,
        required=False,
        initial=0,
        help_text=_("0: at every sweep. At most 86400."),
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
        return " ".join(self.cleaned_data["group"].split())

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
        if not timezone.now() < given < LATEST_EXPIRY:
            raise ValidationError(_("Choose a time in the future."))
        return given


class RowForm(RuleForm):
    """A rule's life as a row of the form has it: an unchecked box means off."""

    kind = forms.CharField(widget=forms.HiddenInput)  # type: ignore[assignment]
    touch = forms.BooleanField(  # type: ignore[assignment]
        label=_("Touch counts"),
        required=False,
        initial=True,
        help_text=_("A new high or low of the day between two quotes counts as reached."),
    )
    refuse_delayed = forms.BooleanField(  # type: ignore[assignment]
        label=_("Not on late quotes"),
        required=False,
        help_text=_("Quotes of a source that is late by design, such as by 15 minutes."),
    )
    refuse_frozen = forms.BooleanField(  # type: ignore[assignment]
        label=_("Not on frozen quotes"),
        required=False,
        help_text=_("Quotes that have not changed for long while others moved."),
    )


class RuleRow:
    """One rule of the form, under the key by which its fields are named."""

    def __init__(self, key: str, kind: str, values: dict[str, Any], *, check: bool) -> None:
        self.key, self.kind, self._values = key, kind, values
        self.distances: dict[str, str] = {}
        """How far the price has to go to each level, where that is known."""
        self.doubts: list[str] = []
        """What looks like a slip."""
        logic = rule_kinds()[kind]
        self.label = logic.label
        prefix = f"rule-{key}"
        if check:
            named = {f"{prefix}-{name}": value for name, value in values.items()}
            self.life, self.params = (
                RowForm(named, prefix=prefix),
                logic.Params(named, prefix=prefix),
            )
        else:
            self.life = RowForm(initial=values, prefix=prefix)
            self.params = logic.Params(initial=values, prefix=prefix)

    @property
    def levels(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of its levels, each with the way to it."""
        return [(self.params[name], self.distances.get(name, "")) for name in self.params.fields]

    @property
    def other_errors(self) -> ErrorList:
        """What is wrong with a field that the row does not show."""
        return ErrorList([*self.life.errors.get("kind", ()), *self.life.errors.get("id", ())])

    @property
    def is_open(self) -> bool:
        """Whether to show the fields of its life: where they are wrong, or it repeats unusually."""
        repeats = self._values.get("repeat", USUAL["repeat"])
        return repeats != USUAL["repeat"] or any(self.life[name].errors for name in LIFE_FIELDS)

    @property
    def is_demanding(self) -> bool:
        """Whether to show what it wants of a quote: where it wants anything, or that is wrong."""
        return any(self._values.get(name) or self.life[name].errors for name in DEMAND_FIELDS)

    def spec(self) -> RuleSpec:
        """Return the rule; ValidationError where the forms have errors to show."""
        return clean_rule({"touch": "off"} | self._values)  # a box that is not ticked is not sent

    @classmethod
    def new(cls, key: str, kind: str) -> "RuleRow":
        """Return an empty row."""
        return cls(key, kind, {**USUAL, "kind": kind}, check=False)

    @classmethod
    def wanted(cls, key: str, rule: RuleSpec) -> "RuleRow":
        """Return the row of a rule that is still to be made, or of a copy of one."""
        return cls(key, rule.kind, {**rule.params, **_life(rule)}, check=False)

    @classmethod
    def of(cls, rule: Rule) -> "RuleRow":
        """Return the row of a rule as it is."""
        values = {**rule.params, "id": rule.pk, **_life(rule)}
        return cls(str(rule.pk), rule.kind, values, check=False)


def _life(rule: Rule | RuleSpec) -> dict[str, Any]:
    """Return how a rule lives, as its row has it."""
    return {
        "kind": rule.kind,
        "repeat": rule.repeat,
        "rearm_gap": format(rule.rearm_gap.normalize(), "f"),
        "cooldown": str(rule.cooldown),
        **{name: "on" if getattr(rule, name) else "" for name in SWITCHES},
        "confirm": "" if rule.confirm is None else format(rule.confirm.normalize(), "f"),
    }


def rows_sent(data: QueryDict, *, check: bool) -> list[RuleRow]:
    """Return the rows of a form that was sent; what no form of ours can have sent is left out."""
    rows = []
    for key in list(dict.fromkeys(data.getlist("row")))[: MOST_RULES + 1]:
        kind = rule_kinds().get(data.get(f"rule-{key}-kind", ""))
        if kind is None or not ROW_KEY.fullmatch(key):
            continue
        names = [*RowForm.base_fields, *kind.Params.base_fields]
        sent = {name: data.get(f"rule-{key}-{name}") for name in names}
        values = {name: value for name, value in sent.items() if value is not None}
        rows.append(RuleRow(key, str(values["kind"]), values, check=check))
    return rows


def rules_of(rows: Sequence[RuleRow], monitor: Monitor | None) -> list[RuleSpec]:
    """Return the rules that the rows describe; ValidationError where they make no valid list.

    Where a row itself is wrong its own forms say so, and the error has no message.
    """
    specs, wrong = [], False
    for row in rows:
        try:
            specs.append(row.spec())
        except ValidationError:
            wrong = True
    if wrong:
        raise ValidationError([])
    check_rules(specs, {rule.pk for rule in monitor.rules.all()} if monitor else ())
    return specs


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
