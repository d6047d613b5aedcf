"""Which wording of a user's own a message has, and what it says. Pure, but for `put`."""

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction

from notifications import placeholders
from notifications.models import Wording


class TakenError(Exception):
    """The user has a wording for that kind and way already."""


def put(wording: Wording, fields: Mapping[str, str]) -> Wording:
    """Save a wording with valid fields.

    Raises TakenError, or Wording.DoesNotExist where it has been deleted meanwhile.
    """
    for name, value in fields.items():
        setattr(wording, name, value)
    try:
        with transaction.atomic():
            if wording.pk is not None:
                Wording.objects.select_for_update().get(pk=wording.pk)
            wording.save()
    except IntegrityError as error:
        raise TakenError from error
    return wording


def chosen(wordings: Iterable[Wording], kind: str, transport: str) -> Wording | None:
    """Return the most specific one: for the kind and the way, the kind, the way, then for all."""
    fitting = [
        one for one in wordings if one.kind in ("", kind) and one.transport in ("", transport)
    ]
    return max(fitting, key=lambda one: (bool(one.kind), bool(one.transport)), default=None)


def written(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its values; nothing where it is broken or comes out empty.

    Then the built-in words are used: an alert is never lost for its wording.
    """
    try:
        return placeholders.fill(template, values).strip()
    except KeyError:
        return ""
