"""Chunks that are written together: one that is bad does not spoil the others, and all are done."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from monitors import evaluation, lifecycle
from monitors.asking.fetching import Haul
from monitors.lifecycle import RuleSpec
from monitors.market import QuoteState, Snapshot
from monitors.models import Quote, SourceHealth, Sweep
from monitors.models.source import Report
from monitors.polling import hauls
from monitors.polling.hauls import Chunk
from monitors.symbols import Symbol
from notifications.models import Notification

pytestmark = pytest.mark.django_db

FIRST, SECOND = Symbol.parse("600519.SH"), Symbol.parse("000001.SZ")
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def watched(settings) -> None:
    settings.QUOTE_MAX_AGE = 0
    owner = User.objects.create(username="ann").pk
    for symbol in (FIRST, SECOND):
        rules = [RuleSpec("price_above", {"price": "10"})]
        lifecycle.create(owner, symbol, rules, trading_hours_only=False)


@pytest.fixture
def sweep() -> Sweep:
    begun = Sweep.objects.begin(instruments=2, chunks=2)
    assert begun is not None
    return begun


def chunk(sweep: Sweep, symbol: Symbol, volume: int = 100) -> Chunk:
    snapshot = Snapshot(
        symbol=symbol, at=AT, price=Decimal(11), previous_close=Decimal(10), open=Decimal(10),
        high=Decimal(11), low=Decimal(10), volume=volume, amount=None, state=QuoteState.TRADING,
        name="", source="tencent",
    )  # fmt: skip
    return Chunk(sweep.pk, Haul([snapshot], [Report("tencent", 12.5, "")]))


def write(*chunks: Chunk) -> None:
    hauls.write(chunks)
    hauls.settle(chunks)


def test_chunks_of_a_sweep_are_written_in_one_transaction_and_counted(sweep, monkeypatch):
    batches = []

    def ingest(snapshots, **options):
        batches.append(len(snapshots))
        return evaluation.ingest(snapshots, **options)

    monkeypatch.setattr(hauls, "ingest", ingest)
    write(chunk(sweep, FIRST), chunk(sweep, SECOND))
    assert batches == [2]
    sweep.refresh_from_db()
    assert (sweep.done, sweep.quotes, sweep.fired) == (2, 2, 2)
    assert sweep.finished_at is not None
    assert SourceHealth.objects.get().requests == 2


def test_a_bad_chunk_does_not_spoil_the_others(sweep):
    # More than the column holds; a source that sends it would have been mended long ago.
    write(chunk(sweep, FIRST, volume=2**70), chunk(sweep, SECOND))
    assert [one.symbol for one in Notification.objects.all()] == [str(SECOND)]
    assert Quote.objects.exclude(price=None).count() == 1
    sweep.refresh_from_db()
    assert (sweep.done, sweep.quotes) == (2, 1)


def test_a_chunk_of_a_sweep_that_was_given_up_counts_for_that_one(sweep):
    other = Sweep.objects.create(instruments=1, chunks=1)
    write(chunk(sweep, FIRST), chunk(other, SECOND))
    sweep.refresh_from_db()
    other.refresh_from_db()
    assert [(one.done, one.quotes) for one in (sweep, other)] == [(1, 1), (1, 1)]


def test_a_database_that_is_away_is_asked_once(sweep, monkeypatch):
    asked = []

    def away(snapshots, **_options):
        asked.append(snapshots)
        raise OperationalError

    monkeypatch.setattr(hauls, "ingest", away)
    with pytest.raises(OperationalError):
        hauls.write([chunk(sweep, FIRST), chunk(sweep, SECOND)])
    assert len(asked) == 1
