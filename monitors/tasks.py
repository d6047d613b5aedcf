"""The pipeline's entry points, in the order in which a quote meets them."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from monitors import lifecycle, polling
from monitors.evaluation import Outcome, ingest
from monitors.models import Bar, CalendarOverride, Monitor, Service, Sweep
from monitors.models.service import SWEEP_LEASE
from monitors.symbols import Symbol


@shared_task
def sweep() -> None:
    """Split the due instruments into chunks, unless the last sweep is still under way."""
    if not Service.state().running:
        return
    now = timezone.now()
    calendar = CalendarOverride.objects.calendar()
    wanted = polling.due(polling.candidates(), calendar, now, polling.markets_always_open())
    chunks = polling.chunks(wanted)
    begun = Sweep.objects.begin(instruments=len(wanted), chunks=len(chunks))
    if begun is None:
        return
    polling.mark_polled(wanted, now)
    for chunk in chunks:
        poll.apply_async(
            args=(begun.pk, [str(symbol) for symbol in chunk]),
            expires=SWEEP_LEASE.total_seconds(),
        )


@shared_task
def poll(sweep_id: int, symbols: list[str]) -> None:
    """Fetch one chunk and ingest it."""
    outcome = Outcome()
    try:
        outcome = ingest(polling.fetch([Symbol.parse(symbol) for symbol in symbols]))
    finally:  # a chunk that failed must not keep the next sweep waiting
        Sweep.objects.chunk_done(sweep_id, quotes=outcome.accepted, fired=outcome.fired)


@shared_task
def expire() -> None:
    """End the monitors whose time is over."""
    lifecycle.expire(Monitor.objects.expired_by(timezone.now()))


@shared_task
def prune() -> None:
    """Forget bars and sweeps that are older than they are kept for."""
    Bar.objects.prune(timezone.now() - timedelta(days=settings.BAR_RETENTION_DAYS))
    Sweep.objects.prune()
