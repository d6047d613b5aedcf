"""What a link in a message can do to a monitor, without a log-in and once: snooze it, re-arm it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitors import lifecycle
from monitors.lifecycle.pauses import pause_end
from monitors.models import CalendarOverride, Monitor, MonitorStatus
from notifications.links import Deed
from notifications.models import Notification

CHOICES = (
    ("15m", gettext_lazy("For 15 minutes")),
    ("1h", gettext_lazy("For an hour")),
    ("day", gettext_lazy("For the rest of the day")),
    ("session", gettext_lazy("Until the next session")),
)


def _monitor(notification: Notification) -> Monitor | None:
    """The monitor of a notification, if it is still there and still its user's."""
    mine = Monitor.objects.of(notification.user_id).select_related("instrument")
    return None if notification.monitor is None else mine.filter(pk=notification.monitor).first()


def _snooze(notification: Notification, choice: str) -> Any:
    monitor = _monitor(notification)
    if monitor is None:
        return None
    market = monitor.instrument.parsed.market
    until = pause_end(choice, market, timezone.now(), CalendarOverride.objects.calendar())
    if not lifecycle.snooze([monitor], until):
        return _("The monitor does not watch anyhow, and that stays so.")
    there = until.astimezone(market.timezone)
    told = {"time": f"{there:%Y-%m-%d %H:%M}", "zone": market.timezone}
    return _("The monitor is paused until %(time)s (%(zone)s); then it watches again.") % told


def _rearm(notification: Notification, _choice: str) -> Any:
    monitor = _monitor(notification)
    if monitor is None:
        return None
    lifecycle.rearm([monitor])
    if monitor.status != MonitorStatus.ACTIVE:
        return _("The monitor does not watch now; when it does again its rules are armed.")
    return _("The monitor's rules are armed again.")


def _has_monitor(notification: Notification) -> bool:
    return notification.monitor is not None


SNOOZE = Deed(gettext_lazy("Pause"), _snooze, _has_monitor, place=2, choices=CHOICES)
REARM = Deed(gettext_lazy("Re-arm"), _rearm, _has_monitor, place=3)
