"""Figures over a whole log cost a look at all of it: one in a minute is enough for all who ask."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

T = TypeVar("T")

SECONDS = 60


def remembered(name: str, work_out: Callable[[], T]) -> T:
    """Return what was worked out within the last minute, or work it out, as without Redis."""
    try:
        known: T | None = cache.get(f"console:{name}")
    except (RedisError, OSError):
        return work_out()
    if known is not None:
        return known
    found = work_out()
    cache.set(f"console:{name}", found, SECONDS)
    return found
