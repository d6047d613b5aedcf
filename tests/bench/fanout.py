"""Quotes to a thousand sockets of fifty symbols each: all of the same ones, and each of its own."""

import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from monitors.evaluation.acceptance import Update, compare
from monitors.evaluation.announcements import announce_quotes
from monitors.models import Quote
from monitors.symbols import Symbol
from tests.bench.audience import Person, make_people
from tests.bench.burst import PATH, floor_of
from tests.bench.figures import progress, report
from tests.bench.load import start_load
from tests.bench.web import STOCKWATCH, start_web
from tests.market import CENTRE, OPENING, batch, make_instruments

SOCKETS, EACH = 1_000, 50
MARKET = 6_000
RUNS = 5
PAUSE = 1.0
"""Seconds between batches: more than the pace that the contract sets for a socket."""

MARKER = '"symbol":'
"""Once a quote."""


def run() -> None:
    """Measure quotes a second from the publisher's call on; each socket must get all of its own."""
    people, symbols = make_people(SOCKETS), make_instruments(MARKET)
    random = Random(1)
    same = [symbols[:EACH]] * SOCKETS
    measure("the same symbols", people, same, symbols[:EACH])
    own = [random.sample(symbols, EACH) for _ in people]
    measure("each its own", people, own, symbols)


def measure(
    name: str, people: Sequence[Person], follow: Sequence[list[Symbol]], told: Sequence[Symbol]
) -> None:
    """Let each person follow its symbols, and publish the quotes of those in `told`."""
    name = f"quotes: {SOCKETS:,} sockets of {EACH} symbols, {name}, a batch of {len(told):,}"
    progress(name)
    first_frames = [
        person.says("quotes", symbols=[str(symbol) for symbol in symbols])
        for person, symbols in zip(people, follow, strict=True)
    ]
    seconds, frames = [], []
    with start_web(STOCKWATCH) as web, start_load(web.port, PATH, MARKER) as load:
        load.watch(SOCKETS * EACH)
        load.open(first_frames)
        load.outcome().check(EACH)  # the last known ones, which every subscription begins with
        for number in range(RUNS + 1):
            updates = _updates(told, number)
            time.sleep(PAUSE)
            load.watch(SOCKETS * EACH)
            begun = time.perf_counter()
            announce_quotes(updates, timezone.now())
            got = load.outcome()
            got.check(EACH)
            seconds.append(got.last - begun)
            frames.append([len(text.encode()) for _at, text in load.arrivals()])
    size = round(statistics.mean(frames[-1]))
    taken = min(seconds[1:])
    floor = floor_of(SOCKETS, size) * EACH
    report(name, SOCKETS * EACH / taken, "quotes/s", floor)
    progress(f"  {1000 * taken:.0f} ms, {len(frames[-1]):,} frames of {size:,} bytes")


@transaction.atomic
def _updates(symbols: Sequence[Symbol], number: int) -> list[Update]:
    """Return what a new batch of quotes changes, as ingestion finds it."""
    at = OPENING + timedelta(seconds=number)
    prices = [CENTRE + Decimal(number + n % 100) / 100 for n in range(len(symbols))]
    standing = Quote.objects.standing([str(symbol) for symbol in symbols])
    found = [
        compare(snapshot, standing[str(snapshot.symbol)], at, 0)
        for snapshot in batch(list(symbols), at, prices)
    ]
    return [update for update in found if update is not None]
