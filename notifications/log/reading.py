"""Read marks: set on one device, seen on all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.links import Deed, Together
from notifications.models import Inbox, Notification
from notifications.realtime import notifications_topic, publish, user_group


@dataclass(frozen=True, slots=True)
class ReadState:
    """Where a user's reading stands."""

    up_to: int
    """The number that the marks now reach; never beyond the newest there is."""
    marked: int
    """How many were not read before."""
    unread: int
    head: int


def mark_read(user_id: int, up_to: int) -> ReadState:
    """Mark the user's notifications up to a number as read, and tell the user's other devices."""
    head = Inbox.objects.head_of(user_id)
    up_to = min(up_to, head)
    with transaction.atomic():
        marked = Notification.objects.mark_read(user_id, up_to)
        if marked:
            topics = {notifications_topic(user_id): {"read_up_to": up_to}}
            transaction.on_commit(lambda: publish({user_group(user_id): topics}))
    unread = Notification.objects.for_user(user_id).unread().count()
    return ReadState(up_to, marked, unread, head)


def read_some(user_id: int, seqs: Sequence[int]) -> int:
    """Mark some notifications as read, and tell the user's other devices; return how many."""
    with transaction.atomic():
        marked = Notification.objects.for_user(user_id).filter(seq__in=seqs).read_now()
        if marked:
            topics = {notifications_topic(user_id): {"read": list(seqs)}}
            transaction.on_commit(lambda: publish({user_group(user_id): topics}))
    return marked


def read_one(user_id: int, seq: int) -> bool:
    """Mark one notification as read, and tell the user's other devices; False if it was."""
    return read_some(user_id, [seq]) == 1


def _acknowledge(notification: Notification, _choice: str) -> Any:
    read_one(notification.user_id, notification.seq)
    exists = Notification.objects.filter(pk=notification.pk).exists()
    return _("It is marked as read; nobody else is told.") if exists else None


def _acknowledge_all(notifications: Sequence[Notification]) -> Any:
    read_some(notifications[0].user_id, [one.seq for one in notifications])
    return _("They are marked as read; nobody else is told.")


ACKNOWLEDGE = Deed(
    _("I have seen it"),
    _acknowledge,
    lambda _notification: True,
    place=1,
    together=Together(_("I have seen all of these"), _acknowledge_all),
)
"""What a link does that says so: what it is about is read, and does not escalate."""
