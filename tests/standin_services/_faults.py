"""How any service misbehaves on order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from aiohttp import web


class Kind(StrEnum):
    """The kinds of misbehaviour, all of a whole answer."""

    TIMEOUT = "timeout"  # no answer until the client leaves
    REPLY = "reply"  # a fixed `status`, `body` and `headers`
    CUT = "cut"  # the connection ends half-way in the real answer
    RESET = "reset"  # the connection ends before anything is said
    DRIP = "drip"  # one byte each `seconds`, without end
    SLOW = "slow"  # the real answer, byte by byte, each a packet of its own
    GARBAGE = "garbage"  # random bytes
    LARGE = "large"  # bytes without end
    REGRET = "regret"  # the message is taken, and then HTTP `status` says that it is not
    LOST = "lost"  # the message is taken, and the connection ends before anything is said
    ECHO = "echo"  # HTTP `status` with all that the request had


UNSAID = (Kind.CUT, Kind.REGRET, Kind.LOST)
"""The message is taken, and its sender cannot know."""


@dataclass
class Fault:
    """One misbehaviour, for so many requests."""

    kind: Kind
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.05
    sent: int = 0
    """Bytes of the body that the client took, or the system for it."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def misbehave(fault: Fault, request: web.Request, real: Handler) -> web.StreamResponse:
    """Answer as ordered; what a part of arrives, the service has really said."""
    if fault.kind in (Kind.REGRET, Kind.LOST):
        await real(request)
    match fault.kind:
        case Kind.REPLY | Kind.REGRET:
            return web.Response(status=fault.status, body=fault.body, headers=fault.headers)
        case Kind.ECHO:
            return web.Response(status=fault.status, body=await _echo(request))
        case Kind.GARBAGE:
            return web.Response(body=Random(1).randbytes(1000))
        case Kind.TIMEOUT:
            await asyncio.sleep(3600)
        case Kind.RESET | Kind.LOST:
            return _hang_up(request, web.Response())
    return await _stream(fault, request, real)


async def _stream(fault: Fault, request: web.Request, real: Handler) -> web.StreamResponse:
    status, body = fault.status, b""
    if fault.kind in (Kind.CUT, Kind.SLOW):
        status, body = await _real(request, real)
    response = web.StreamResponse(status=status, headers={"Content-Type": "application/json"})
    if fault.kind is Kind.CUT:
        response.content_length = len(body)
    await response.prepare(request)
    with suppress(ConnectionError):
        async for piece in _pieces(fault, body):
            await response.write(piece)
            fault.sent += len(piece)
        if fault.kind is Kind.CUT:
            return _hang_up(request, response)
        await response.write_eof()
    return response


async def _real(request: web.Request, real: Handler) -> tuple[int, bytes]:
    told = await real(request)
    assert isinstance(told, web.Response)
    assert isinstance(told.body, bytes)
    return told.status, told.body


async def _pieces(fault: Fault, body: bytes) -> AsyncIterator[bytes]:
    if fault.kind is Kind.CUT:
        yield body[: len(body) // 2]
    elif fault.kind is Kind.SLOW:
        for byte in body:
            yield bytes([byte])
            await asyncio.sleep(0)
    while fault.kind is Kind.DRIP:
        yield b"{"
        await asyncio.sleep(fault.seconds)
    while fault.kind is Kind.LARGE:
        yield b" " * 65536


def _hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return response


async def _echo(request: web.Request) -> bytes:
    headers = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"bad request {request.path_qs} {headers} ".encode() + await request.read()
