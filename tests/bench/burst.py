"""A burst: one alert to each of thousands of users, and one to a thousand sockets of one user."""

import statistics
from collections.abc import Callable, Sequence

from tests.bench.alerts import Published, alert
from tests.bench.audience import Person, make_people, plans
from tests.bench.bare_hub import MARKER, frame_of
from tests.bench.figures import progress, report
from tests.bench.load import Load, Outcome, start_load
from tests.bench.web import BARE_HUB, STOCKWATCH, start_web

SIZES = (4_000, 10_000)
OF_ONE_USER = 1_000
RUNS, BARE_RUNS = 3, 7
"""Of both the best counts: what other programs take of the machine meanwhile is not what we ask."""

PATH = "/ws/realtime/"


def run() -> None:
    """Measure frames a second from the commit on; each must arrive, once."""
    people = make_people(max(SIZES))
    for size in SIZES:
        measure(f"burst: {size:,} users, a socket each", people[:size], people[:size])
    one = people[0]
    measure(f"burst: {OF_ONE_USER:,} sockets of one user", [one] * OF_ONE_USER, [one])


def measure(name: str, sockets: Sequence[Person], told: Sequence[Person]) -> None:
    """Open a socket for each person of `sockets` and alert those of `told`, some times."""
    progress(name)
    with start_web(STOCKWATCH) as web, start_load(web.port, PATH, MARKER) as load:
        seconds = load.open(plans(sockets))
        progress(f"  open after {seconds:.1f} s")
        rounds = [_round(load, len(sockets), lambda: alert(told)) for _ in range(RUNS + 1)][1:]
        size = len(load.arrivals()[0][1].encode())
    floor = floor_of(len(sockets), size)
    rates = [len(sockets) / (got.last - said.committed) for said, got in rounds]
    report(f"{name}, from the commit", max(rates), "frames/s", floor)
    rates = [len(sockets) / (got.last - said.begun) for said, got in rounds]
    report(f"{name}, with the transaction", max(rates), "frames/s", floor)
    waits = [1000 * (got.first - said.committed) for said, got in rounds]
    progress(f"  first frame after {statistics.median(waits):.0f} ms of {size} bytes")


def _round(load: Load, sockets: int, publish: Callable[[], Published]) -> tuple[Published, Outcome]:
    load.watch(sockets)
    said = publish()
    got = load.outcome()
    got.check(1)
    return said, got


def floor_of(sockets: int, size: int) -> float:
    """Return the frames a second that a bare hub sends to as many sockets, of the same size."""
    with start_web(BARE_HUB) as web, start_load(web.port, "/", MARKER) as load:
        load.open([[] for _ in range(sockets)])
        text, rates = frame_of(size), []
        for _ in range(BARE_RUNS + 1):
            load.watch(sockets)
            begun = web.post(text)
            got = load.outcome()
            got.check(1)
            rates.append(sockets / (got.last - begun))
    return max(rates[1:])
