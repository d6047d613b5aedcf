"""What the sockets of all web processes follow, so that nobody prepares what nobody sees.

One sorted set in Redis: a key, and when a process last said that somebody follows it. Who follows
something new says so before it reads the last value: what is written later is published, what was
written earlier is read.
"""

import time
from collections.abc import Collection

from redis.exceptions import RedisError

from stockwatch.redis import async_client, client, key

REPEAT_EVERY = 10.0
"""Seconds; what nobody repeats for three times as long counts no more."""

FADES_AFTER = 3 * REPEAT_EVERY


async def tell(kind: str, keys: Collection[str]) -> None:
    """Say that somebody here follows these; to be repeated for as long as that is so."""
    if keys:
        now = time.time()
        async with async_client().pipeline(transaction=False) as commands:
            commands.zadd(_name(kind), dict.fromkeys(keys, now))
            commands.zremrangebyscore(_name(kind), 0, now - FADES_AFTER)
            await commands.execute()


def followed(kind: str) -> set[str]:
    """Return what anybody follows; nothing while Redis is away, as nothing could be told then."""
    try:
        newest = client().zrangebyscore(_name(kind), time.time() - FADES_AFTER, "+inf")
    except RedisError:
        return set()
    return set(newest)  # type: ignore[arg-type]


def _name(kind: str) -> str:
    return key("followed", kind)
