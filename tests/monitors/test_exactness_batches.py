"""However quotes are cut into batches, and whoever brings them at once: the same is written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest
from django.db import connection

from monitors.evaluation import ingest
from monitors.market import Snapshot
from tests import chance
from tests.chance import Stock
from tests.side_by_side import SideBySide, written_log

SEEDS = range(4)


@pytest.fixture(autouse=True)
def any_age(settings):
    settings.QUOTE_MAX_AGE = 0


def tapes(random: Random, length: int) -> list[list[Snapshot]]:
    """Each stock's quotes, oldest first."""
    stocks = [Stock(symbol, random) for symbol in chance.SYMBOLS]
    return [[stock.quotes()[0] for _ in range(length)] for stock in stocks]


def watched(random: Random, tapes: list[list[Snapshot]], monitors: int = 40) -> SideBySide:
    """Random monitors, and an oracle that has seen every quote one by one."""
    both = SideBySide(users=3)
    for _ in range(monitors):
        rules = [chance.rule(random) for _ in range(2)]
        symbol = random.choice(chance.SYMBOLS)
        both.create(random.choice(both.users), symbol, rules, trading_hours_only=False)
    for tape in tapes:
        for snapshot in tape:
            both.oracle.see(snapshot, snapshot.at)
    return both


def cut(random: Random, tape: list[Snapshot]) -> list[list[Snapshot]]:
    """Cut a tape at random places."""
    pieces, start = [], 0
    while start < len(tape):
        end = start + random.randint(1, 6)
        pieces.append(tape[start:end])
        start = end
    return pieces


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_batches_split_and_merged(seed):
    random = Random(seed)
    quotes = tapes(random, 50)
    both = watched(random, quotes)
    pieces = [cut(random, tape) for tape in quotes]
    while any(pieces):
        batch = [quote for mine in pieces if mine for quote in mine.pop(0)]
        ingest(batch, batch[0].at)
    assert not both.differences()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_every_batch_twice(seed):
    random = Random(seed)
    quotes = [_a_second_apart(tape) for tape in tapes(random, 50)]
    both = watched(random, quotes)
    for batch in [batch for tape in quotes for batch in cut(random, tape)]:
        ingest(batch, batch[0].at)
        again = ingest(batch, batch[0].at)
        assert (again.accepted, again.fired) == (0, 0)
    assert not both.differences()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_workers_at_once_with_the_same_users(seed):
    """As the poller has it: a worker an instrument, and every user watches all of them."""
    random = Random(seed)
    quotes = tapes(random, 40)
    both = watched(random, quotes)
    at_once([partial(_ingest_all, cut(random, tape)) for tape in quotes])
    assert not both.differences()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_workers_at_once_with_the_same_quotes(seed):
    """A task that is delivered twice, while the first is still at work."""
    random = Random(seed)
    quotes = [_a_second_apart(tape) for tape in tapes(random, 40)]
    both = watched(random, quotes)
    merged = sorted((quote for tape in quotes for quote in tape), key=lambda quote: quote.at)
    at_once([lambda: _ingest_all(cut(Random(seed), merged))] * 3)
    assert not both.differences()
    numbers = [[seq for seq, _, _ in rows] for rows in written_log().values()]
    assert all(mine == list(range(1, len(mine) + 1)) for mine in numbers)


def _a_second_apart(tape: list[Snapshot]) -> list[Snapshot]:
    """No two of one second: the same second again with its former values is a new quote."""
    newest, kept = None, []
    for quote in tape:
        if newest is None or quote.at > newest:
            kept.append(quote)
            newest = quote.at
    return kept


def _ingest_all(batches: list[list[Snapshot]]) -> None:
    for batch in batches:
        ingest(batch, batch[0].at)


def at_once(works: list[Callable[[], None]]) -> None:
    def closing(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(closing, work) for work in works]:
            done.result()
