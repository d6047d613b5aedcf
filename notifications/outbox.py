"""Which destinations have something to send, handed out to the workers that send."""

import logging
from datetime import datetime, timedelta

from celery import current_app

from notifications.models import Delivery, Destination

logger = logging.getLogger(__name__)

HANDED_OUT_FOR = timedelta(seconds=20)
"""How long a destination that was handed out may wait for its worker."""

MOST_AT_ONCE = 200


def nudge() -> None:
    """Have the outbox looked at now; should that be lost, beat has it done in two seconds."""
    try:
        current_app.send_task("notifications.tasks.hand_out", expires=5)
    except Exception as error:  # noqa: BLE001 -- a hint may be lost for any reason, never its cause
        logger.warning("the outbox could not be pointed at: %r", error)


def hand_out(now: datetime) -> int:
    """Claim the destinations that are ready, and send each to a worker; return how many."""
    due = Delivery.objects.due(now).values("destination")
    ready = Destination.objects.free(now).filter(pk__in=due).order_by("wait_until", "pk")
    handed_out = 0
    for pk in list(ready.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        lease = now + HANDED_OUT_FOR
        if Destination.objects.claim(pk, now, lease):
            current_app.send_task(
                "notifications.tasks.deliver",
                args=(pk, lease.isoformat()),
                expires=HANDED_OUT_FOR.total_seconds(),
            )
            handed_out += 1
    return handed_out
