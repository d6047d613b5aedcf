"""The form of a destination: when it is used, and what its way must be told."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.destinations.params import (
    check_name,
    check_quiet_hours,
    of_another_address,
)
from notifications.models import HIDDEN, Destination
from notifications.models.destination import server_zone
from notifications.severity import Severity
from stockwatch.zones import check_zone

PREFIX = "params"
CLOCK = {"type": "time"}
AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class DestinationForm(forms.Form):
    """A destination's own fields."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        validators=[check_name],
        help_text=_("By which you know it: “My phone”."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Only these kinds"),
        required=False,
        help_text=_("None chosen: all kinds."),
        widget=forms.CheckboxSelectMultiple,
    )
    least_severity = forms.TypedChoiceField(
        label=_("From this severity on"), choices=Severity.choices, coerce=int, initial=1
    )
    escalate_after = forms.IntegerField(
        label=_("Only if unread for (minutes)"),
        min_value=0,
        max_value=1440,
        required=False,
        initial=0,
        help_text=_("0: told at once. 15: told only what you have not read 15 minutes later."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
        help_text=_("What comes in quiet hours is told when they end. Empty: no quiet hours."),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
    )
    quiet_lets_urgent = forms.BooleanField(
        label=_("Urgent ones also in quiet hours"), required=False, initial=True
    )
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        validators=[check_zone],
        initial=server_zone,
        help_text=_("Of the quiet hours and of the times in messages, such as Asia/Shanghai."),
    )

    def __init__(self, *args: Any, known: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Let the user choose from the `known` kinds of notifications, names with labels."""
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["kinds"]).choices = list(known)

    def clean_escalate_after(self) -> int:
        """Take nothing for 0."""
        return self.cleaned_data["escalate_after"] or 0

    def clean(self) -> None:
        """Refuse quiet hours with one end only."""
        if not {"quiet_from", "quiet_until"} & set(self.errors):
            given = self.cleaned_data
            try:
                check_quiet_hours(given["quiet_from"], given["quiet_until"])
            except ValidationError as error:
                self.add_error(None, error)

    @classmethod
    def of(cls, destination: Destination, known: Sequence[tuple[str, Any]]) -> "DestinationForm":
        """Return the form of a destination as it is."""
        values = {name: getattr(destination, name) for name in cls.base_fields}
        return cls(initial=values, known=with_kept(known, destination))

    @classmethod
    def typed(cls, data: QueryDict, known: Sequence[tuple[str, Any]]) -> "DestinationForm":
        """Return what was typed so far, to be shown again unchecked."""
        values = {
            name: field.widget.value_from_datadict(data, {}, name)
            for name, field in cls.base_fields.items()
        }
        return cls(initial=values, known=known)


def with_kept(
    known: Sequence[tuple[str, Any]], destination: Destination | None
) -> Sequence[tuple[str, Any]]:
    """Add the kinds that a destination was narrowed to and that are no longer installed."""
    names = {name for name, _label in known}
    kept = destination.kinds if destination else ()
    return [*known, *((name, name) for name in kept if name not in names)]


class ParamsPart:
    """The fields of a way. A secret that is left empty, or HIDDEN, stays as it is sealed.

    One that may be left out has a box beside it that removes it.
    """

    def __init__(self, kind: str, data: QueryDict | None, stored: Destination | None) -> None:
        """Take what was sent, or without `data` show what is stored. KeyError: no such way."""
        way = kinds.transport_kinds()[kind]
        self._sealed = stored.secret_params if stored else {}
        self.made: dict[str, Any] = {}
        """Secrets that the way's form made, as none was given: they are told once."""
        if data is None:
            shown = stored.shown_params if stored else {}
            self.form = way.Params(initial=shown, prefix=PREFIX)
        else:
            self.form = self._checked(way.Params, way.secrets, data, stored)
        self._offer_removal(way.secrets)
        for field in self.form.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs |= AS_TYPED

    def _checked(
        self,
        form_class: type[forms.Form],
        secrets: frozenset[str],
        data: QueryDict,
        stored: Destination | None,
    ) -> forms.Form:
        full, shown = data.copy(), data.copy()
        kept = {name for name in secrets if data.get(f"{PREFIX}-{name}", "") in ("", HIDDEN)}
        removed = {name for name in kept if f"{PREFIX}-{_removal(name)}" in data}
        for name in kept:
            key = f"{PREFIX}-{name}"
            full[key] = "" if name in removed else self._sealed.get(name) or ""
            shown[key] = HIDDEN if full[key] else ""
        form = form_class(full, prefix=PREFIX)
        if form.is_valid():
            for name, error in of_another_address(
                stored, form.cleaned_data, kept - removed
            ).items():
                form.add_error(name, error)
        for name in secrets:
            value = form.cleaned_data.get(name) if form.is_valid() else None
            if value and not full[f"{PREFIX}-{name}"]:
                self.made[name] = shown[f"{PREFIX}-{name}"] = value
        form.data = shown  # it is checked already, and what is sealed must not be drawn
        return form

    def _offer_removal(self, secrets: frozenset[str]) -> None:
        """Add the boxes. The form is checked by now, so they are no parameters."""
        fields = self.form.fields
        for name in [name for name in fields if name in secrets]:
            if self._sealed.get(name) and not fields[name].required:
                label = _("Remove what is stored: %(label)s") % {"label": fields[name].label}
                fields[_removal(name)] = forms.BooleanField(label=label, required=False)
        order = [made for name in fields for made in (name, _removal(name))]
        self.form.order_fields(order)

    @property
    def told(self) -> list[tuple[Any, Any]]:
        """The secrets that were made, with the labels of their fields."""
        return [(self.form.fields[name].label, value) for name, value in self.made.items()]


def _removal(name: str) -> str:
    return f"{name}-removed"
