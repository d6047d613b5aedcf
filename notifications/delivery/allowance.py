"""How many messages a service still takes: its own limits, kept in Redis for all workers.

A sliding window: the times of the messages of the longest window are kept, and no window ever holds
more than its limit allows. One script a question, so that two workers never take the same place.
"""

import hashlib
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from notifications.transports.base import Rate
from stockwatch.redis import client, key

logger = logging.getLogger(__name__)

_LOOK = """
local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)
local sent = KEYS[1]
local left, wait, longest = 1000000, 0, 0
for i = 2, #ARGV, 2 do
  local count, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  if window > longest then longest = window end
  local used = redis.call('ZCOUNT', sent, '(' .. (now - window), '+inf')
  if count - used < left then left = count - used end
  if used >= count then
    local oldest = redis.call('ZREVRANGE', sent, count - 1, count - 1, 'WITHSCORES')
    local free = tonumber(oldest[2]) + window - now
    if free > wait then wait = free end
  end
end
if left < 0 then left = 0 end
if ARGV[1] ~= '' and left > 0 then
  redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - longest)
  redis.call('ZADD', sent, now, ARGV[1])
  redis.call('PEXPIRE', sent, longest)
end
return {left, wait}"""

_MOVE = """
local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be sent now."""

    left: int
    wait: float
    """Seconds until the next message may go; 0 while there is something left."""
    token: str = ""
    """The place that was taken."""


UNBOUNDED = Allowance(1_000_000, 0.0)
UNKNOWN = Allowance(0, 5.0)
"""Whoever cannot look sends nothing: one message too many, and a robot is blocked for minutes."""


def look(bucket: str, rates: Sequence[Rate]) -> Allowance:
    """Return how many messages may be sent now."""
    return _ask(bucket, rates, "")


def take(bucket: str, rates: Sequence[Rate]) -> Allowance:
    """Take a place for one message, where one is left; return what was left before."""
    return _ask(bucket, rates, uuid.uuid4().hex)


def arrived(bucket: str, rates: Sequence[Rate], token: str) -> None:
    """Count a message from now on: a service counts it when it comes, not when it was sent."""
    if not token:
        return
    try:
        longest = max(round(rate.seconds * 1000) for rate in rates)
        client().eval(_MOVE, 1, _name(bucket), token, str(longest))
    except RedisError as error:
        logger.warning("a message counts from when it was sent: %r", error)


def _name(bucket: str) -> str:
    # Not the bucket itself, which has the robot's token in it.
    return key("delivery", "sent", hashlib.sha256(bucket.encode()).hexdigest()[:32])


def _ask(bucket: str, rates: Sequence[Rate], token: str) -> Allowance:
    if not rates:
        return UNBOUNDED
    arguments: list[Any] = [token]
    for rate in rates:
        arguments += [rate.count, round(rate.seconds * 1000)]
    try:
        left, wait = client().eval(_LOOK, 1, _name(bucket), *map(str, arguments))
    except RedisError as error:
        logger.warning("the limits of a destination cannot be looked at: %r", error)
        return UNKNOWN
    return Allowance(left, wait / 1000, token if left > 0 else "")
