"""From a quote to the frame: the whole system at work, a million armed levels, alerts all the time.

The stand-in notes when its reply was written; the load generator when the frame came. In between
are the worker, the database, the channel layer and the web process.
"""

import json
import logging
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Service, Sweep
from notifications.models import Notification
from stockwatch.background import BackgroundLoop
from tests.bench.audience import Person, make_people, plans
from tests.bench.bare_hub import MARKER, frame_of
from tests.bench.burst import PATH
from tests.bench.figures import progress, report
from tests.bench.load import start_load
from tests.bench.moving import LEVEL, MovingMarket
from tests.bench.web import BARE_HUB, start_web
from tests.market import analyse, make_instruments, make_triggers
from tests.running import running
from tests.standin.server import StandIn

SOCKETS = 1_000
LEVELS = 1_000_000
POLL_SECONDS = 0.5
WARM_UP, SECONDS = 5.0, 20.0
DRAIN = 2.0
FRAME_BYTES = 420
FLOOR_RUNS = 20


def run() -> None:
    """Measure alerts of the running system beside what a bare hub and the poll alone would take."""
    progress(f"{connection.vendor}, latency: {LEVELS:,} armed levels")
    people, market = _prepare()
    with ExitStack() as stack:
        standin = stack.enter_context(_serve(market))
        told = {"REDIS_URL": os.environ["REDIS_URL"], "TENCENT_URL": standin.url}
        told |= {"POLL_SECONDS": str(POLL_SECONDS), "SOURCE_BUDGETS": "tencent=100000"}
        stockwatch = stack.enter_context(running(settings.STOCKWATCH_DATA, told))
        load = stack.enter_context(start_load(stockwatch.port, PATH, MARKER))
        load.open(plans(people))
        load.watch(-1)
        Service.switch(running=True)
        time.sleep(WARM_UP)
        begun, sweeps = time.perf_counter(), Sweep.objects.count()
        time.sleep(SECONDS)
        sweeps = Sweep.objects.count() - sweeps
        Service.switch(running=False)
        time.sleep(DRAIN)
        got, arrivals = load.outcome(0), load.arrivals()
    if got.failures or got.units != Notification.objects.count():
        raise SystemExit(f"{Notification.objects.count()} in the log, received: {got}")
    _report([arrival for arrival in arrivals if arrival[0] >= begun], market, sweeps)


def _prepare() -> tuple[list[Person], MovingMarket]:
    """Write the levels, and a monitor for each user on an instrument of its own."""
    Service.switch(running=False)
    people, symbols = make_people(SOCKETS), make_instruments(SOCKETS)
    make_triggers(LEVELS)
    rule = RuleSpec(kind="price_above", params={"price": str(LEVEL)}, touch=False)
    with transaction.atomic():
        for person, symbol in zip(people, symbols, strict=True):
            lifecycle.create(person.pk, symbol, [rule], trading_hours_only=False)
    analyse()
    return people, MovingMarket(symbols)


@contextmanager
def _serve(market: MovingMarket) -> Iterator[StandIn]:
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    loop, standin = BackgroundLoop(), StandIn()
    standin.market = market
    loop.run(standin.__aenter__())
    try:
        yield standin
    finally:
        loop.run(standin.__aexit__())


def _report(arrivals: list[tuple[float, str]], market: MovingMarket, sweeps: int) -> None:
    beyond, whole, from_row = [], [], []
    clock = time.time() - time.perf_counter()
    for at, text in arrivals:
        data = json.loads(text)["data"]
        crossing, written = market.written[data["symbol"], Decimal(data["price"])]
        beyond.append(1000 * (at - written))
        whole.append(1000 * (at - crossing.at))
        created = datetime.fromisoformat(data["created_at"]).timestamp()
        from_row.append(1000 * (clock + at - created))
    together = max(1, round(len(arrivals) / max(1, sweeps)))
    progress(f"  {len(arrivals):,} alerts in {sweeps} sweeps of {SECONDS:.0f} s: {together} each")
    rows = statistics.median(from_row)
    progress(f"  from the row's making to the frame: {rows:.0f} ms, half the time")
    bare, poll = _bare_round_trips(together), 1000 * POLL_SECONDS
    name = f"{connection.vendor}, latency: {SOCKETS:,} sockets, {LEVELS:,} armed levels"
    for percent in (50, 99):
        floor = percentile(bare, percent)
        report(f"{name}, beyond the poll, p{percent}", percentile(beyond, percent), "ms", floor)
        # A price is there for a random part of the pause before it is asked for.
        report(
            f"{name}, with the wait for it, p{percent}",
            percentile(whole, percent),
            "ms",
            floor + poll * percent / 100,
        )


def _bare_round_trips(together: int) -> list[float]:
    """Return how long frames take from a request to a bare hub, so many at a time."""
    taken = []
    with start_web(BARE_HUB) as web, start_load(web.port, "/", MARKER) as load:
        load.open([[] for _ in range(SOCKETS)])
        for _ in range(FLOOR_RUNS):
            load.watch(together)
            begun = web.post(frame_of(FRAME_BYTES), most=together)
            load.outcome()
            taken += [1000 * (at - begun) for at, _text in load.arrivals()]
    return taken


def percentile(values: list[float], percent: int) -> float:
    """Return the value that so many percent do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
