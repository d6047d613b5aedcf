"""How the way of a notification to a destination stands, in plain words. Pure."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from notifications.models import Delivery, DeliveryState


def delivery_words(delivery: Delivery, now: datetime) -> str:
    """Return a phrase with the place and the time that matter; times in the active zone."""
    where = {"where": delivery.destination.name}
    if delivery.state == DeliveryState.SENT:
        return _("sent %(at)s to %(where)s") % {**where, "at": _clock(delivery.ended_at, now)}
    if delivery.state == DeliveryState.FAILED:
        return _("failed: %(where)s") % where
    if delivery.state == DeliveryState.SKIPPED:
        return _("not needed: %(where)s") % where
    return _waiting(delivery, now)


def _waiting(delivery: Delivery, now: datetime) -> str:
    destination = delivery.destination
    rest = destination.wait_until
    due = max(delivery.due_at, rest) if rest else delivery.due_at
    told = {"where": destination.name, "at": _clock(due, now)}
    if not destination.enabled:
        return _("waiting: %(where)s is off") % told
    if due <= now:
        return _("on its way to %(where)s") % told
    if delivery.only_if_unread and delivery.attempts == 0:
        return _("%(at)s to %(where)s, if still unread") % told
    if delivery.attempts == 0 and (rest is None or rest <= delivery.due_at):
        return _("%(at)s to %(where)s") % told
    return _("waiting: %(where)s, next try %(at)s") % told


def _clock(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    there = localtime(at)
    return f"{there:%H:%M:%S}" if there.date() == localtime(now).date() else f"{there:%m-%d %H:%M}"
