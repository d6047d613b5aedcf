"""What makes a destination valid beside the types of its fields."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.models import HIDDEN, Destination

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""By which a name could look like what it is not (Unicode's bidirectional controls)."""


@dataclass(frozen=True, slots=True)
class Params:
    """Valid parameters."""

    values: Mapping[str, Any]
    made: Mapping[str, Any]
    """Secrets that the way's form made, as none was given: shown once, or nobody knows them."""


def clean_params(
    kind: str, given: Mapping[str, Any], stored: Destination | None = None, *, merge: bool = False
) -> Params:
    """Return the parameters of a kind, judged by its form.

    A secret that is left out, or given as HIDDEN, is the one that `stored` has; with `merge` what
    else is left out is too. Raises ValidationError with the messages of each parameter.
    """
    way = kinds.transport_kinds()[kind]
    fields = way.Params.base_fields
    _refuse_unfit(given, fields)
    kept = stored.secret_params if stored is not None and stored.kind == kind else {}
    said = {name: v for name, v in given.items() if not (name in way.secrets and v == HIDDEN)}
    usual = {name: field.initial for name, field in fields.items() if field.initial is not None}
    before = stored.params if merge and stored is not None and stored.kind == kind else {}
    data = usual | before | kept | said
    form = way.Params(data)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    cleaned = form.cleaned_data
    if errors := of_another_address(stored, cleaned, kept.keys() - said.keys()):
        raise ValidationError(errors)
    made = {name: cleaned[name] for name in way.secrets if cleaned.get(name) and not data.get(name)}
    return Params(cleaned, made)


def of_another_address(
    stored: Destination | None, cleaned: Mapping[str, Any], kept: Collection[str]
) -> dict[str, ValidationError]:
    """Return errors for the secrets that are `kept` though they would go to another server.

    Whoever can change an address could have them sent to a server of their own.
    """
    if stored is None or not kept:
        return {}
    way, secrets = kinds.transport_kinds()[stored.kind], stored.secret_params
    before = stored.params | secrets
    if all((before.get(name) or "") == (cleaned.get(name) or "") for name in way.address):
        return {}
    message = _("Enter it anew: what is stored is for the former address.")
    return {
        name: ValidationError(message)
        for name in sorted(kept)
        if secrets.get(name) and name not in way.address
    }


def _refuse_unfit(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise ValidationError for what a form would take for something else, or overlook."""
    errors = {}
    for name, value in given.items():
        if name not in known:
            errors[name] = _("Unknown field.")
        elif not isinstance(value, str | int | float | bool | None):
            errors[name] = _("Write a text, a number, true or false.")
    if errors:
        raise ValidationError(errors)


def check_name(name: str) -> None:
    """Raise ValidationError for line ends, other control signs, and signs that turn text around."""
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") or sign in _TURNING for sign in name):
        raise ValidationError(_("Write it on one line, without control characters."))


def check_quiet_hours(start: time | None, end: time | None) -> None:
    """Raise ValidationError where quiet hours have only one end, or no length."""
    if (start is None) != (end is None):
        missing = "quiet_from" if start is None else "quiet_until"
        raise ValidationError({missing: _("Give both times, or neither.")})
    if start is not None and start == end:
        raise ValidationError({"quiet_until": _("Give another time than the beginning.")})


def fields_of(form: type[forms.Form], secrets: Collection[str]) -> list[dict[str, Any]]:
    """Describe the parameters of a way as plain values, for whoever draws a form of them."""
    return [
        {
            "name": name,
            "label": str(field.label or name),
            "help": str(field.help_text),
            "required": field.required,
            "secret": name in secrets,
            "default": field.initial,
            "choices": _choices(field),
        }
        for name, field in form.base_fields.items()
    ]


def _choices(field: forms.Field) -> list[Any] | None:
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else None
    return None if choices is None else list(choices)
