"""The load generator: a crowd of sockets in a process of its own, so that its CPU is nobody's else.

`Load` starts the process and gives it orders, a line of JSON each; `serve` carries them out there.
"""

import asyncio
import gc
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.bench.crowd import Crowd
from tests.bench.files import allow_open_files

WINDOW = 40
"""How many open at a time. Daphne lets fifty wait to be accepted; the kernel drops what comes
beyond and tries again seconds later: with more at a time its patience is what would be measured."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a crowd received since it was told to watch."""

    units: int
    least: int
    most: int
    """By socket."""
    first: float
    last: float
    """When the first and the last frame came, by time.perf_counter of any process."""
    failures: dict[str, int]

    def check(self, each: int) -> None:
        """Fail unless every socket received exactly so many, and none was closed."""
        if (self.least, self.most) != (each, each) or self.failures:
            raise SystemExit(f"each socket should have received {each}: {self}")


class Load:
    """A crowd that runs elsewhere."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, path: str, marker: str) -> None:
        self._process = process
        self._call("meet", port=port, path=path, marker=marker)

    def open(self, plans: Sequence[Sequence[str]], *, eager: bool = False) -> float:
        """Open a socket for each plan, the frames it sends; return how many seconds that took.

        An eager crowd comes as fast as it is accepted, whether or not the others are answered.
        """
        answer = self._call("open", plans=plans, window=WINDOW, eager=eager)
        if answer["failures"]:
            raise SystemExit(f"sockets failed: {answer['failures']}")
        return float(answer["seconds"])

    def watch(self, expected: int) -> None:
        """Count anew, and expect so many."""
        self._call("watch", expected=expected)

    def outcome(self, patience: float = PATIENCE) -> Outcome:
        """Wait until what was expected has come, and a moment for what should not come."""
        return Outcome(**self._call("outcome", patience=patience))

    def arrivals(self) -> list[tuple[float, str]]:
        """Return the time and the text of every frame that was counted."""
        return [(at, text) for at, text in self._call("arrivals")["arrivals"]]

    def abort(self) -> None:
        """Lose all connections at once."""
        self._call("abort")

    def pause(self) -> None:
        """Stop reading."""
        self._call("pause", reading=False)

    def resume(self) -> None:
        """Read on."""
        self._call("pause", reading=True)

    def _call(self, order: str, **fields: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"order": order, **fields}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def start_load(port: int, path: str, marker: str) -> Iterator[Load]:
    """Run a load generator against a port of this machine; it ends with the block."""
    command = [sys.executable, "-m", "tests.bench.load"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Load(process, port, path, marker)
        finally:
            process.terminate()


async def serve() -> None:
    """Carry out the orders that come on standard input until it ends."""
    loop = asyncio.get_running_loop()
    orders = _Orders()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        fields = json.loads(line)
        answer = await getattr(orders, fields.pop("order"))(**fields)
        print(json.dumps(answer or {}), flush=True)


class _Orders:
    """One method an order; what it returns is the answer."""

    crowd: Crowd

    async def meet(self, port: int, path: str, marker: str) -> None:
        self.crowd = Crowd(port, path, marker.encode())

    async def open(self, plans: list[list[str]], window: int, eager: bool) -> dict[str, Any]:
        begun = time.perf_counter()
        await self.crowd.open(plans, window, eager)
        # What is there stays: looking through it again and again would cost the load its pace.
        gc.freeze()
        return {"seconds": time.perf_counter() - begun, "failures": self.crowd.failures}

    async def watch(self, expected: int) -> None:
        self.crowd.watch(expected)

    async def outcome(self, patience: float) -> dict[str, Any]:
        crowd = self.crowd
        try:
            await asyncio.wait_for(crowd.complete.wait(), patience)
            await asyncio.sleep(0.2)
        except TimeoutError:
            pass
        by_socket = Counter(client.units for client in crowd.clients)
        times = [arrival.at for arrival in crowd.arrivals]
        return {
            "units": crowd.units,
            "least": min(by_socket, default=0),
            "most": max(by_socket, default=0),
            "first": min(times, default=0),
            "last": max(times, default=0),
            "failures": crowd.failures,
        }

    async def arrivals(self) -> dict[str, Any]:
        return {"arrivals": [(one.at, one.payload.decode()) for one in self.crowd.arrivals]}

    async def abort(self) -> None:
        self.crowd.abort()

    async def pause(self, reading: bool) -> None:
        self.crowd.pause(reading)


if __name__ == "__main__":
    allow_open_files()
    asyncio.run(serve())
