"""A wording of a user's own is saved. The one door for it."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

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
