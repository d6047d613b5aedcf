"""What the chunks of a sweep brought, written down together: quotes first, the counting after."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, transaction

from monitors.evaluation import Outcome, ingest
from monitors.models import Sweep
from monitors.polling import Haul

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of a sweep that has been fetched, well or badly."""

    sweep_id: int
    haul: Haul


def write(chunks: Sequence[Chunk]) -> None:
    """Ingest what the chunks brought, then put down how their sources did, and that they are done.

    A chunk that fails is done, too, for it must not keep the next sweep waiting.
    """
    by_sweep: dict[int, list[Haul]] = defaultdict(list)
    for chunk in chunks:
        by_sweep[chunk.sweep_id].append(chunk.haul)
    for sweep_id, hauls in by_sweep.items():
        outcome = Outcome()
        try:
            outcome = _ingest(hauls)
        finally:
            with transaction.atomic():
                for haul in hauls:
                    haul.record()
                Sweep.objects.chunks_done(
                    sweep_id, len(hauls), quotes=outcome.accepted, fired=outcome.fired
                )


def _ingest(hauls: Sequence[Haul]) -> Outcome:
    """Ingest the hauls in one transaction or, should one of them be bad, in one each."""
    try:
        return ingest([snapshot for haul in hauls for snapshot in haul.snapshots])
    except (OperationalError, InterfaceError):
        raise  # the database is away, for each of them
    except Exception:
        if len(hauls) == 1:
            raise
    outcome = Outcome()
    for haul in hauls:
        try:
            outcome += ingest(haul.snapshots)
        except Exception:
            logger.exception("a chunk could not be written")
    return outcome
