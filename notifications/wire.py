"""What a notification looks like outside, on the socket and in REST alike (contract §4)."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.utils import timezone

from notifications.models import Notification


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
