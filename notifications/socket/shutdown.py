"""Hears of the server's end in time to tell the sockets."""

import asyncio
import sys
from collections.abc import Awaitable, Callable


def before_shutdown(farewell: Callable[[], Awaitable[None]]) -> None:
    """Have daphne wait for a farewell before it drops its connections.

    ASGI's lifespan would say when, but daphne has none. It cancels its applications, except where
    a request ended within its last second: then it fails over that one and drops all. Under other
    servers this does nothing: they cancel the applications.
    """
    reactor = sys.modules.get("twisted.internet.reactor")
    if reactor is None or not getattr(reactor, "running", False):
        return

    from twisted.internet.defer import Deferred

    def wait() -> "Deferred[None]":
        return Deferred.fromFuture(asyncio.ensure_future(farewell()))

    reactor.addSystemEventTrigger("before", "shutdown", wait)
