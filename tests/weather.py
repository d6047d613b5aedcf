"""Bad weather for quote sources: all but one fail in turn, each time in another way."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from threading import Event, Thread
from typing import Any

from monitors.market import QuoteState, Snapshot
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


def told_by_each(snapshot: Snapshot) -> Snapshot:
    """Return a recorded quote as every source can tell it.

    For some seconds after the opening auction the exchange shows trades and no opening price. Sina
    refuses such a row, and where it is the only source in fine weather nobody would tell it.
    """
    if snapshot.state is QuoteState.TRADING and snapshot.open is None:
        return replace(snapshot, open=snapshot.price)
    return snapshot


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


def most_within(seconds: float, arrivals: Sequence[tuple[str, float]]) -> dict[str, int]:
    """Return for each source the most requests that any so many seconds saw."""
    times: dict[str, list[float]] = defaultdict(list)
    for source, at in arrivals:
        times[source].append(at)
    most = {}
    for source, some in times.items():
        first, best = 0, 0
        for last, at in enumerate(some):
            while at - some[first] >= seconds:
                first += 1
            best = max(best, last - first + 1)
        most[source] = best
    return most


def over_budget(arrivals: Sequence[tuple[str, float]], budget: int) -> list[str]:
    """Return which sources got more requests than a budget a minute allows, and how many.

    Of a budget a quarter may come at once and the rest evenly, so a short run shows it, too. Two
    more may come close together where one was on its way for long.
    """
    found = []
    for seconds, allowed in ((60, budget), (5, budget / 4 + budget * 0.75 * 5 / 60 + 2)):
        found += [
            f"{source} got {most} requests in {seconds} s, {allowed:.0f} are allowed"
            for source, most in most_within(seconds, arrivals).items()
            if most > allowed
        ]
    return found
