"""Whether monitors watch: pause, expire, resume, re-arm."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from monitors.evaluation.arming import disarm
from monitors.life import RuleState
from monitors.lifecycle.arming import arm_anew
from monitors.lifecycle.locking import each
from monitors.models import Monitor, MonitorStatus, Quote


def pause(monitors: Iterable[Monitor]) -> int:
    """Pause the active ones: their rules fire nothing. Returns how many that were."""
    return each(monitors, lambda monitor, _quote: stop(monitor, MonitorStatus.PAUSED))


def snooze(monitors: Iterable[Monitor], until: datetime) -> int:
    """Pause active ones until a time, and then have them watch again. Returns how many that were.

    Those that are paused for a time are paused until that one instead, be it later or sooner. Who
    paused one for good wants it to stay so.
    """

    def snooze_one(monitor: Monitor, _quote: Quote) -> bool:
        if monitor.snoozed_until is None and not stop(monitor, MonitorStatus.PAUSED):
            return False
        monitor.snoozed_until = until
        monitor.save(update_fields=["snoozed_until", "updated_at"])
        return True

    return each(monitors, snooze_one)


def wake(monitors: Iterable[Monitor]) -> int:
    """Resume those whose pause is over. Returns how many that were."""
    return each(
        monitors,
        lambda monitor, quote: (
            monitor.snoozed_until is not None
            and monitor.snoozed_until <= timezone.now()
            and resume_one(monitor, quote)
        ),
    )


def expire(monitors: Iterable[Monitor]) -> int:
    """End those whose time is over. Returns how many that were."""
    return each(
        monitors,
        lambda monitor, _quote: is_over(monitor) and stop(monitor, MonitorStatus.EXPIRED),
    )


def resume(monitors: Iterable[Monitor]) -> int:
    """Resume paused and expired ones, arming their rules anew. Returns how many that were.

    An expiry that has passed is taken off: who resumes a monitor wants it to watch.
    """
    return each(monitors, resume_one)


def rearm(monitors: Iterable[Monitor]) -> int:
    """Arm the fired and resting rules of active monitors. Returns how many monitors that were."""
    return each(monitors, _rearm_one)


def resume_one(monitor: Monitor, quote: Quote) -> bool:
    """Have a locked monitor watch again; False if it does already."""
    if monitor.status == MonitorStatus.ACTIVE:
        return False
    if is_over(monitor):
        monitor.expires_at = None
    monitor.status = MonitorStatus.ACTIVE
    monitor.snoozed_until = None
    monitor.save(update_fields=["status", "expires_at", "snoozed_until", "updated_at"])
    arm_anew(list(monitor.rules.all()), monitor, quote)
    return True


def _rearm_one(monitor: Monitor, quote: Quote) -> bool:
    if monitor.status != MonitorStatus.ACTIVE:
        return False
    rules = monitor.rules.prefetch_related("triggers")
    spent = [
        rule
        for rule in rules
        if rule.state != RuleState.ARMED
        or any(trigger.not_before for trigger in rule.triggers.all())
    ]
    arm_anew(spent, monitor, quote)
    return bool(spent)


def stop(monitor: Monitor, status: MonitorStatus) -> bool:
    """Have a locked monitor watch no more; False if it does not anyhow."""
    if monitor.status != MonitorStatus.ACTIVE:
        return False
    rest(monitor, status)
    return True


def rest(monitor: Monitor, status: MonitorStatus) -> None:
    """Give a locked monitor a status in which its rules wait for nothing."""
    monitor.status = status
    monitor.snoozed_until = None
    monitor.save(update_fields=["status", "snoozed_until", "updated_at"])
    disarm(monitor.rules.values_list("pk", flat=True))
    monitor.rules.update(state=RuleState.OFF)


def is_over(monitor: Monitor) -> bool:
    """Whether its time has run out."""
    return monitor.expires_at is not None and monitor.expires_at <= timezone.now()
