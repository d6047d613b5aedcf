"""Whether services answer, as the destinations that send through them have found.

Kept in Redis for all workers: of each service, which destinations got no answer since it last gave
one to any. Of a service that leaves several waiting, one at a time finds out whether it is back, so
that it takes no worker from the others.
"""

import logging

from redis.exceptions import RedisError

from stockwatch.redis import client, key

logger = logging.getLogger(__name__)

PLACES = 8
"""Destinations of one service that are sent to at once."""
PLACES_OF_A_USER = 4
"""So many of them are one user's at most: thirty webhooks to one host keep nobody else waiting."""
MOST_OF_A_USER = 8
"""So many destinations of one user are sent to at once, at whatever services: who has thirty slow
ones takes no worker from the others."""
DOUBTFUL = 3
"""So many without an answer in between, and the service is taken to be down."""
KEPT_SECONDS = 7200


def answered(service: str) -> bool:
    """Note that a service took a message; return whether it was taken to be down."""
    try:
        with client().pipeline() as both:
            both.scard(_name(service))
            both.delete(_name(service))
            was, _gone = both.execute()
    except RedisError as error:
        logger.warning("it cannot be noted that a service answers: %r", error)
        return False
    return bool(was >= DOUBTFUL)


def silent(service: str, destination: int) -> None:
    """Note that a destination got no answer, or one that says no more than that."""
    try:
        with client().pipeline() as both:
            both.sadd(_name(service), destination)
            both.expire(_name(service), KEPT_SECONDS)
            both.execute()
    except RedisError as error:
        logger.warning("it cannot be noted that a service is silent: %r", error)


def places(service: str) -> int:
    """Return how many destinations of a service may be sent to at once."""
    try:
        return 1 if client().scard(_name(service)) >= DOUBTFUL else PLACES
    except RedisError as error:
        logger.warning("it is not known which services answer: %r", error)
        return 1


def _name(service: str) -> str:
    return key("delivery", "silent", service)
