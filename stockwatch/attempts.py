"""Counts tries, so that passwords cannot be guessed in bulk."""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

TRIES = 10
WINDOW = 60
"""Seconds; counted by the clock, so that no key has to be renewed."""


class TooManyTriesError(ValidationError):
    """There were too many failed tries; the message says in how many seconds one may be made."""

    def __init__(self, wait: int) -> None:
        message = _("Too many failed tries. Try again in %(seconds)d seconds.")
        super().__init__(message % {"seconds": wait}, code="throttled")
        self.wait = wait


class Attempts:
    """Failed tries at one thing, by who tried and from where; ten a minute are allowed.

    A try is counted before it is made, or many at once would all pass; a good one is taken off
    again. Without Redis nothing is counted: a log-in is worth more than its limit.
    """

    def __init__(self, what: str, *who: str) -> None:
        now = time.time()
        self._left = WINDOW - now % WINDOW
        name = "\0".join(part.casefold() for part in who)
        digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()
        self._key = f"attempts:{what}:{digest}:{now // WINDOW:.0f}"

    @contextmanager
    def one_try(self) -> Iterator[None]:
        """Try in here: it has failed if it raises. TooManyTriesError where it may not be tried."""
        if wait := self.begin():
            raise TooManyTriesError(wait)
        yield
        self.succeeded()

    def begin(self) -> int:
        """Count a try; return 0 if it may be made, else after how many seconds one may."""
        try:
            cache.add(self._key, 0, WINDOW)
            count = cache.incr(self._key)
        except (RedisError, OSError, ValueError) as error:
            # ValueError: the window ended between the two.
            logger.warning("a try could not be counted: %r", error)
            return 0
        return int(self._left) + 1 if count > TRIES else 0

    def succeeded(self) -> None:
        """Take a try that was no failure off the count."""
        try:
            cache.decr(self._key)
        except (RedisError, OSError, ValueError) as error:
            logger.warning("a good try could not be taken off: %r", error)
