"""A sweep over a whole market: what it costs the worker beyond waiting, beside a bare parse.

Everything but the queue is at work: what is due, the requests over HTTP to a stand-in in a process
of its own, the parser, the transactions under a million armed levels, the sweep's own record.
"""

import asyncio
import logging
import os
import signal
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from monitors import polling, tasks
from monitors.models import Instrument, Monitor, Sweep
from monitors.sources._tencent_row import code_of
from monitors.symbols import Symbol
from stockwatch.celery import app
from tests.bench.figures import progress, report
from tests.bench.moving import MovingMarket
from tests.market import analyse, make_instruments, make_triggers
from tests.standin.server import StandIn

SYMBOLS = 6_000
LEVELS = 1_000_000
SWEEPS = 7


def run() -> None:
    """Measure the processor time of sweeps whose quotes have all changed."""
    progress(f"{connection.vendor}, sweep: {SYMBOLS:,} symbols, {LEVELS:,} armed levels")
    symbols = make_instruments(SYMBOLS)
    make_triggers(LEVELS)
    _watch_all()
    analyse()
    app.conf.task_always_eager = True
    settings.SOURCE_BUDGETS = {"tencent": 100_000}
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
    with _served(symbols) as url:
        settings.TENCENT_URL = url
        tasks.sweep()
        taken, requests = [], 0
        for _ in range(SWEEPS):
            begun = time.process_time()
            tasks.sweep()
            taken.append(1000 * (time.process_time() - begun))
            requests = len(polling.chunks(polling.candidates()))
        floor = _bare_parse(url, symbols)
    last = Sweep.objects.order_by("-pk")[0]
    if (last.quotes, last.instruments) != (SYMBOLS, SYMBOLS):
        raise SystemExit(f"{last.quotes} quotes of {last.instruments} instruments were accepted")
    name = f"{connection.vendor}, sweep: {SYMBOLS:,} symbols in {requests} requests, processor time"
    report(name, statistics.median(taken), "ms", floor)


def _watch_all() -> None:
    owner = User.objects.create(username="owner")
    Monitor.objects.bulk_create(
        Monitor(owner=owner, instrument=one, trading_hours_only=False)
        for one in Instrument.objects.all()
    )


@contextmanager
def _served(symbols: list[Symbol]) -> Iterator[str]:
    """Run a stand-in in a process of its own, whose processor time is not ours."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
        asyncio.run(_serve(symbols, writer))
        os._exit(0)
    try:
        yield os.read(reader, 100).decode()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


async def _serve(symbols: list[Symbol], writer: int) -> None:
    async with StandIn(MovingMarket(symbols)) as standin:
        os.write(writer, standin.url.encode())
        await asyncio.Event().wait()


def _bare_parse(url: str, symbols: list[Symbol]) -> float:
    """Return the milliseconds in which the same bytes are split into their fields."""
    bodies = []
    for start in range(0, len(symbols), 800):
        codes = ",".join(map(code_of, symbols[start : start + 800]))
        with urllib.request.urlopen(f"{url}/q={codes}") as reply:
            bodies.append(reply.read())
    taken = []
    for _ in range(SWEEPS):
        begun = time.process_time()
        for body in bodies:
            [row.split("~") for row in body.decode("gbk").split(";")]
        taken.append(1000 * (time.process_time() - begun))
    return statistics.median(taken)
