"""Which destinations have something to send, handed out to the workers that send.

Only so many of one service at a time: one that does not answer must not keep the others waiting.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from celery import current_app

from notifications import availability
from notifications.models import Destination
from notifications.models.delivery import ready

logger = logging.getLogger(__name__)

HANDED_OUT_FOR = timedelta(seconds=10)
"""How long a destination that was handed out may wait for its worker."""

MOST_AT_ONCE = 200


def nudge() -> None:
    """Have the outbox looked at now; should that be lost, beat has it done in two seconds."""
    try:
        current_app.send_task("notifications.tasks.hand_out", expires=5)
    except Exception as error:  # noqa: BLE001 -- a hint may be lost for any reason, never its cause
        logger.warning("the outbox could not be pointed at: %r", error)


def hand_out(now: datetime) -> int:
    """Claim destinations that are ready, and send each to a worker; return how many."""
    first = ready(now).first_of_each_service(availability.PLACES)
    found = list(first.longest_waiting().values_list("pk", "service")[:MOST_AT_ONCE])
    left = _places_left({service for _pk, service in found}, now)
    handed_out = 0
    for pk, service in found:
        if left[service] > 0 and _hand_out(pk, now):
            left[service] -= 1
            handed_out += 1
    return handed_out


def hand_out_next(service: str, now: datetime) -> None:
    """Fill the places of a service that have come free."""
    left = _places_left({service}, now)[service]
    mine = ready(now).filter(service=service).longest_waiting()
    for pk in list(mine.values_list("pk", flat=True)[: max(0, left)]):
        _hand_out(pk, now)


def _places_left(services: Iterable[str], now: datetime) -> dict[str, int]:
    busy = Destination.objects.busy(now)
    return {one: availability.places(one) - busy.get(one, 0) for one in services}


def _hand_out(pk: int, now: datetime) -> bool:
    lease = now + HANDED_OUT_FOR
    if not Destination.objects.claim(pk, now, lease):
        return False
    current_app.send_task(
        "notifications.tasks.deliver",
        args=(pk, lease.isoformat()),
        expires=HANDED_OUT_FOR.total_seconds(),
    )
    return True
