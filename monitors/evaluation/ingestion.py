"""Quotes in, notifications out: one transaction a batch, exactly once, in order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from monitors.evaluation.acceptance import compare
from monitors.evaluation.agreement import Opinions
from monitors.evaluation.announcements import announce_quotes
from monitors.evaluation.firing import fire
from monitors.evaluation.freshness import mark_frozen
from monitors.evaluation.market_writes import write_bars, write_quotes
from monitors.market import Snapshot
from monitors.models import CalendarOverride, Quote


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch."""

    known: int = 0
    """Quotes of instruments that somebody watches, or watched."""
    older: int = 0
    """Those of them that were no newer than the stored ones."""
    accepted: int = 0
    """Those that counted: newer, of trading, not stale."""
    fired: int = 0
    """Notifications written."""

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.known + other.known,
            self.older + other.older,
            self.accepted + other.accepted,
            self.fired + other.fired,
        )


def ingest(
    snapshots: Iterable[Snapshot],
    now: datetime | None = None,
    opinions: Opinions | None = None,
) -> Outcome:
    """Store what is newer, and fire and re-arm what it reaches.

    Several snapshots of one instrument are taken in the order of their times, each in a
    transaction of its own, so that every one of them is judged. Instruments that nobody ever
    watched are passed over. `now` tells how old a quote is; a replay passes its own time.
    `opinions` are those of second sources, None where there are no such sources.
    """
    outcome = Outcome()
    for batch in in_rounds(snapshots):
        outcome += _ingest_round(batch, now or timezone.now(), opinions)
    return outcome


def in_rounds(snapshots: Iterable[Snapshot]) -> list[list[Snapshot]]:
    """Deal snapshots into rounds with at most one of each instrument, each in order of time."""
    rounds: list[list[Snapshot]] = []
    taken: dict[str, int] = defaultdict(int)
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.at):
        symbol = str(snapshot.symbol)
        if taken[symbol] == len(rounds):
            rounds.append([])
        rounds[taken[symbol]].append(snapshot)
        taken[symbol] += 1
    return rounds


@transaction.atomic
def _ingest_round(
    snapshots: Sequence[Snapshot], now: datetime, opinions: Opinions | None
) -> Outcome:
    """Take one quote an instrument, all or none.

    1. Lock the stored quotes. 2. Keep what is newer. 3. Write quotes and bars. 4. Join with the
    triggers. 5. Let the rules decide. 6. Write the log, re-arm, announce on commit.
    """
    standing = Quote.objects.standing({str(snapshot.symbol) for snapshot in snapshots})
    known = [
        (snapshot, stored)
        for snapshot in snapshots
        if (stored := standing.get(str(snapshot.symbol))) is not None
    ]
    max_age = settings.QUOTE_MAX_AGE
    updates = [
        update for pair in known if (update := compare(*pair, now=now, max_age=max_age)) is not None
    ]
    older = len(known) - len(updates)
    if not updates:
        return Outcome(len(known), older)
    accepted = [update for update in updates if update.accepted]
    calendar = CalendarOverride.objects.calendar()
    mark_frozen(accepted, calendar, timedelta(seconds=settings.QUOTE_FROZEN_AFTER))
    write_quotes(updates, now)
    write_bars(accepted)
    fired = fire(accepted, now, calendar, opinions)
    transaction.on_commit(lambda: announce_quotes(updates, now))
    return Outcome(len(known), older, len(accepted), fired)
