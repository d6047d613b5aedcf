"""Entries as people read them, in the reader's language: values are kept as data, not as words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from stockwatch.audit.models import AuditEntry, Deed
from stockwatch.listed import listed

NOTHING = "–"

Teller = Callable[[Any], str]

_tellers: dict[tuple[str, str], tuple[Any, Teller]] = {}


def register(model: str, field: str, label: Any, teller: Teller = str) -> None:
    """Say how a field is told that is none of the model's own, or that holds more than a value."""
    _tellers[model, field] = (label, teller)


def deed_of(entry: AuditEntry) -> str:
    """Return what was done."""
    return str(dict(Deed.choices).get(entry.deed, entry.deed))


def sort_of(entry: AuditEntry) -> str:
    """Return what sort of thing an entry is about."""
    return sort_named(entry.subject_type)


def sort_named(label: str) -> str:
    """Return what a model, `monitors.monitor`, is called."""
    model = _model(label)
    return label if model is None else capfirst(str(model._meta.verbose_name))  # noqa: SLF001


def changes_of(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Return the changes: the field, what it was, what it became."""
    return [
        (_label(entry, name), _value(entry, name, before), _value(entry, name, after))
        for name, before, after in entry.changes
    ]


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(entry: AuditEntry, name: str) -> Any:
    model = _model(entry.subject_type)
    try:
        return None if model is None else model._meta.get_field(name)  # noqa: SLF001
    except FieldDoesNotExist:
        return None


def _label(entry: AuditEntry, name: str) -> str:
    if known := _tellers.get((entry.subject_type, name)):
        return str(known[0])
    field = _field(entry, name)
    return name if field is None else str(getattr(field, "verbose_name", name))


def _value(entry: AuditEntry, name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if known := _tellers.get((entry.subject_type, name)):
        return known[1](value)
    return value_of(_field(entry, name), value)


def value_of(field: Any, value: Any) -> str:
    """Return a value as people read it; `field` is the model's that has it, None for none."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(field, "flatchoices", None) or ())
    if value in choices if isinstance(value, (str, int)) else False:
        return str(choices[value])
    if isinstance(value, list):
        return listed(value)
    return _time(value) or str(value)


def _time(value: Any) -> str:
    """Return a moment in the reader's zone; nothing where the value is none."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return ""
    if moment.tzinfo is None:
        return ""
    return date_format(timezone.localtime(moment), "Y-m-d H:i:s")
