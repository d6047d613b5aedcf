"""What a destination is: made and changed by hand. The one door for it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.delivery.outbox import nudge
from notifications.delivery.switching import AFRESH
from notifications.destinations import recording
from notifications.models import Delivery, Destination, Inbox

MOST = 30
"""Destinations that a user may have."""


class TooManyError(Exception):
    """The user has as many destinations as one may have."""


QUIET_HOURS = ("quiet_from", "quiet_until", "quiet_lets_urgent")


def shared_quiet_hours(user_id: int | None) -> dict[str, Any]:
    """Return the quiet hours that all of a user's destinations have; none where they differ."""
    mine = Destination.objects.of(user_id).order_by()
    found = list(mine.values(*QUIET_HOURS).distinct()[:2])
    return found[0] if len(found) == 1 else {}


def too_many() -> str:
    """Say so, and what to do."""
    return _("You have %(most)d destinations, which is the most: delete one first.") % {
        "most": MOST
    }


def create(user_id: int, params: Mapping[str, Any], **fields: Any) -> Destination:
    """Create a destination with valid parameters. Raises TooManyError."""
    destination = Destination(user_id=user_id, **fields)
    destination.put_params(params)
    with transaction.atomic():
        Inbox.objects.locked_for([user_id])  # of two at once the second counts the first
        if Destination.objects.of(user_id).count() >= MOST:
            raise TooManyError
        destination.save()
        recording.created(destination)
    return destination


def change(
    destination: Destination, params: Mapping[str, Any] | None = None, **fields: Any
) -> None:
    """Change a destination; valid `params`, if given, replace its own.

    Only what changes is written, as a worker may be counting failures meanwhile. Raises
    Destination.DoesNotExist where it has been deleted.
    """
    before = recording.before(destination)
    turned_on = fields.get("enabled", False) and not destination.enabled
    for name, value in fields.items():
        setattr(destination, name, value)
    if params is not None:
        destination.put_params(params)
        names = ("params", "sealed", "service")
        fields |= {name: getattr(destination, name) for name in names}
    is_afresh = turned_on or params is not None
    if is_afresh:
        fields |= AFRESH
    with transaction.atomic():
        mine = Destination.objects.filter(pk=destination.pk)
        if mine.update(**fields, updated_at=timezone.now()) != 1:
            raise Destination.DoesNotExist
        if is_afresh:
            Delivery.objects.filter(destination=destination).afresh()
        recording.changed(destination, before)
        transaction.on_commit(nudge)
