"""Ten thousand sockets in one process at little cost: a Protocol each, no task, no queue."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import wire

_PONG = wire.masked(b'{"op":"pong"}')
_HEAD_ENDS = b"\r\n\r\n"


class Crowd:
    """Clients of one address, and what they receive.

    Frames that carry `marker` are what is counted, once for each time that they carry it: a
    frame with fifty quotes counts fifty. All others are the protocol's.
    """

    def __init__(self, port: int, path: str, marker: bytes) -> None:
        self.port, self.marker = port, marker
        self.request = wire.upgrade(port, path)
        self.clients: list[Client] = []
        self.failures: Counter[str] = Counter()
        self.arrivals: list[Arrival] = []
        self.units = self.expected = 0
        self.complete = asyncio.Event()

    async def open(self, plans: Sequence[Sequence[str]], window: int, eager: bool) -> None:
        """Open a socket for each plan, the frames that it sends; at most `window` at a time.

        An eager crowd opens the next one as soon as one is accepted, another when all that it sent
        is answered by `ok`. Returns when that is so for all, or they have failed.
        """
        free = asyncio.Semaphore(window)
        await asyncio.gather(*(self._open(plan, free, eager) for plan in plans))

    async def _open(self, plan: Sequence[str], free: asyncio.Semaphore, eager: bool) -> None:
        client = Client(self, b"".join(wire.masked(text.encode()) for text in plan), len(plan))
        async with free:
            self.clients.append(client)
            loop = asyncio.get_running_loop()
            try:
                await loop.create_connection(lambda: client, "127.0.0.1", self.port)
            except OSError as error:
                self.failures[repr(error)] += 1
                return
            await (client.accepted if eager else client.settled)
        await client.settled

    def watch(self, expected: int) -> None:
        """Forget what came so far and wait for so many."""
        self.arrivals, self.units, self.expected = [], 0, expected
        for client in self.clients:
            client.units = 0
        self.complete = asyncio.Event()

    def take(self, client: "Client", units: int, payload: bytes, at: float) -> None:
        """Note what a socket received."""
        client.units += units
        self.units += units
        self.arrivals.append(Arrival(at, payload))
        if self.units == self.expected:
            self.complete.set()

    def abort(self) -> None:
        """Lose every connection at once, as when the network does."""
        for client in self.clients:
            client.abort()
        self.clients = []

    def pause(self, reading: bool) -> None:
        """Stop, or go on, reading from the sockets."""
        for client in self.clients:
            client.read(reading)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A counted frame; `at` is by the clock that all processes of a machine share."""

    at: float
    payload: bytes


class Client(asyncio.Protocol):
    """One socket."""

    __slots__ = (
        *("_crowd", "_first", "_oks", "_rest", "_transport", "_upgraded"),
        *("accepted", "settled", "units"),
    )

    def __init__(self, crowd: Crowd, first: bytes, oks: int) -> None:
        self._crowd, self._first, self._oks = crowd, first, oks
        self._upgraded, self._rest, self.units = False, b"", 0
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self.accepted: asyncio.Future[None] = loop.create_future()
        self.settled: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._crowd.request)

    def data_received(self, data: bytes) -> None:
        at, position = time.perf_counter(), 0
        if self._rest:
            data = self._rest + data
        if not self._upgraded:
            position = data.find(_HEAD_ENDS) + len(_HEAD_ENDS)
            if position < len(_HEAD_ENDS):
                self._rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self._fail(data[:40].decode("latin1").partition("\r")[0])
                return
            self._upgraded = True
            self.accepted.set_result(None)
            self._write(self._first)
            self._settle()
        while (frame := wire.parse(data, position)) is not None:
            position = frame.end
            self._take(frame, at)
        self._rest = data[position:]

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._fail("lost")

    def abort(self) -> None:
        """Drop the connection without a word."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()

    def read(self, reading: bool) -> None:
        """Read on, or leave what comes with the kernel."""
        if self._transport is not None:
            (self._transport.resume_reading if reading else self._transport.pause_reading)()

    def _take(self, frame: wire.Frame, at: float) -> None:
        payload = frame.payload
        if frame.opcode == wire.TEXT:
            if units := payload.count(self._crowd.marker):
                self._crowd.take(self, units, payload, at)
            elif b'"type":"ok"' in payload:
                self._oks -= 1
                self._settle()
            elif b'"type":"ping"' in payload:
                self._write(_PONG)
            elif b'"type":"error"' in payload:
                self._fail(payload.decode())
        elif frame.opcode == wire.PING:
            self._write(wire.masked(payload, wire.PONG))
        elif frame.opcode == wire.CLOSE:
            self._fail(f"closed {int.from_bytes(payload[:2])}")

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _settle(self) -> None:
        if self._oks == 0 and not self.settled.done():
            self.settled.set_result(None)

    def _fail(self, why: str) -> None:
        self._crowd.failures[why] += 1
        for waited_for in (self.accepted, self.settled):
            if not waited_for.done():
                waited_for.set_result(None)
        self.abort()
