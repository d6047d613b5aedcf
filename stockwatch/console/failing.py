"""Deliveries that fail: by way, by error, what waits longest, and which destinations fail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from notifications.models import Delivery, DeliveryState, Destination, with_pending
from notifications.models.delivery import DeliveryQuerySet
from stockwatch.console.remembering import remembered

SINCE = timedelta(days=7)
MOST = 20


@dataclass(frozen=True)
class Failing:
    """How the deliveries of the last week ended."""

    at: datetime
    by_way: list[dict[str, Any]]
    """`way`, `sent`, `failed`, `skipped`."""
    by_error: list[tuple[str, str, int]]
    """The way, the error, how many."""


def failing() -> Failing:
    """Return how deliveries ended, at most a minute old."""
    return remembered("failing", lambda: _work_out(timezone.now()))


def _work_out(now: datetime) -> Failing:
    ended = Delivery.objects.ended_since(now - SINCE).order_by()
    counts = {
        state.value: Count("pk", filter=Q(state=state))
        for state in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED)
    }
    by_way = ended.values("destination__kind").annotate(**counts).order_by("destination__kind")
    errors = ended.failed().values_list("destination__kind", "last_error").annotate(n=Count("pk"))
    return Failing(now, [dict(row) for row in by_way], list(errors.order_by("-n")[:MOST]))


def oldest_waiting(now: datetime) -> list[Delivery]:
    """Return what has been due for longest."""
    due = Delivery.objects.waiting().due(now).select_related("user", "destination", "notification")
    return list(due.order_by("due_at")[:MOST])


def troubled() -> list[Destination]:
    """Return destinations that fail, or were turned off as they did."""
    off = Q(enabled=False) & ~Q(disabled_reason="")
    found = Destination.objects.filter(Q(failures__gt=0) | Q(refusals__gt=0) | off)
    return list(with_pending(found.select_related("user").order_by("-last_error_at")[:MOST]))


def failed_alike(way: str, error: str, now: datetime) -> DeliveryQuerySet:
    """Return what failed by a way for a reason within the last week."""
    return Delivery.objects.failed().filter(
        destination__kind=way, last_error=error, ended_at__gte=now - SINCE
    )
