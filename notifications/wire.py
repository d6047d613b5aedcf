"""What notifications and their ways look like outside, on the socket and in REST (contract §4)."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.utils import timezone

from notifications.models import Attempt, Delivery, Destination, Notification, Wording
from notifications.severity import Severity


@lru_cache(maxsize=1024)
def moment(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 with the offset of the server's zone.

    Remembered, as what comes together was quoted and written at the same time.
    """
    if at is None:
        return None
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat()


def notification_data(notification: Notification) -> dict[str, Any]:
    """Return a notification as plain JSON values."""
    return {
        "seq": notification.seq,
        "kind": notification.kind,
        "severity": severity_name(notification.severity),
        "monitor": notification.monitor,
        "rule": notification.rule,
        "symbol": notification.symbol,
        "name": notification.name,
        "price": notification.price,
        "level": notification.level,
        "title": notification.title,
        "body": notification.body,
        "url": notification.url,
        "data": notification.data,
        "quote_at": moment(notification.quote_at),
        "created_at": moment(notification.created_at),
        "read_at": moment(notification.read_at),
    }


def notification_frame(notification: Notification, *, replayed: bool) -> str:
    """Return the socket's frame of a notification (contract §6), written out."""
    return orjson.dumps(
        {
            "type": "notification",
            "seq": notification.seq,
            "replayed": replayed,
            "data": notification_data(notification),
        }
    ).decode()


def destination_data(destination: Destination) -> dict[str, Any]:
    """Return a destination as plain JSON values; `with_pending` counts what waits for it."""
    return {
        "id": destination.pk,
        "kind": destination.kind,
        "name": destination.name,
        "enabled": destination.enabled,
        "params": destination.shown_params,
        "kinds": destination.kinds,
        "least_severity": severity_name(destination.least_severity),
        "escalate_after": destination.escalate_after,
        "quiet_from": destination.quiet_from,
        "quiet_until": destination.quiet_until,
        "quiet_lets_urgent": destination.quiet_lets_urgent,
        "zone": destination.zone,
        "state": destination.state.value,
        "disabled_reason": destination.disabled_reason,
        "waits_until": moment(destination.wait_until),
        "last_ok_at": moment(destination.last_ok_at),
        "last_error": destination.last_error,
        "last_error_at": moment(destination.last_error_at),
        "pending": getattr(destination, "pending", 0),
        "created_at": moment(destination.created_at),
        "updated_at": moment(destination.updated_at),
    }


def wording_data(wording: Wording) -> dict[str, Any]:
    """Return a user's own wording as plain JSON values."""
    return {
        "id": wording.pk,
        "kind": wording.kind,
        "transport": wording.transport,
        "title": wording.title,
        "text": wording.text,
        "problem": wording.problem,
        "updated_at": moment(wording.updated_at),
    }


def delivery_data(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as plain JSON values; see DeliveryQuerySet.with_all for what it reads."""
    notification, destination = delivery.notification, delivery.destination
    return {
        "id": delivery.pk,
        "notification": notification.seq,
        "monitor": notification.monitor,
        "title": notification.title,
        "destination": destination.pk,
        "destination_name": destination.name,
        "kind": destination.kind,
        "state": delivery.state,
        "severity": severity_name(delivery.severity),
        "due_at": moment(delivery.due_at),
        "only_if_unread": delivery.only_if_unread,
        "attempts": delivery.attempts,
        "created_at": moment(delivery.created_at),
        "ended_at": moment(delivery.ended_at),
        "last_error": delivery.last_error,
        "tries": [_attempt_data(attempt) for attempt in delivery.tries.all()],
    }


def _attempt_data(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": moment(attempt.at),
        "latency_ms": attempt.latency_ms,
        "ok": attempt.ok,
        "error": attempt.error,
        "answer": attempt.answer,
        "together": attempt.together,
    }


def severity_name(severity: int) -> str:
    """Return a severity as it is written outside: `info`, `normal`, `urgent`."""
    return Severity(severity).name.lower()
