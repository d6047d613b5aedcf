"""One event loop in a thread, for synchronous code that calls asynchronous libraries.

`async_to_sync` opens a loop for each call, and with it new connections. A worker that fetches and
publishes every few seconds keeps its connections here instead.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """An event loop that runs in a daemon thread of its own until the process ends."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="background-loop", daemon=True).start()

    def run(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run the coroutine there and return its result; TimeoutError after `timeout` seconds."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise


@lru_cache(maxsize=1)
def _loop_of(process: int) -> BackgroundLoop:
    return BackgroundLoop()


def background_loop() -> BackgroundLoop:
    """Return this process's loop; a forked child gets one of its own."""
    return _loop_of(os.getpid())
