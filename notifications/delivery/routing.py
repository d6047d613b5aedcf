"""Which destinations a notification goes to, and when. Pure: the time is passed in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.models import Destination
from notifications.severity import Severity


@dataclass(frozen=True, slots=True)
class Route:
    """One destination of a notification."""

    destination_id: int
    due_at: datetime
    only_if_unread: bool = False
    """It escalates: who has read the notification by then need not be told."""


def routes(
    destinations: Iterable[Destination],
    kind: str,
    severity: Severity,
    now: datetime,
    chosen: Collection[int] | None = None,
) -> list[Route]:
    """Return where a notification goes.

    `chosen`, if given, are the ids of the only destinations that may be used; they take any kind
    and severity, as who chose them knew what for. Where all of them are off, the usual ones are
    told, too: better by another way than not at all.
    """
    known = list(destinations)
    mine = [one for one in known if chosen is None or one.pk in chosen]
    if chosen and not any(one.enabled for one in mine):
        mine = [one for one in known if one in mine or one.enabled]
    return [
        Route(one.pk, _due(one, severity, now), one.escalate_after > 0)
        for one in mine
        if (chosen is not None and one.pk in chosen) or _wants(one, kind, severity)
    ]


def _due(destination: Destination, severity: int, now: datetime) -> datetime:
    later = now + timedelta(minutes=destination.escalate_after)
    return when_allowed(destination, severity, later)


def when_allowed(destination: Destination, severity: int, at: datetime) -> datetime:
    """Return the time itself, or the end of the quiet hours that keep it from being told then."""
    if severity == Severity.URGENT and destination.quiet_lets_urgent:
        return at
    return after_quiet_hours(destination, at)


def _wants(destination: Destination, kind: str, severity: Severity) -> bool:
    return severity >= destination.least_severity and (
        not destination.kinds or kind in destination.kinds
    )


def after_quiet_hours(destination: Destination, at: datetime) -> datetime:
    """Return the time itself, or the end of the quiet hours that it lies in."""
    start, end = destination.quiet_from, destination.quiet_until
    if start is None or end is None or start == end:
        return at
    zone = ZoneInfo(destination.zone)
    local = at.astimezone(zone)
    if not _lies_in(local.time(), start, end):
        return at
    day = local.date() + timedelta(days=1 if local.time() >= end else 0)
    return datetime.combine(day, end, zone).astimezone(UTC)


def _lies_in(moment: time, start: time, end: time) -> bool:
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end
