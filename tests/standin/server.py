"""The stand-in's HTTP: the quote endpoint, and `/control` for the test that drives it."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any, Self

from aiohttp import web

from monitors.market import Snapshot
from monitors.symbols import Symbol
from tests.standin.market import StandInMarket
from tests.standin.misbehaviour import Kind, Misbehaviour
from tests.standin.wire import Wire, wires

_HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


class StandIn:
    """The server. `async with StandIn(recording) as server:` listens on a free port of its own."""

    def __init__(
        self,
        recording: Iterable[Snapshot] | StandInMarket = (),
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.market = (
            recording if isinstance(recording, StandInMarket) else StandInMarket(recording)
        )
        self.misbehaviours: list[Misbehaviour] = []
        self.requests: Counter[str] = Counter()
        self.by_source: Counter[str] = Counter()
        self.arrivals: list[tuple[str, float]] = []
        """Whose endpoint was asked, and when."""
        self.asked: Counter[Symbol] = Counter()
        self._address = host, port
        app = web.Application(client_max_size=64 * 1024 * 1024)
        for name, wire in wires().items():
            app.router.add_get(wire.ROUTE, partial(self._quotes, name, wire))
        app.router.add_get("/control", self._state)
        app.router.add_post("/control", self._control)
        # Longer lines than are answered, so that the answer is the endpoint's own 414.
        self._runner = web.AppRunner(app, max_line_size=256 * 1024, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._address).start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The base URL, for TENCENT_URL and the like."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    # -- The endpoint ---------------------------------------------------------------------------

    async def _quotes(self, name: str, wire: Wire, request: web.Request) -> web.StreamResponse:
        self.requests["all"] += 1
        self.by_source[name] += 1
        self.arrivals.append((name, time.monotonic()))
        if refused := wire.refusal(request):
            self.requests[str(refused.status)] += 1
            return refused
        symbols = wire.symbols_of(request)
        self.asked.update(symbols)
        await self.market.prepare()
        for fault in self.misbehaviours:
            if fault.concerns(name, symbols):
                fault.use()
                self.requests[fault.kind] += 1
                # No cursor moves: what a spoilt reply did not say must come with a later one.
                return await self._spoilt(wire, request, symbols, fault)
        positions = self.market.positions(symbols)
        response = await _send(wire, request, self._body(wire, symbols))
        self.market.advance(positions)
        return response

    def _body(self, wire: Wire, symbols: Sequence[Symbol]) -> bytes:
        return wire.join(map(wire.row, self.market.due(symbols)))

    async def _spoilt(
        self, wire: Wire, request: web.Request, symbols: Sequence[Symbol], fault: Misbehaviour
    ) -> web.StreamResponse:
        if fault.kind is Kind.STATUS:
            return web.Response(status=fault.status, text="no", headers=fault.headers)
        if fault.kind is Kind.TIMEOUT:
            await asyncio.sleep(fault.seconds)
            return web.Response(status=504)
        if fault.kind.is_of_rows:
            rows = self._spoilt_rows(wire, symbols, fault)
            return await _send(wire, request, wire.join(rows))
        body = self._body(wire, symbols)
        if fault.kind is Kind.DRIP:
            return await _send(wire, request, body, seconds=fault.seconds)
        promised = len(body) if fault.kind is Kind.BROKEN else None
        return await _send(wire, request, _spoilt_body(wire, body, fault), promised=promised)

    def _spoilt_rows(
        self, wire: Wire, symbols: Sequence[Symbol], fault: Misbehaviour
    ) -> Iterator[str]:
        for snapshot in self.market.due(symbols):
            row = wire.row(snapshot)
            if not fault.spoils(snapshot.symbol):
                yield row
            elif fault.kind is Kind.STALE:
                yield wire.row(replace(snapshot, at=snapshot.at - timedelta(days=fault.days)))
            elif fault.kind is Kind.LATE:
                late = timedelta(seconds=fault.seconds)
                yield wire.row(replace(snapshot, at=snapshot.at - late))
            elif fault.kind is Kind.DUPLICATE:
                yield wire.row(self.market.previous(snapshot.symbol))
            elif fault.kind is Kind.DAMAGED:
                yield wire.damaged(row)
            elif fault.kind is Kind.WRONG:
                yield wire.row(_off(snapshot, Decimal(100 + fault.percent) / 100))

    # -- The control ----------------------------------------------------------------------------

    async def _state(self, _request: web.Request) -> web.Response:
        tapes = self.market.tapes
        return web.json_response(
            {
                "requests": dict(self.requests),
                "by_source": dict(self.by_source),
                "asked": {str(symbol): count for symbol, count in self.asked.items()},
                "cursors": {
                    str(symbol): {"served": tape.served, "of": len(tape.snapshots)}
                    for symbol, tape in tapes.items()
                },
                "at_end": all(tape.at_end for tape in tapes.values()),
                "held": self.market.held,
                "misbehaviours": [fault.kind for fault in self.misbehaviours],
            }
        )

    async def _control(self, request: web.Request) -> web.Response:
        try:
            self.control(await request.json())
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return await self._state(request)

    def control(self, orders: dict[str, Any]) -> None:
        """Do what a test orders: see README.md. A test in the same process calls this itself."""
        for order, value in orders.items():
            match order:
                case "hold":
                    self.market.held = bool(value)
                case "rewind":
                    self.market.rewind()
                case "behave":
                    self.misbehaviours.clear()
                case "misbehave":
                    self.misbehaviours.append(Misbehaviour.read(value))
                case "set":
                    for symbol, values in value.items():
                        self.market.set(Symbol.parse(symbol), values)
                case _:
                    raise ValueError(f"no such order: {order}")


def _off(snapshot: Snapshot, factor: Decimal) -> Snapshot:
    tick = snapshot.symbol.tick
    prices = {name: getattr(snapshot, name) for name in ("price", "high", "low")}
    moved = {name: value and (value * factor).quantize(tick) for name, value in prices.items()}
    return replace(snapshot, **moved)


def _spoilt_body(wire: Wire, body: bytes, fault: Misbehaviour) -> bytes:
    match fault.kind:
        case Kind.CUT | Kind.BROKEN:
            return body[: int(len(body) * fault.share)]
        case Kind.CHARSET:
            return body.decode(wire.CHARSET).encode(fault.charset)
        case Kind.GARBAGE:
            return Random(len(body)).randbytes(len(body))
        case Kind.HTML:
            return _HTML
        case Kind.REPLY:
            return fault.body
        case _:
            return b""


async def _send(
    wire: Wire,
    request: web.Request,
    body: bytes,
    *,
    promised: int | None = None,
    seconds: float = 0,
) -> web.StreamResponse:
    """Write a body to its end before returning, so that a client that left is an error here."""
    response = web.StreamResponse(
        headers={"Content-Type": f"{wire.CONTENT_TYPE}; charset={wire.CHARSET}"}
    )
    response.content_length = len(body) if promised is None else promised
    await response.prepare(request)
    if seconds:
        for byte in body:
            await response.write(bytes([byte]))
            await asyncio.sleep(seconds / len(body))
    else:
        await response.write(body)
    if promised is not None and request.transport:
        request.transport.close()
        return response
    await response.write_eof()
    return response
