"""The open sockets of this process, and the regular work for all of them at once.

One query serves all sockets where each asking for itself would be a thousand.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from notifications.models import Inbox
from notifications.realtime import NOTIFICATIONS, notifications_topic, user_of_topic
from notifications.socket import census
from notifications.socket.authentication import Credential
from notifications.socket.connection import (
    EXPIRED,
    NO_PONG,
    NOT_AUTHENTICATED,
    RESTART,
    REVOKED,
    Connection,
)
from notifications.socket.frames import FrameError
from notifications.socket.hub import Hub, hub
from notifications.socket.revocation import verdicts
from notifications.socket.shutdown import before_shutdown
from stockwatch.database import in_database

logger = logging.getLogger(__name__)

TICK = 1.0
REVOCATION_EVERY = 3.0
"""Seconds; with the time of the query it keeps the promise of five."""
HEADS_EVERY = 5.0
CENSUS_EVERY = 5.0

WHY = {
    REVOKED: ("revoked", gettext_lazy("This log-in was ended; log in again.")),
    EXPIRED: ("expired", gettext_lazy("This log-in has expired; log in again.")),
}

_TOO_LATE = gettext_lazy("No auth frame came in time.")


class Registry:
    """Knows every open socket; works while there is one."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._connections: set[Connection] = set()
        self._by_user: Counter[int] = Counter()
        self._by_address: Counter[str] = Counter()
        self._work: list[asyncio.Task[None]] = []
        before_shutdown(self.farewell)

    def add(self, connection: Connection) -> bool:
        """Note an open socket; False if its address has as many as one may have."""
        if self._is_counted(connection.address):
            if self._by_address[connection.address] >= settings.WS_CONNECTIONS_PER_ADDRESS:
                return False
            self._by_address[connection.address] += 1
        self._connections.add(connection)
        if not self._work:
            self._work = [
                asyncio.create_task(_every(seconds, work), name=work.__name__)
                for seconds, work in (
                    (TICK, self.check_deadlines),
                    (TICK, self.ping),
                    (TICK, self._hub.pulse),
                    (REVOCATION_EVERY, self.revoke),
                    (HEADS_EVERY, self.compare_heads),
                    (CENSUS_EVERY, self.report),
                )
            ]
        return True

    def admit(self, connection: Connection, credential: Credential) -> bool:
        """Let a socket in for its user; False if the user has as many as one may have."""
        if self._by_user[credential.user_id] >= settings.WS_CONNECTIONS_PER_USER:
            return False
        self._by_user[credential.user_id] += 1
        connection.credential = credential
        # As if pinged some time ago: sockets that came together are not pinged together.
        spread = random.random() * settings.WS_PING_SECONDS  # noqa: S311 -- nothing to guess here
        connection.pinged_at = asyncio.get_running_loop().time() - spread
        return True

    def remove(self, connection: Connection) -> None:
        """Forget a socket that has ended; one that was never noted does not matter."""
        if connection not in self._connections:
            return
        self._connections.discard(connection)
        if self._is_counted(connection.address):
            _uncount(self._by_address, connection.address)
        if connection.user_id is not None:
            _uncount(self._by_user, connection.user_id)
        if not self._connections:
            for task in self._work:
                task.cancel()
            self._work = []

    async def check_deadlines(self) -> None:
        """Close who does not say who it is, does not answer, or whose log-in has run out."""
        now = asyncio.get_running_loop().time()
        for connection in self._open():
            if connection.credential is None:
                if now - connection.opened_at > settings.WS_AUTH_SECONDS:
                    _end(connection, NOT_AUTHENTICATED, "not_authenticated", _TOO_LATE)
            elif connection.awaits_pong and now - connection.pinged_at > settings.WS_PONG_SECONDS:
                connection.close(NO_PONG)

    async def ping(self) -> None:
        """Ping the sockets whose turn it is, and tell them the newest number of their user."""
        now = asyncio.get_running_loop().time()
        due = [
            connection
            for connection in self._open()
            if connection.credential is not None and not connection.awaits_pong
            if now - connection.pinged_at >= settings.WS_PING_SECONDS
        ]
        if not due:
            return
        users = {connection.user_id for connection in due if connection.user_id is not None}
        heads: dict[int, int] | None = None
        try:
            heads = await in_database(Inbox.objects.heads_of, users)
        except Exception as error:  # noqa: BLE001 -- a ping without a number is better than none
            logger.warning("the heads could not be read: %r", error)
        for connection in due:
            if connection.user_id is not None:
                connection.awaits_pong = True
                connection.pinged_at = asyncio.get_running_loop().time()
                head = {} if heads is None else {"head": heads.get(connection.user_id, 0)}
                connection.send_json({"type": "ping", **head})

    async def revoke(self) -> None:
        """Close the sockets whose credential holds no more."""
        held = {c.credential for c in self._open() if c.credential is not None}
        if not held:
            return
        found = await in_database(verdicts, held)
        for connection in self._open():
            code = found.get(connection.credential) if connection.credential else None
            if code is not None:
                _end(connection, code, *WHY[code])

    async def compare_heads(self) -> None:
        """Let the sockets that are behind the log catch up: a hint may have been lost."""
        users = {user_of_topic(topic) for topic in self._hub.topics(NOTIFICATIONS)}
        if users:
            for user_id, head in (await in_database(Inbox.objects.heads_of, users)).items():
                self._hub.deliver(notifications_topic(user_id), {"head": head})

    async def report(self) -> None:
        """Tell the other processes how many sockets are open here."""
        await census.report(len(self._connections), self._by_user)

    async def farewell(self) -> None:
        """Tell every client that the server goes, and will be back."""
        leaving = self._open()
        for connection in leaving:
            connection.close(RESTART)
        await asyncio.gather(*(connection.flushed() for connection in leaving))

    def _is_counted(self, address: str) -> bool:
        """Whether sockets are counted by this address: a proxy of this machine is many people."""
        try:
            return not ip_address(address).is_loopback
        except ValueError:  # a socket of the file system
            return False

    def _open(self) -> list[Connection]:
        return [connection for connection in self._connections if not connection.closing]


def _uncount(counts: "Counter[Any]", key: Any) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


def _end(connection: Connection, close: int, code: str, message: Promise | str) -> None:
    connection.send_json(FrameError(code, str(message)).frame())
    connection.close(close)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work again and again; what goes wrong once is told, and tried again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            logger.exception("%s failed", getattr(work, "__name__", work))


_registries: WeakKeyDictionary[asyncio.AbstractEventLoop, Registry] = WeakKeyDictionary()


def registry() -> Registry:
    """Return the running event loop's registry."""
    loop = asyncio.get_running_loop()
    if loop not in _registries:
        _registries[loop] = Registry(hub())
    return _registries[loop]
