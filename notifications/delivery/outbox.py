"""Which destinations have something to send, handed out to the workers that send.

Only so many of one service at a time: one that does not answer must not keep the others waiting.
"""

import logging
from collections import Counter
from datetime import datetime, timedelta
from functools import cache

from celery import current_app

from notifications.delivery import availability
from notifications.models import Destination
from notifications.models.delivery import ready
from notifications.models.destination import DestinationQuerySet

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
    places = _Places(now)
    first = places.open_to(ready(now)).first_of_each_service(availability.PLACES)
    return _hand_out(first.longest_waiting()[:MOST_AT_ONCE], places, now)


def hand_out_next(service: str, now: datetime) -> None:
    """Fill the places of a service that have come free."""
    places = _Places(now)
    mine = places.open_to(ready(now)).filter(service=service).longest_waiting()
    _hand_out(mine[: availability.PLACES], places, now)


class _Places:
    """Where something may be sent now: the places that services have, and users at each."""

    def __init__(self, now: datetime) -> None:
        self._taken = Destination.objects.busy(now)
        self._of_services: Counter[str] = Counter()
        self._of_users: Counter[int] = Counter()
        for (service, user), count in self._taken.items():
            self._of_services[service] += count
            self._of_users[user] += count
        self._most = cache(availability.places)

    def open_to(self, destinations: DestinationQuerySet) -> DestinationQuerySet:
        """Leave out those of users who have all places that one may have, there or in all."""
        full = [at for at, n in self._taken.items() if n >= availability.PLACES_OF_A_USER]
        busy = [user for user, n in self._of_users.items() if n >= availability.MOST_OF_A_USER]
        return destinations.but_of(full).exclude(user__in=busy)

    def take(self, service: str, user_id: int) -> bool:
        """Take a place, if there is one."""
        at = (service, user_id)
        if (
            self._of_services[service] >= self._most(service)
            or self._taken[at] >= availability.PLACES_OF_A_USER
            or self._of_users[user_id] >= availability.MOST_OF_A_USER
        ):
            return False
        self._of_services[service] += 1
        self._of_users[user_id] += 1
        self._taken[at] += 1
        return True


def _hand_out(destinations: DestinationQuerySet, places: _Places, now: datetime) -> int:
    found = list(destinations.values_list("pk", "service", "user"))
    return sum(places.take(service, user) and _send(pk, now) for pk, service, user in found)


def _send(pk: int, now: datetime) -> bool:
    lease = now + HANDED_OUT_FOR
    if not Destination.objects.claim(pk, now, lease):
        return False
    current_app.send_task(
        "notifications.tasks.deliver",
        args=(pk, lease.isoformat()),
        expires=HANDED_OUT_FOR.total_seconds(),
    )
    return True
