"""How long Stockwatch takes until everything works again after a fault."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitors.models import Sweep
from notifications.models import Delivery
from stockwatch.background import BackgroundLoop
from tests.chaos.clients import GONE, PATIENCE, ask, authenticated
from tests.chaos.faults import End
from tests.running import Stockwatch

CALM = "gotify"
"""The service that nothing goes wrong with: what it gets tells that messages are sent at all."""
LONGEST = 180.0
"""Seconds after which a recovery has failed."""


@dataclass(frozen=True)
class Recovery:
    """What a fault cost, beyond the time that it held."""

    fault: str
    seconds: float
    parts: dict[str, float]
    """Seconds until each of the signs of life was seen."""


class Probe:
    """Looks from outside: the sweeps, the readiness, and a socket of its own."""

    def __init__(self, stockwatch: Stockwatch, loop: BackgroundLoop, token: str) -> None:
        self._stockwatch = stockwatch
        self._loop = loop
        self._token = token

    def await_recovery(self, fault: str, end: End) -> Recovery | None:
        """Wait until a sweep that began after the fault has ended, a message was delivered, and a
        socket is served again.

        None where that does not come.
        """
        signs: dict[str, Callable[[], bool]] = {
            "ready": lambda: self._stockwatch.problem() is None,
            "socket": self._socket_is_served,
            "delivery": lambda: Delivery.objects.filter(
                destination__kind=CALM, state="sent", ended_at__gt=end.signs_from
            ).exists(),
            "sweep": lambda: (
                Sweep.objects.filter(started_at__gt=end.signs_from)
                .exclude(finished_at=None)
                .exists()
            ),
        }
        seen: dict[str, float] = {}
        while len(seen) < len(signs):
            for name, is_there in signs.items():
                if name not in seen and is_there():
                    seen[name] = (datetime.now(UTC) - end.at).total_seconds()
            if (datetime.now(UTC) - end.at).total_seconds() > LONGEST:
                return None
            time.sleep(0.05)
        return Recovery(fault, max(seen.values()), seen)

    def _socket_is_served(self) -> bool:
        try:
            self._loop.run(self._subscribe(), 2 * PATIENCE)
        except GONE:
            return False
        return True

    async def _subscribe(self) -> None:
        async with authenticated(self._stockwatch, self._token) as connection:
            await ask(connection, op="subscribe", stream="notifications", after=0)


def table(recoveries: Sequence[Recovery]) -> list[str]:
    """Return lines that show the recoveries by fault: how many, and their seconds."""
    lines = [f"{'fault':<24}{'count':>6}{'min':>8}{'median':>8}{'p95':>8}{'max':>8}  seconds"]
    by_fault: dict[str, list[float]] = defaultdict(list)
    for one in recoveries:
        by_fault[one.fault].append(one.seconds)
    rows = [_row(fault, seconds) for fault, seconds in sorted(by_fault.items())]
    return [*lines, *rows, _row("all", [one.seconds for one in recoveries])]


def _row(name: str, seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    figures = (ordered[0], statistics.median(ordered), p95, ordered[-1])
    return f"{name:<24}{len(ordered):>6}" + "".join(f"{figure:>8.2f}" for figure in figures)
