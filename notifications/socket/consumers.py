"""The WebSocket (contract §6): says hello, finds out who is there, and does what frames say."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from notifications.log.reading import mark_read
from notifications.socket import handshake
from notifications.socket.authentication import Credential
from notifications.socket.connection import (
    BAD_FRAME,
    NOT_AUTHENTICATED,
    OVERLOADED,
    RESTART,
    TOO_MANY,
    Connection,
    Send,
)
from notifications.socket.frames import Frame, FrameError, Id
from notifications.socket.hub import hub
from notifications.socket.pace import Pace
from notifications.socket.registry import registry
from notifications.socket.streams import Stream
from notifications.wire import moment
from stockwatch.database import in_database

logger = logging.getLogger(__name__)

VERSION = 1

UNAVAILABLE = (DatabaseError, InterfaceError, RedisError, OSError, TimeoutError)
"""What a database or Redis that is away raises: the client's frame was right, it may try again."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class RealtimeConsumer:
    """One open socket, from its handshake to its end."""

    __slots__ = ("_connection", "_kinds", "_pace", "_streams")

    def __init__(self, kinds: Mapping[str, type[Stream]], send: Send, address: str) -> None:
        now = asyncio.get_running_loop().time()
        self._kinds = kinds
        self._streams: dict[str, Stream] = {}
        self._connection = Connection(send, now, address)
        self._pace = Pace(now)

    @classmethod
    def as_asgi(cls, *, streams: Sequence[type[Stream]]) -> Application:
        """Return the application that serves sockets with these streams."""
        kinds = {stream.name: stream for stream in streams}

        def application(scope: dict[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
            address = next(iter(scope.get("client") or ()), "")
            return cls(kinds, send, address).serve(scope, receive, send)

        return application

    async def serve(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Accept the socket and serve it until it ends.

        It is accepted whatever it brings: only an open socket can be closed with a code.
        """
        await receive()
        await send({"type": "websocket.accept"})
        try:
            await self._guarded(self._greet(scope), None, close=OVERLOADED)
            # Not needed any more, and most of what an idle socket would keep.
            scope.clear()
            while (message := await receive())["type"] == "websocket.receive":
                await self._take(message.get("text"))
        except asyncio.CancelledError:
            # The server shuts down; what it cancels does not go on, so there is nothing to raise.
            self._connection.close(RESTART)
            await self._connection.flushed()
        finally:
            self._connection.lost()
            registry().remove(self._connection)
            for stream in self._streams.values():
                stream.close()

    def _hello(self) -> None:
        self._connection.send_json(
            {
                "type": "hello",
                "version": VERSION,
                "connection": self._connection.id,
                "ping_interval": handshake.ping_interval(),
                "time": moment(timezone.now()),
            }
        )

    async def _greet(self, scope: dict[str, Any]) -> None:
        self._hello()
        if not registry().add(self._connection):
            message = _("There are too many open connections from your address.")
            raise FrameError("too_many_connections", message, close=TOO_MANY)
        credential = await handshake.identify(scope)
        if credential is not None:
            self._admit(credential)

    def _admit(self, credential: Credential) -> None:
        if not registry().admit(self._connection, credential):
            message = _("You have too many open connections.")
            raise FrameError("too_many_connections", message, close=TOO_MANY)

    async def _take(self, text: str | None) -> None:
        if self._connection.closing:
            return
        self._connection.awaits_pong = False
        loop = asyncio.get_running_loop()
        retry_after = self._pace.take(loop.time())
        try:
            frame = Frame.parse(text)
        except FrameError as error:
            self._refuse(error, None)
            return
        if retry_after is not None:
            self._slow_down(retry_after, frame.id)
            return
        await self._guarded(self._do(frame), frame.id)
        self._pace.done(loop.time())

    async def _guarded(self, work: Awaitable[None], frame_id: Id, close: int | None = None) -> None:
        """Await the work, and tell the client by an error frame if it fails."""
        try:
            await work
        except FrameError as error:
            self._refuse(error, frame_id)
        except UNAVAILABLE as error:
            logger.warning("a part that a socket needs is away: %r", error)
            message = _("Something is not available now; try again.")
            self._refuse(FrameError("unavailable", message, retry_after=1, close=close), frame_id)
        except Exception:
            logger.exception("a frame could not be handled")
            self._refuse(FrameError("internal", _("This is our fault."), close=close), frame_id)

    def _refuse(self, error: FrameError, frame_id: Id) -> None:
        self._connection.send_json(error.frame(frame_id))
        if error.close is not None:
            self._connection.close(error.close)

    def _slow_down(self, retry_after: float, frame_id: Id) -> None:
        message = _("You send more than 20 frames a second.")
        close = BAD_FRAME if self._pace.abused else None
        error = FrameError("rate_limit", message, retry_after=round(retry_after, 3), close=close)
        self._refuse(error, frame_id)

    async def _do(self, frame: Frame) -> None:
        op = frame.text("op")
        if self._connection.credential is None and op not in ("auth", "ping", "pong"):
            message = _("Send an auth frame first.")
            raise FrameError("not_authenticated", message, close=NOT_AUTHENTICATED)
        match op:
            case "auth":
                await self._auth(frame)
            case "subscribe":
                await self._subscribe(frame)
            case "unsubscribe":
                self._ok(frame, await self._stream(frame).unsubscribe(frame))
            case "read":
                await self._read(frame)
            case "ping":
                frame.finish()
                self._connection.send_json({"type": "pong", "id": frame.id})
            case "pong":
                frame.finish()
            case _other:
                raise FrameError("unknown_op", _("op: %(op)s is not known.") % {"op": op[:64]})

    def _ok(self, frame: Frame, fields: dict[str, Any]) -> None:
        if frame.id is not None:
            self._connection.send_json({"type": "ok", "id": frame.id, **fields})

    async def _auth(self, frame: Frame) -> None:
        token = frame.text("token")
        frame.finish()
        if self._connection.credential is not None:
            raise FrameError("already_authenticated", _("This connection has a user already."))
        self._admit(await handshake.by_token(token))
        self._ok(frame, {})

    def _stream(self, frame: Frame) -> Stream:
        name = frame.text("stream")
        if name not in self._kinds:
            known = ", ".join(self._kinds)
            raise FrameError("invalid", _("stream: write one of %(known)s.") % {"known": known})
        if name not in self._streams:
            self._streams[name] = self._kinds[name](self._connection, hub())
        return self._streams[name]

    async def _subscribe(self, frame: Frame) -> None:
        stream = self._stream(frame)
        self._ok(frame, await stream.subscribe(frame))
        await stream.begin()

    async def _read(self, frame: Frame) -> None:
        up_to = frame.whole("up_to")
        frame.finish()
        user_id = self._connection.user_id
        if up_to is None or user_id is None:
            raise FrameError("invalid", _("up_to: write a whole number."))
        self._ok(frame, asdict(await in_database(mark_read, user_id, up_to)))


async def refuse(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve a socket at an address that has none: the handshake is answered with 403."""
    await receive()
    await send({"type": "websocket.close"})
