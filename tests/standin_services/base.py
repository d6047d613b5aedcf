"""What every stand-in service is: the requests that it takes, and what it keeps of them."""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from aiohttp import web


@dataclass(slots=True)
class Taken:
    """A message that the service took, as its reader sees it."""

    at: float
    """Seconds since the epoch."""
    content: Mapping[str, Any]
    """Decoded."""
    text: str
    """All that is shown: title, text, labels of buttons, and where they lead."""
    to: str = ""
    """Who it is for: a robot, a chat, a topic, an address."""
    key: str = ""
    """By which the reader tells a repeat, where the service has such a thing."""
    confirmed: bool = True
    """Whether the sender was told that it was taken."""


class RefusedError(Exception):
    """A service does not take a message; its own code, and its words, by an HTTP status."""

    def __init__(self, code: int, words: str, status: int = 200) -> None:
        super().__init__(code, words, status)
        self.code, self.words, self.status = code, words, status


class Service(ABC):
    """One service. The module's name is its name, and that of its transport."""

    routes: ClassVar[tuple[tuple[str, str], ...]]
    """(method, path) of what it answers."""
    refusal: ClassVar[Mapping[str, Any] | None] = None
    """A body by which it refuses with HTTP 200, where it does such a thing."""
    reads_status_only: ClassVar[bool] = False
    """Whether any answer with a status of success says that a message was taken."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.clock: Callable[[], float] = time.time
        self.too_fast = 0
        """Messages that came faster than the service allows."""

    @abstractmethod
    def params(self, url: str) -> dict[str, str]:
        """Return what a user would type into the transport's form, for the service at `url`."""

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        """Make one more reader; return how `Taken.to` names it, and what its user would type."""
        raise NotImplementedError(f"{type(self).__name__} has one reader")

    def settings(self, url: str) -> dict[str, str]:
        """Return the settings by which the transport finds the service at `url`."""
        return {}

    @abstractmethod
    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""

    def in_time(self, pace: "Pace") -> bool:
        """Count one more by a limit; what exceeds it is noted, for the test to see."""
        is_in_time = pace.allows(self.clock())
        self.too_fast += not is_in_time
        return is_in_time

    def take(self, content: Mapping[str, Any], text: str, to: str = "", key: str = "") -> None:
        """Keep a message."""
        self.taken.append(Taken(self.clock(), content, text, to, key))


class Pace:
    """A service's limit: so many in so many seconds, sliding."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds
        self._times: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Count one more, unless that would be too many."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if len(self._times) >= self._count:
            return False
        self._times.append(now)
        return True
