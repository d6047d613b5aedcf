"""Destinations turned on and off, deliveries sent again: by hand, or where one refuses.

The one door for it.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notifications.delivery import recording
from notifications.delivery.outbox import nudge
from notifications.models import Destination
from notifications.models.delivery import DeliveryQuerySet

AFRESH = {"failures": 0, "refusals": 0, "wait_until": None, "disabled_reason": ""}
"""What was turned on, or mended, is tried at once: nothing is held against it."""


def turn_on(destination: Destination) -> bool:
    """Send to it again, also what waits; False where it is on already."""
    with transaction.atomic():
        off = Destination.objects.filter(pk=destination.pk, enabled=False)
        transaction.on_commit(nudge)
        if off.update(enabled=True, updated_at=timezone.now(), **AFRESH) != 1:
            return False
        recording.switched(destination, on=True)
        return True


def turn_off(destination: Destination, why: str) -> bool:
    """Send nothing to it until its user turns it on; False where it is off already."""
    with transaction.atomic():
        if not destination.disable(why):
            return False
        recording.switched(destination, on=False, why=why)
        return True


def send_again(deliveries: DeliveryQuerySet, now: datetime) -> int:
    """Send ended deliveries once more, but to destinations that are off; return how many."""
    with transaction.atomic():
        transaction.on_commit(nudge)
        chosen = deliveries.filter(destination__enabled=True).ended()
        recording.sent_again(chosen)
        return chosen.again(now)
