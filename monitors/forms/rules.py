"""What makes a symbol or a rule valid, for the REST API, the web pages and the admin alike."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from monitors.kinds import rule_kinds
from monitors.life import Repeat
from monitors.models.monitor import kind_choices
from monitors.rules.base import text
from monitors.spec import (
    LEAST_CONFIRM,
    LONGEST_COOLDOWN,
    MOST_CONFIRM,
    MOST_RULES,
    PERCENT_PLACES,
    USUAL,
    WIDEST_GAP,
    RuleSpec,
)
from monitors.symbols import Symbol, SymbolError

GAP_BOUNDS = format_lazy(_("Enter a percentage from 0 to {most}."), most=WIDEST_GAP)
COOLDOWN_BOUNDS = format_lazy(_("Enter from 1 to {most} seconds."), most=LONGEST_COOLDOWN)
CONFIRM_BOUNDS = format_lazy(_("Enter a percentage above 0, at most {most}."), most=MOST_CONFIRM)
PLACES_BOUND = format_lazy(
    _("Enter a percentage with at most {most} decimal places."), most=PERCENT_PLACES
)

_SWITCH = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


class SymbolField(forms.CharField):
    """A symbol in any of the spellings that people use; its value is a `Symbol`."""

    def to_python(self, value: Any) -> Any:
        """Return the Symbol, None for nothing; the message of a refusal names the mend."""
        if value in self.empty_values:
            return None
        try:
            return Symbol.parse(value)
        except SymbolError as error:
            raise ValidationError(str(error), code="symbol") from error


class SwitchField(forms.Field):
    """A boolean that refuses what is none: `"touch": "perhaps"` is a mistake, not a yes."""

    # Not a checkbox, which cannot tell "off" from "not said".
    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """Return the boolean, None for nothing."""
        if value in self.empty_values:
            return None
        switch = _SWITCH.get(str(value).lower())
        if switch is None:
            raise ValidationError(_("Write true or false."), code="invalid")
        return switch


class RuleForm(forms.Form):
    """What every rule has, whatever its kind: the kind itself and the rule's life.

    A field that is left out has its default (contract §5).
    """

    kind = forms.ChoiceField(
        label=_("When"),
        choices=kind_choices,
        error_messages={
            "required": _("Choose what the rule waits for."),
            "invalid_choice": _("There is no such kind of rule."),
        },
    )
    repeat = forms.ChoiceField(
        label=_("Repeat"),
        choices=Repeat.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose once, rearm or every.")},
    )
    rearm_gap = forms.DecimalField(
        label=_("Re-arm gap (percent)"),
        min_value=Decimal(0),
        max_value=WIDEST_GAP,
        decimal_places=PERCENT_PLACES,
        required=False,
        error_messages={
            "invalid": _("Enter a percentage such as 0.5."),
            **dict.fromkeys(("min_value", "max_value"), GAP_BOUNDS),
            "max_decimal_places": PLACES_BOUND,
        },
    )
    cooldown = forms.IntegerField(
        label=_("Cool-down (seconds)"),
        min_value=1,
        max_value=LONGEST_COOLDOWN,
        required=False,
        error_messages={
            "invalid": _("Enter a whole number of seconds."),
            **dict.fromkeys(("min_value", "max_value"), COOLDOWN_BOUNDS),
        },
    )
    touch = SwitchField(label=_("Touch counts"), required=False)
    refuse_delayed = SwitchField(label=_("Not on late quotes"), required=False)
    refuse_frozen = SwitchField(label=_("Not on frozen quotes"), required=False)
    confirm = forms.DecimalField(
        label=_("Only if a second source agrees within (percent)"),
        min_value=LEAST_CONFIRM,
        max_value=MOST_CONFIRM,
        decimal_places=PERCENT_PLACES,
        required=False,
        error_messages={
            "invalid": _("Enter a percentage such as 0.5."),
            **dict.fromkeys(("min_value", "max_value"), CONFIRM_BOUNDS),
            "max_decimal_places": PLACES_BOUND,
        },
    )
    id = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        """Put the defaults where nothing was said."""
        values = super().clean() or self.cleaned_data
        for name, value in values.items():
            if value in (None, "") and name not in ("kind", "id"):
                values[name] = getattr(USUAL, name)
        return values


def clean_rule(data: Mapping[str, object], *, known: Collection[str] = ()) -> RuleSpec:
    """Return the rule that `data` describes, its levels beside its other fields (contract §4).

    `known` are names that may come along without meaning anything, such as a rule's `state` that a
    client sends back. Raises ValidationError with the messages of each field that is wrong: an
    unknown kind, the kind's own parameters, the life fields, and names that nobody knows.
    """
    form = RuleForm(data)
    kind = rule_kinds().get(str(data.get("kind") or ""))
    params = kind.Params(data) if kind else None
    errors = _unknown(data, params, known)
    for part in (form, params):
        if part is not None and not part.is_valid():
            errors |= part.errors.as_data()
    if errors or params is None:
        raise ValidationError(errors)
    levels = {name: text(value) for name, value in params.cleaned_data.items()}
    return RuleSpec(params=levels, **form.cleaned_data)


def check_rules(specs: Sequence[RuleSpec], own: Collection[int] = ()) -> None:
    """Raise ValidationError where valid rules make no valid list.

    `own` are the ids of the rules that the monitor has: others cannot be kept.
    """
    if not specs:
        raise ValidationError(_("A monitor needs at least one rule."), code="none")
    if len(specs) > MOST_RULES:
        message = _("A monitor has at most %(most)d rules.")
        raise ValidationError(message, code="many", params={"most": MOST_RULES})
    ids = [spec.id for spec in specs if spec.id is not None]
    if len(set(ids)) < len(ids):
        raise ValidationError(_("The same rule is listed twice."), code="twice")
    if strangers := sorted(set(ids) - set(own)):
        message = _("This monitor has no rule %(id)d.")
        raise ValidationError(message, code="stranger", params={"id": strangers[0]})


def _unknown(
    data: Mapping[str, object], params: forms.Form | None, known: Collection[str]
) -> dict[str, Any]:
    """Refuse misspelt names. While the kind is unknown so are its parameters' names."""
    if params is None:
        return {}
    names = {*RuleForm.base_fields, *params.fields, *known}
    return {str(name): [_("Unknown field.")] for name in data if name not in names}
