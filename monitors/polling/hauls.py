"""What the chunks of a sweep brought, written down together: quotes first, the counting after."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from monitors.asking import latencies
from monitors.asking.fetching import Haul
from monitors.evaluation import Outcome, ingest
from monitors.models import Feed, SourceHealth, Sweep
from monitors.models.source import Report

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Chunk:
    """A chunk of a sweep that has been fetched, well or badly."""

    sweep_id: int
    haul: Haul = field(default_factory=Haul)
    outcome: Outcome = field(default_factory=Outcome)
    """What became of it; of chunks that are written together, the first has it for all."""


class UnderWay:
    """The sweeps of which this process is fetching chunks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._chunks: Counter[int] = Counter()

    @contextmanager
    def chunk_of(self, sweep_id: int) -> Iterator[None]:
        """Count a chunk while the block runs."""
        with self._lock:
            self._chunks[sweep_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._chunks -= Counter([sweep_id])  # which forgets what comes down to 0

    def __contains__(self, sweep_id: int) -> bool:
        return sweep_id in self._chunks


under_way = UnderWay()


def write(chunks: Sequence[Chunk]) -> None:
    """Ingest what the chunks brought, those of one sweep together."""
    for some in _by_sweep(chunks).values():
        some[0].outcome = _ingest([chunk.haul for chunk in some])


@transaction.atomic
def settle(chunks: Sequence[Chunk]) -> None:
    """Put down how the sources did, and that the chunks are done.

    A chunk that failed is done, too, for it must not keep the next sweep waiting.
    """
    reports = [report for chunk in chunks for report in chunk.haul.reports]
    SourceHealth.record(reports)
    _note_feeds([chunk.haul for chunk in chunks])
    transaction.on_commit(partial(_note, reports))
    for sweep_id, some in _by_sweep(chunks).items():
        outcome = Outcome()
        for chunk in some:
            outcome += chunk.outcome
        Sweep.objects.chunks_done(
            *(sweep_id, len(some)),
            quotes=outcome.accepted,
            fired=outcome.fired,
            others_taken=sweep_id in under_way,
        )


def _note_feeds(hauls: Sequence[Haul]) -> None:
    """Note which markets' quotes came, and which stayed away."""
    now = timezone.now()
    answered = {snapshot.symbol.market for haul in hauls for snapshot in haul.snapshots}
    silent = {market for haul in hauls for market in haul.silent}
    Feed.objects.answered(sorted(answered), now)
    Feed.objects.silent(sorted(silent - answered), now)


def _note(reports: Sequence[Report]) -> None:
    try:
        latencies.note(reports)
    except RedisError as error:
        logger.warning("the sources' latencies are not noted: %r", error)


def _by_sweep(chunks: Sequence[Chunk]) -> dict[int, list[Chunk]]:
    sweeps: dict[int, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        sweeps[chunk.sweep_id].append(chunk)
    return sweeps


def _ingest(hauls: Sequence[Haul]) -> Outcome:
    """Ingest the hauls in one transaction or, should one of them be bad, in one each."""
    try:
        opinions = {symbol: said for haul in hauls for symbol, said in haul.opinions.items()}
        return ingest([one for haul in hauls for one in haul.snapshots], opinions=opinions)
    except (OperationalError, InterfaceError):
        raise  # the database is away, for each of them
    except Exception:
        if len(hauls) == 1:
            raise
    outcome = Outcome()
    for haul in hauls:
        try:
            outcome += ingest(haul.snapshots, opinions=haul.opinions)
        except Exception:
            logger.exception("a chunk could not be written")
    return outcome
