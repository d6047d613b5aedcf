"""One request to a source, over connections that are kept, with a bound on its time."""

import asyncio
import atexit
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from monitors.asking.gates import Verdict
from monitors.sources.base import ASKED_TOO_OFTEN, SourceError
from stockwatch.background import background_loop

T = TypeVar("T")

logger = logging.getLogger(__name__)

FETCH_TIMEOUT = 6.0
"""Seconds for one request, whatever the source's own limits."""


def answer(ask: Callable[[ClientSession], Awaitable[T]], timeout: float) -> T:
    """Return what a source answers within so many seconds.

    Raises SourceError, whatever goes wrong in there.
    """

    async def asking() -> T:
        return await ask(_session())

    try:
        return background_loop().run(asking(), timeout)
    except SourceError:
        raise
    except TimeoutError as error:
        raise SourceError("no answer in time") from error
    except Exception as error:
        # A mistake of ours in one source must not keep the next from being asked.
        logger.exception("a source failed in a way that it should not")
        raise SourceError(f"our mistake: {type(error).__name__}") from error


def verdict_on(error: SourceError) -> Verdict:
    """Return what a gate must know of a failure."""
    return Verdict.BANNED if error.status in ASKED_TOO_OFTEN else Verdict.FAILED


_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, ClientSession] = WeakKeyDictionary()


def _session() -> ClientSession:
    """The running loop's HTTP session: connections are kept between sweeps."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        session = _sessions[loop] = ClientSession(
            timeout=ClientTimeout(total=FETCH_TIMEOUT), cookie_jar=DummyCookieJar()
        )
        atexit.register(lambda: background_loop().run(session.close(), timeout=1))
    return _sessions[loop]
