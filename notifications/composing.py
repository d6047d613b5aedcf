"""What is sent: notifications as messages, one each or several in a digest. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications.models import Delivery, Notification
from notifications.severity import Severity
from notifications.transports.base import Action, Item, Message
from notifications.wire import notification_data

LATE = timedelta(seconds=60)
"""A notification that is older when it is sent says when it fired."""

MOST_TOGETHER = 100
"""Notifications in one digest."""

_MARKUP = 0.75
"""Share of a message that is left for text: the rest is what a service's markup may add."""

_BETWEEN = 40
"""Characters that stand between an item's parts, or say that it is late."""

Actions = Callable[[Notification], Sequence[Action]]
"""Gives the links of a notification that work without a log-in."""


def fitting(
    deliveries: Sequence[Delivery], longest: int, site: str, length: Callable[[str], int]
) -> list[Delivery]:
    """Return as many from the front, at least one, as a message of so much `length` holds."""
    chosen: list[Delivery] = []
    room = longest * _MARKUP
    for one in deliveries[:MOST_TOGETHER]:
        room -= length(_told(one.notification, site)) + _BETWEEN
        if chosen and room < 0:
            break
        chosen.append(one)
    return chosen


def compose(
    deliveries: Sequence[Delivery],
    batch: UUID,
    now: datetime,
    *,
    language: str,
    zone: ZoneInfo,
    site: str,
    actions: Actions,
) -> Message:
    """Return the message that tells of these deliveries' notifications.

    `site` is the server's own address for links, empty where it does not know it; then there are
    no actions either, nor in a digest, which would be nothing but links.
    """
    has_actions = bool(site) and len(deliveries) == 1
    with override(language):
        items = [
            _item(one.notification, now, zone, site, actions if has_actions else _none)
            for one in deliveries
        ]
        return Message(key=str(batch), title=_title(items), items=items, language=language)


def _none(_notification: Notification) -> Sequence[Action]:
    return ()


def _item(
    notification: Notification, now: datetime, zone: ZoneInfo, site: str, actions: Actions
) -> Item:
    lines = notification.body.splitlines()
    if now - notification.created_at > LATE:
        at = localtime(notification.created_at, zone)
        today = localtime(now, zone).date()
        shown = f"{at:%H:%M}" if at.date() == today else f"{at:%Y-%m-%d %H:%M}"
        lines.insert(0, _("late: fired %(time)s") % {"time": shown})
    return Item(
        seq=notification.seq,
        kind=notification.kind,
        severity=Severity(notification.severity),
        title=notification.title,
        lines=lines,
        url=site + notification.url if site and notification.url else "",
        actions=actions(notification),
        fired_at=notification.created_at,
        data=notification_data(notification),
    )


def _title(items: Sequence[Item]) -> str:
    if len(items) == 1:
        return items[0].title
    title = ngettext("%(count)d alert", "%(count)d alerts", len(items)) % {"count": len(items)}
    return f"{title}: {items[0].title}"


def _told(notification: Notification, site: str) -> str:
    """What an item of a digest says, with its link."""
    return "\n".join((notification.title, notification.body, site + notification.url))
