"""What a link in a message can do to a monitor, without a log-in and once: snooze it, re-arm it."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitors import lifecycle
from monitors.models import Monitor
from notifications.links import Deed
from notifications.models import Notification

SNOOZE_FOR = timedelta(hours=1)


def _monitors(notification: Notification) -> list[Monitor]:
    """The monitor of a notification, if it is still there and still its user's."""
    mine = Monitor.objects.of(notification.user_id)
    return [] if notification.monitor is None else list(mine.filter(pk=notification.monitor))


def _snooze(notification: Notification) -> bool:
    found = _monitors(notification)
    lifecycle.snooze(found, timezone.now() + SNOOZE_FOR)
    return bool(found)


def _rearm(notification: Notification) -> bool:
    found = _monitors(notification)
    lifecycle.rearm(found)
    return bool(found)


def _has_monitor(notification: Notification) -> bool:
    return notification.monitor is not None


SNOOZE = Deed(
    _("Pause for an hour"),
    _("The monitor is paused for an hour; then it watches again by itself."),
    _snooze,
    _has_monitor,
)
REARM = Deed(_("Re-arm"), _("The monitor's rules are armed again."), _rearm, _has_monitor)
