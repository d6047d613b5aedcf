"""One monitor, locked in the order in which ingestion locks, and what is told of its change."""

from django.db import transaction

from monitors.announcements import announce_monitors
from monitors.models import Monitor, Quote


def locked(monitor_id: int) -> tuple[Monitor, Quote]:
    """Lock the quote, then the monitor, and read both; in this order ingestion locks, too."""
    while True:
        instrument_id = Monitor.objects.values_list("instrument_id", flat=True).get(pk=monitor_id)
        quote = Quote.objects.lock(instrument_id)
        monitor = (
            Monitor.objects.select_for_update(of=("self",))
            .select_related("instrument")
            .get(pk=monitor_id)
        )
        if monitor.instrument_id == instrument_id:  # else it was moved while we waited
            return monitor, quote


def announce(monitor: Monitor, monitor_id: int | None = None) -> None:
    """Tell the open sockets on commit; a monitor that was deleted has lost its id, so say it."""
    changed = {monitor.owner_id: [monitor_id or monitor.pk]}
    transaction.on_commit(lambda: announce_monitors(changed))
