"""How a figure is measured and printed."""

import json
import statistics
import sys
import time
from collections.abc import Callable

RUNS = 7


def median_ms(work: Callable[[], object], prepare: Callable[[], object] | None = None) -> float:
    """Return the median of RUNS runs in milliseconds, after one that does not count."""
    taken = []
    for _ in range(RUNS + 1):
        if prepare is not None:
            prepare()
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken[1:])


def report(name: str, value: float, unit: str, floor: float) -> None:
    """Print one figure."""
    figure = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "floor": round(floor, 3),
        "ratio": round(value / floor, 2),
    }
    print(json.dumps(figure), flush=True)


def progress(text: str) -> None:
    """Say on the terminal what is going on."""
    print(text, file=sys.stderr, flush=True)
