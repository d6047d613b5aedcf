"""A whole market, 6,000 quotes, against armed levels by the million."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from monitors.evaluation import ingest
from monitors.evaluation.acceptance import Update, compare
from monitors.evaluation.reaching import READINGS, reached, reached_triggers_sql, reading_row
from monitors.market import Snapshot
from monitors.models import Quote, Trigger
from monitors.symbols import Symbol
from tests.bench.figures import median_ms, progress, report
from tests.market import CENTRE, OPENING, analyse, batch, make_instruments, make_triggers

QUOTES = 6_000
SIZES = (10_000, 1_000_000)


def run() -> None:
    """Measure the join alone and the whole ingestion, at each number of armed levels."""
    settings.QUOTE_MAX_AGE = 0
    symbols = make_instruments(QUOTES)
    clock = _Clock(symbols)
    ingest(clock.next())
    for size in SIZES:
        progress(f"{connection.vendor}: arming {size:,} levels")
        Trigger.objects.all().delete()
        make_triggers(size)
        analyse()
        floor = _bare_join(clock)
        updates = clock.updates()
        name = f"{connection.vendor}, {QUOTES:,} quotes × {size:,} armed levels"
        report(f"join: {name}", median_ms(partial(reached, updates)), "ms", floor)
        report(f"ingest: {name}", median_ms(lambda: ingest(clock.ready), clock.next), "ms", floor)


class _Clock:
    """Brings one batch of new quotes after another."""

    def __init__(self, symbols: list[Symbol]) -> None:
        self.symbols, self.at, self.random = symbols, OPENING, Random(1)
        self.ready: list[Snapshot] = []

    def next(self) -> list[Snapshot]:
        """Let three seconds pass; prices move by less than any level is away."""
        self.at += timedelta(seconds=3)
        steps = [Decimal(self.random.randint(-50, 50)) / 100 for _ in self.symbols]
        self.ready = batch(self.symbols, self.at, [CENTRE + step for step in steps])
        return self.ready

    @transaction.atomic
    def updates(self) -> list[Update]:
        """Return what the next batch changes, as ingestion finds it."""
        standing = Quote.objects.standing([str(symbol) for symbol in self.symbols])
        found = [
            compare(snapshot, standing[str(snapshot.symbol)], self.at, 0)
            for snapshot in self.next()
        ]
        return [update for update in found if update is not None]


def _bare_join(clock: _Clock) -> float:
    """Time the same join as plain SQL on a table of readings, through the driver alone."""
    from monitors.calendars import Calendar

    rows = [reading_row(update, Calendar()) for update in clock.updates()]
    _, _, select = reached_triggers_sql().partition(READINGS.cte())
    columns = ", ".join(f"{name} bigint" for name in READINGS.columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS readings")
        cursor.execute(f"CREATE TEMP TABLE readings ({columns})")
        marks = ", ".join(["%s"] * len(READINGS.columns))
        cursor.executemany(f"INSERT INTO readings VALUES ({marks})", rows)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE readings")
    bare: Any = connection.connection.cursor()

    def join() -> None:
        bare.execute(select)
        bare.fetchall()

    taken = median_ms(join)
    bare.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE readings")
    return taken
