"""What is sent: notifications as messages, one each or several in a digest. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications.composing import facts, wordings
from notifications.message import Action, Item, Message
from notifications.models import Delivery, Notification, Wording
from notifications.models.wording import LONGEST_TITLE
from notifications.severity import Severity
from notifications.wire import notification_data

LATE = timedelta(seconds=60)
"""A notification that is older when it is sent says when it fired."""

MOST_TOGETHER = 100
"""Notifications in one digest."""

_MUCH_LATER = timedelta(days=2)
"""What is said of a repeat is longer: when each fired, with the date."""


class Links(Protocol):
    """Gives the links that work without a log-in (`notifications.links`)."""

    def actions(self, notification: Notification) -> Sequence[Action]:
        """Return those of a notification."""

    def page(self, notification: Notification) -> str:
        """Return the one that leads to all of those."""

    def together(self, notifications: Sequence[Notification]) -> Sequence[Action]:
        """Return those of a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a message is composed, and by which way it goes."""

    language: str
    zone: ZoneInfo
    site: str
    """The server's own address for links; empty where it does not know it, then there are none."""
    transport: str
    wordings: Sequence[Wording] = ()
    """The user's own."""


def fitting(
    deliveries: Sequence[Delivery],
    now: datetime,
    reader: Reader,
    links: Links | None,
    holds: Callable[[Message], int],
) -> list[Delivery]:
    """Return as many from the front, at least one, as a message `holds`.

    Also where it comes late, as a try may be repeated: the same message still holds them all.
    """
    chosen = list(deliveries[:MOST_TOGETHER])
    # Again with fewer: their own link may be longer than that of all.
    while len(chosen) > 1:
        held = holds(compose(chosen, UUID(int=0), now + _MUCH_LATER, reader, links))
        if held >= len(chosen):
            break
        chosen = chosen[: max(held, 1)]
    return chosen


def compose(
    deliveries: Sequence[Delivery],
    batch: UUID,
    now: datetime,
    reader: Reader,
    links: Links | None = None,
) -> Message:
    """Return the message that tells of these deliveries' notifications.

    A digest's items have no actions, as it would be nothing but links; it has some for all of them.
    """
    told = [one.notification for one in deliveries]
    with override(reader.language):
        items = [_item(one, now, reader) for one in told]
        message = Message(
            key=str(batch), title=_title(items), items=items, language=reader.language
        )
        if links is None or not reader.site:
            return message
        if message.is_digest:
            return replace(message, together=links.together(told))
        item = replace(items[0], actions=links.actions(told[0]), page=links.page(told[0]))
        return replace(message, items=[item])


def _item(notification: Notification, now: datetime, reader: Reader) -> Item:
    url = reader.site + notification.url if reader.site and notification.url else ""
    values = facts.values(notification, reader.zone, url)
    item = Item(
        seq=notification.seq,
        kind=notification.kind,
        severity=Severity(notification.severity),
        title=notification.title,
        facts=facts.facts(notification, values),
        lines=facts.remarks(notification),
        url=url,
        fired_at=notification.created_at,
        data=notification_data(notification),
        values=values,
    )
    own = wordings.chosen(reader.wordings, notification.kind, reader.transport)
    worded = item if own is None else _in_own_words(item, own, notification)
    late = _late(notification.created_at, now, reader.zone)
    return replace(worded, lines=[*late, *worded.lines], late=bool(late))


def _in_own_words(item: Item, own: Wording, notification: Notification) -> Item:
    """Put the user's title and text in the place of ours, where they say something."""
    if title := " ".join(wordings.written(own.title, item.values).split())[:LONGEST_TITLE]:
        item = replace(item, title=title, data={**item.data, "title": title})
    if text := wordings.written(own.text, item.values):
        lines = [*_mark(notification), *text.splitlines()]
        item = replace(item, facts=(), lines=lines, data={**item.data, "body": "\n".join(lines)})
    return item


def _mark(notification: Notification) -> list[str]:
    """Say of prices that are not the market's that they are none, whatever the user's words."""
    label = notification.data.get("label")
    if not label:
        return []
    return [_("%(label)s: these are not the market's prices of now.") % {"label": label}]


def _late(fired_at: datetime, now: datetime, zone: ZoneInfo) -> list[str]:
    if now - fired_at <= LATE:
        return []
    at, today = localtime(fired_at, zone), localtime(now, zone).date()
    shown = f"{at:%H:%M}" if at.date() == today else f"{at:%Y-%m-%d %H:%M}"
    return [_("late: fired %(time)s") % {"time": shown}]


def _title(items: Sequence[Item]) -> str:
    if len(items) == 1:
        return items[0].title
    title = ngettext("%(count)d alert", "%(count)d alerts", len(items)) % {"count": len(items)}
    return f"{title}: {items[0].title}"
