"""Ten thousand sockets that nothing happens on: what they hold in memory, what they cost in CPU."""

import statistics
import time
from collections.abc import Sequence

from tests.bench.audience import make_people, plans
from tests.bench.bare_hub import MARKER
from tests.bench.burst import PATH
from tests.bench.figures import progress, report
from tests.bench.load import start_load
from tests.bench.web import BARE_HUB, STOCKWATCH, Web, start_web

SOCKETS = 10_000
WARM_UP = 50
SETTLE = 3.0
SECONDS = 30.0
"""At least as long as a ping's interval, so that each socket is pinged about once."""


def run() -> None:
    """Measure authenticated sockets that follow the notifications beside those of a bare hub."""
    progress(f"idle: {SOCKETS:,} sockets")
    people = make_people(SOCKETS + WARM_UP)
    memory, cpu = measure(STOCKWATCH, PATH, plans(people))
    bare_memory, bare_cpu = measure(BARE_HUB, "/", [[] for _ in people])
    report(f"idle: memory of one of {SOCKETS:,} sockets", memory, "KB", bare_memory)
    report(f"idle: CPU of {SOCKETS:,} sockets", cpu, "%", bare_cpu)


def measure(application: str, path: str, first_frames: Sequence[list[str]]) -> tuple[float, float]:
    """Return the KB a socket, and the percent of a core that all of them keep busy."""
    with start_web(application) as web, start_load(web.port, path, MARKER) as load:
        # The first sockets load modules and open connections that all later ones share.
        load.open(first_frames[:WARM_UP])
        before = _settled(web)
        seconds = load.open(first_frames[WARM_UP:])
        count = len(first_frames) - WARM_UP
        memory = (_settled(web) - before) / count / 1024
        busy, begun = web.cpu_seconds(), time.perf_counter()
        time.sleep(SECONDS)
        cpu = 100 * (web.cpu_seconds() - busy) / (time.perf_counter() - begun)
        load.watch(0)
        load.outcome(0).check(0)
        progress(f"  {application}: opened in {seconds:.1f} s, {memory:.1f} KB each, {cpu:.1f} %")
    return memory, cpu


def _settled(web: Web) -> float:
    time.sleep(SETTLE)
    samples = []
    for _ in range(5):
        time.sleep(0.2)
        samples.append(web.memory())
    return statistics.median(samples)
