"""One monitor, locked in the order in which ingestion locks, and what is told of its change."""

from collections.abc import Callable, Iterable

from django.db import transaction

from monitors.evaluation.announcements import announce_monitors
from monitors.lifecycle import recording
from monitors.models import Instrument, Monitor, Quote


class _Moved(Exception):  # noqa: N818 -- no error: the monitor is looked for again
    """The monitor went to another instrument while we waited for its quote."""


def locked(monitor_id: int, target: Instrument | None = None) -> tuple[Monitor, Quote]:
    """Lock the quote, then the monitor, and return both; with `target` that instrument's quote.

    Raises Monitor.DoesNotExist where it has been deleted.
    """
    while True:
        try:
            with transaction.atomic():  # a savepoint: locks that were taken in vain are let go
                return _locked(monitor_id, target)
        except _Moved:
            continue


def _locked(monitor_id: int, target: Instrument | None) -> tuple[Monitor, Quote]:
    here = Monitor.objects.values_list("instrument_id", flat=True).get(pk=monitor_id)
    there = here if target is None else target.pk
    quotes = Quote.objects.lock(here, there)
    monitor = (
        Monitor.objects.select_for_update(of=("self",))
        .select_related("instrument")
        .get(pk=monitor_id)
    )
    if monitor.instrument_id != here:
        raise _Moved
    return monitor, quotes[there]


def announce(monitor: Monitor, monitor_id: int | None = None) -> None:
    """Tell the open sockets on commit; a monitor that was deleted has lost its id, so say it."""
    changed = {monitor.owner_id: [monitor_id or monitor.pk]}
    transaction.on_commit(lambda: announce_monitors(changed, watchlist_too=True))


def each(monitors: Iterable[Monitor], act: Callable[[Monitor, Quote], bool]) -> int:
    """Act on each monitor, locked, in a transaction of its own; count where that changed it."""
    changed = 0
    for chosen in monitors:
        with transaction.atomic():
            try:
                monitor, quote = locked(chosen.pk)
            except Monitor.DoesNotExist:
                continue  # deleted meanwhile
            before = recording.life(monitor)
            if act(monitor, quote):
                changed += 1
                recording.switched(monitor, chosen.pk, before)
                announce(monitor, chosen.pk)
    return changed
