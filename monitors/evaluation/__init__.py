"""Quotes in, notifications out: what a batch of quotes fires. `ingest` is the one door.

`acceptance` says which quotes count, `market_writes` stores them and their bars, `reaching` is the
join with the triggers, `firing` lets the rules decide, `wording` says it.
"""

from monitors.evaluation.ingestion import Outcome, ingest

__all__ = ["Outcome", "ingest"]
