"""How many messages a service still takes: its own limits, kept in Redis for all workers.

A sliding window: the times of the messages of the longest window are kept, and no window ever holds
more than its limit allows. One script a question, so that two workers never take the same place. A
fifth of each window is left to what is urgent; and a service that asked for a rest has it from all
that share its limit.
"""

import hashlib
import logging
import time
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
local closed = tonumber(redis.call('GET', KEYS[2]) or '0') - tonumber(ARGV[2])
if closed > 0 then left = 0; wait = closed end
for i = 3, #ARGV, 2 do
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


RESERVED = 0.2
"""The share of a limit that only what is urgent may use."""


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


def take(bucket: str, rates: Sequence[Rate], *, urgent: bool = True) -> Allowance:
    """Take a place for one message, where one is left; return what was left before."""
    if not urgent:
        rates = [Rate(rate.count - int(rate.count * RESERVED), rate.seconds) for rate in rates]
    return _ask(bucket, rates, uuid.uuid4().hex)


def close(bucket: str, rates: Sequence[Rate], seconds: float) -> None:
    """Leave a service alone for some time, as it asked: all that share its limit."""
    if not rates or seconds <= 0:
        return
    try:
        until = round(1000 * (time.time() + seconds))
        client().set(_closed(bucket), until, px=max(1, round(seconds * 1000)))
    except RedisError as error:
        logger.warning("a service's wish for a rest cannot be kept: %r", error)


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


def _closed(bucket: str) -> str:
    return f"{_name(bucket)}:closed"


def _ask(bucket: str, rates: Sequence[Rate], token: str) -> Allowance:
    if not rates:
        return UNBOUNDED
    arguments: list[Any] = [token, round(1000 * time.time())]
    for rate in rates:
        arguments += [rate.count, round(rate.seconds * 1000)]
    try:
        names = _name(bucket), _closed(bucket)
        left, wait = client().eval(_LOOK, 2, *names, *map(str, arguments))
    except RedisError as error:
        logger.warning("the limits of a destination cannot be looked at: %r", error)
        return UNKNOWN
    return Allowance(left, wait / 1000, token if left > 0 else "")
