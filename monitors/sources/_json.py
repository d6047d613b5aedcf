"""JSON as quote endpoints write it, read strictly: numbers stay as they are spelt until judged."""

import json
from decimal import Decimal
from typing import Any

from monitors.sources import _figures
from monitors.sources.base import SourceError


class Number(str):
    """A number as the reply spells it, so that _figures can judge it before it becomes one."""

    __slots__ = ()


def load(body: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises SourceError for anything else, however it is nested or encoded."""
    try:
        reply = json.loads(
            body.decode(), parse_float=Number, parse_int=Number, object_pairs_hook=_members
        )
    except (ValueError, RecursionError):
        raise SourceError("no JSON" if body.strip() else "empty reply") from None
    if not isinstance(reply, dict):
        raise SourceError("no object in the reply")
    return reply


def price(value: object) -> Decimal:
    """Read a price above 0. Raises ValueError."""
    if isinstance(value, Number) and (number := _figures.price(value)):
        return number
    raise ValueError(f"price {shown(value)}")


def shares(value: object) -> int:
    """Read a volume. Raises ValueError."""
    if isinstance(value, Number):
        return _figures.quantity(value)
    raise ValueError(f"volume {shown(value)}")


def shown(value: object) -> str:
    """Return what a value looks like, shortly; of a container only its kind, as it may be deep."""
    return repr(value[:20]) if isinstance(value, str) else type(value).__name__


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's members; of one that is there twice nobody knows which is meant."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name twice")
    return members
