"""The one connection to Redis that our own keys go through (tickets, heartbeats, counts)."""

import asyncio
from functools import lru_cache
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

PREFIX = "stockwatch:"

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = WeakKeyDictionary()


def key(*parts: object) -> str:
    """Return the name of one of our keys: `key("ticket", "abc")` is `stockwatch:ticket:abc`."""
    return PREFIX + ":".join(str(part) for part in parts)


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """Return the client for synchronous code; its pool is safe to share between threads."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2, decode_responses=True
    )


@lru_cache(maxsize=1)
def impatient() -> redis.Redis:
    """Return a client that asks once and waits a second: for who only tells how Redis does."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=1,
        socket_connect_timeout=1,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def async_client() -> redis.asyncio.Redis:
    """Return the running event loop's client."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2, decode_responses=True
        )
    return _clients[loop]
