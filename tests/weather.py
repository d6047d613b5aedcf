"""Bad weather for quote sources: all but one fail in turn, each time in another way."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from threading import Event, Thread
from typing import Any

from tests.standin.server import StandIn

SECONDS = (2.0, 5.0)
"""How long one kind of weather lasts."""

FAULTS: Sequence[Mapping[str, Any]] = (
    {"kind": "timeout", "seconds": 20},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 456},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "3"}},
    {"kind": "status", "status": 500},
    {"kind": "cut", "share": 0.5},
    {"kind": "broken", "share": 0.5},
    {"kind": "garbage"},
    {"kind": "empty"},
    {"kind": "html"},
    {"kind": "damaged"},
    {"kind": "missing"},
    {"kind": "stale", "days": 1},
    {"kind": "late", "seconds": 900},
)


@contextmanager
def bad_weather(standin: StandIn, sources: Sequence[str], seed: int) -> Iterator[Counter[str]]:
    """Spoil all sources but one for some seconds, then another choice, until the context ends.

    Yields how often each fault was chosen.
    """
    dice, over, chosen = Random(seed), Event(), Counter[str]()
    good, faults = itertools.cycle(sources), itertools.cycle(FAULTS)

    def change() -> None:
        while not over.is_set():
            fine = next(good)
            standin.misbehaviours.clear()
            for source in sources:
                if source != fine:
                    fault = dict(next(faults))
                    chosen[f"{source}: {fault['kind']} {fault.get('status', '')}".strip()] += 1
                    standin.control({"misbehave": fault | {"source": source}})
            over.wait(dice.uniform(*SECONDS))
        standin.misbehaviours.clear()

    thread = Thread(target=change)
    thread.start()
    try:
        yield chosen
    finally:
        over.set()
        thread.join()


def most_a_minute(arrivals: Sequence[tuple[str, float]]) -> dict[str, int]:
    """Return for each source the most requests that any 60 seconds saw."""
    times: dict[str, list[float]] = defaultdict(list)
    for source, at in arrivals:
        times[source].append(at)
    most = {}
    for source, some in times.items():
        first, best = 0, 0
        for last, at in enumerate(some):
            while at - some[first] >= 60:
                first += 1
            best = max(best, last - first + 1)
        most[source] = best
    return most
