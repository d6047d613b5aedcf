"""The pipeline's entry points, in the order in which a quote meets them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone

from monitors import lifecycle, polling
from monitors.asking.fetching import fetch
from monitors.finding import start_set, walking
from monitors.instruments import history, past_days, references
from monitors.models import (
    Bar,
    CalendarOverride,
    DailyBar,
    DeletedMonitor,
    Disagreement,
    Monitor,
    Service,
    Sweep,
)
from monitors.models.daily_bar import KEPT as KEPT_DAYS
from monitors.models.service import WORKING_LEASE
from monitors.notices import disagreements, outages
from monitors.polling import hauls, second_opinions
from monitors.polling.hauls import Chunk
from monitors.polling.pacing import affordable
from monitors.symbols import Symbol
from stockwatch.group_commit import GroupCommit

KEPT_DISAGREEMENTS = timedelta(days=90)

chunks = GroupCommit(hauls.write, hauls.settle)
"""Writes the chunks that a worker's threads have fetched."""


@worker_ready.connect
def take_over(**_signal: object) -> None:
    """Give up the sweeps of the worker before this one.

    Beside a second worker one of its sweeps may be given up too: then two overlap for once, which
    costs some requests and nothing else.
    """
    Sweep.objects.give_up()
    load_start_set.apply_async(expires=60)


@shared_task
def load_start_set() -> None:
    """Write down what Stockwatch knows from the start to be traded, where it is not there yet."""
    start_set.load()


@shared_task
def walk_lists() -> None:
    """Read a page of what the sources list."""
    walking.step(CalendarOverride.objects.calendar(), timezone.now())


@shared_task
def sweep() -> None:
    """Split the due instruments into chunks, unless the last sweep is still under way."""
    if not Service.state().running:
        return
    now = timezone.now()
    calendar = CalendarOverride.objects.calendar()
    due = polling.due(polling.candidates(), calendar, now, polling.markets_always_open())
    wanted = affordable(due)
    postponed = len(due) - len(wanted)
    parts = polling.chunks(wanted)
    begun = Sweep.objects.begin(len(wanted), len(parts), postponed)
    if begun is None:
        return
    polling.mark_polled(wanted, now, all_of_them=postponed > 0)
    try:
        due_beside = set(references.watched_and_due(now).values_list("pk", flat=True))
        for part in parts:
            known = {str(one.symbol): _text(one.quoted_at) for one in part}
            wondering = references.take_with_quotes(part, due_beside, now)
            poll.apply_async(
                args=(begun.pk, known, wondering), expires=WORKING_LEASE.total_seconds()
            )
    except Exception:  # whatever keeps a chunk from being sent, the next sweep need not wait for it
        Sweep.objects.filter(pk=begun.pk).give_up()
        raise


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@shared_task
def poll(sweep_id: int, known: dict[str, str | None], wondering: Sequence[str] = ()) -> None:
    """Fetch one chunk, symbols and when the stored quotes were stamped, and write it.

    Of the symbols that somebody is `wondering` about, what came beside the prices is written too.
    """
    chunk = Chunk(sweep_id)
    still_here = partial(Sweep.objects.chunk_taken, sweep_id)
    try:
        still_here()
        stored = {Symbol.parse(symbol): _time(at) for symbol, at in known.items()}
        with hauls.under_way.chunk_of(sweep_id):
            chunk.haul = fetch(stored, still_here)
            second_opinions.seek(chunk.haul)
    finally:  # a chunk that failed must not keep the next sweep waiting
        chunks.put(chunk)
    if wondering:
        calendar = CalendarOverride.objects.calendar()
        references.harvest(chunk.haul, wondering, timezone.now(), calendar)


@shared_task
def fill_history() -> None:
    """Ask for the past minutes of stocks that are new here."""
    history.fill(timezone.now())


@shared_task
def fill_days() -> None:
    """Ask for the past days of stocks that are new here, or whose market has closed."""
    if Service.state().running:
        past_days.fill(timezone.now(), CalendarOverride.objects.calendar())


@shared_task
def refresh_references() -> None:
    """Ask for names, lots and the day's limits, where no sweep has brought them."""
    service, now = Service.state(), timezone.now()
    if service.running and now - service.since >= references.GRACE:
        references.refresh(now, CalendarOverride.objects.calendar())


@shared_task
def tell_outages() -> None:
    """Tell staff of markets whose quotes stay away, and of those whose quotes are back."""
    outages.tell(timezone.now())


@shared_task
def tell_disagreements() -> None:
    """Tell staff of sources that have begun to disagree."""
    disagreements.tell(timezone.now())


@shared_task
def expire() -> None:
    """End the monitors whose time is over, and wake those whose pause is."""
    now = timezone.now()
    lifecycle.expire(Monitor.objects.expired_by(now))
    lifecycle.wake(Monitor.objects.woken_by(now))


@shared_task
def prune() -> None:
    """Forget bars, sweeps, disagreements and deleted monitors that are kept no longer."""
    Bar.objects.prune(timezone.now() - timedelta(days=settings.BAR_RETENTION_DAYS))
    DailyBar.objects.prune((timezone.now() - KEPT_DAYS).date())
    Sweep.objects.prune()
    DeletedMonitor.objects.prune(timezone.now())
    Disagreement.objects.filter(at__lt=timezone.now() - KEPT_DISAGREEMENTS).delete()
