"""What is done to destinations and their deliveries by hand. The one door for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import changes
from notifications.models import Destination, Inbox
from notifications.models.delivery import DeliveryQuerySet
from notifications.outbox import nudge

MOST = 30
"""Destinations that a user may have."""

AFRESH = {"failures": 0, "refusals": 0, "wait_until": None, "disabled_reason": ""}
"""What was turned on, or mended, is tried at once: nothing is held against it."""


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
        changes.created(destination)
    return destination


def change(
    destination: Destination, params: Mapping[str, Any] | None = None, **fields: Any
) -> None:
    """Change a destination; valid `params`, if given, replace its own.

    Only what changes is written, as a worker may be counting failures meanwhile. Raises
    Destination.DoesNotExist where it has been deleted.
    """
    before = changes.before(destination)
    turned_on = fields.get("enabled", False) and not destination.enabled
    for name, value in fields.items():
        setattr(destination, name, value)
    if params is not None:
        destination.put_params(params)
        names = ("params", "sealed", "service")
        fields |= {name: getattr(destination, name) for name in names}
    if turned_on or params is not None:
        fields |= AFRESH
    with transaction.atomic():
        mine = Destination.objects.filter(pk=destination.pk)
        if mine.update(**fields, updated_at=timezone.now()) != 1:
            raise Destination.DoesNotExist
        changes.changed(destination, before)
        transaction.on_commit(nudge)


def turn_on(destination: Destination) -> bool:
    """Send to it again, also what waits; False where it is on already."""
    with transaction.atomic():
        off = Destination.objects.filter(pk=destination.pk, enabled=False)
        transaction.on_commit(nudge)
        if off.update(enabled=True, updated_at=timezone.now(), **AFRESH) != 1:
            return False
        changes.switched(destination, on=True)
        return True


def turn_off(destination: Destination, why: str) -> bool:
    """Send nothing to it until its user turns it on; False where it is off already."""
    with transaction.atomic():
        if not destination.disable(why):
            return False
        changes.switched(destination, on=False, why=why)
        return True


def send_again(deliveries: DeliveryQuerySet, now: datetime) -> int:
    """Send ended deliveries once more, but to destinations that are off; return how many."""
    with transaction.atomic():
        transaction.on_commit(nudge)
        chosen = deliveries.filter(destination__enabled=True).ended()
        changes.sent_again(chosen)
        return chosen.again(now)
