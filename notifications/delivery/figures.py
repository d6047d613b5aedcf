"""How deliveries fare, in numbers: for the status and for Prometheus."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from notifications.models import Delivery, DeliveryState
from notifications.models.delivery import DeliveryQuerySet


def delivery_state(now: datetime) -> dict[str, Any]:
    """Return what waits and what went wrong, as plain JSON values.

    `oldest_seconds` is for how long the oldest has been due, 0 where none is. What waits for a
    destination that is off waits for its user, and is not counted.
    """
    waiting = Delivery.objects.waiting()
    oldest = waiting.due(now).aggregate(at=Min("due_at"))["at"]
    return {
        "pending": waiting.count(),
        "oldest_seconds": 0 if oldest is None else round((now - oldest).total_seconds()),
        "failed_today": _ended_today(now).filter(state=DeliveryState.FAILED).count(),
    }


def ended_today(now: datetime) -> Iterable[tuple[str, str, int]]:
    """Return kind of destination, last state, and how many deliveries came to it today."""
    by_kind = _ended_today(now).values_list("destination__kind", "state")
    return by_kind.annotate(Count("pk")).order_by("destination__kind", "state")


def _ended_today(now: datetime) -> DeliveryQuerySet:
    """Those that ended since midnight in the server's zone."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return Delivery.objects.ended_since(midnight)
