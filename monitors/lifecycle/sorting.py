"""Which of its user's own groups a monitor is in."""

from collections.abc import Iterable

from django.db import transaction

from monitors.lifecycle import recording
from monitors.lifecycle.locking import announce, locked
from monitors.models import Monitor


def regroup(monitors: Iterable[Monitor], group: str) -> int:
    """Put monitors into a group, "" for none. Returns how many were elsewhere."""
    return sum(_regroup(monitor.pk, group) for monitor in monitors)


@transaction.atomic
def _regroup(pk: int, group: str) -> bool:
    try:
        monitor, _quote = locked(pk)
    except Monitor.DoesNotExist:  # deleted meanwhile
        return False
    if monitor.group == group:
        return False
    before = recording.whole(monitor)
    monitor.group = group
    monitor.save(update_fields=["group", "updated_at"])
    recording.edited(monitor, before)
    announce(monitor)
    return True
