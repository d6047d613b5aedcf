"""Destinations turned on and off, deliveries sent again: by hand, or where one refuses.

The one door for it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications.delivery import recording
from notifications.delivery.outbox import nudge
from notifications.models import Delivery, DeliveryState, Destination, Inbox
from notifications.models.delivery import DeliveryQuerySet

WAITS_FOR = timedelta(hours=24)
"""What has waited for so long for a destination that is off has failed."""
AFRESH = {"failures": 0, "refusals": 0, "wait_until": None, "disabled_reason": ""}
"""What was turned on, or mended, is tried at once: nothing is held against it."""


def turn_on(destination: Destination) -> bool:
    """Send to it again, also what waits; False where it is on already."""
    with transaction.atomic():
        off = Destination.objects.filter(pk=destination.pk, enabled=False)
        transaction.on_commit(nudge)
        if off.update(enabled=True, updated_at=timezone.now(), **AFRESH) != 1:
            return False
        Delivery.objects.filter(destination=destination).afresh()
        recording.switched(destination, on=True)
        return True


def turn_off(destination: Destination, why: str) -> bool:
    """Send nothing to it until its user turns it on; False where it is off already."""
    with transaction.atomic():
        if not destination.disable(why):
            return False
        recording.switched(destination, on=False, why=why)
        return True


def give_up(now: datetime) -> int:
    """End what has waited too long for destinations that are off; return how many that were."""
    count = 0
    waiting = Delivery.objects.overtaken(now - WAITS_FOR)
    for user_id in waiting.order_by().values_list("user", flat=True).distinct():
        with override(Inbox.objects.language_of(user_id)):
            why = _("The destination was off for more than a day.")
            count += waiting.of(user_id).end_all(DeliveryState.FAILED, now, str(why))
    return count


def send_again(deliveries: DeliveryQuerySet, now: datetime) -> int:
    """Send ended deliveries once more, but to destinations that are off; return how many."""
    with transaction.atomic():
        transaction.on_commit(nudge)
        chosen = deliveries.filter(destination__enabled=True).ended()
        recording.sent_again(chosen)
        return chosen.again(now)
