"""What an HTTP answer means for a message: taken, refused for good, or to be tried again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from notifications.outgoing import Answer, NotAllowedError, Outgoing, UnreachableError
from notifications.transports.base import Receipt, TransportError

HEAD = 300
"""Characters of an answer that are kept for whoever looks for the reason."""

TEMPORARY = frozenset({408, 409, 423, 425, 429, 500, 502, 503, 504})
"""Statuses after which it may work later; every other one from 300 on is for good."""


async def post(
    outgoing: Outgoing,
    url: str,
    *,
    method: str = "POST",
    json: Any = None,
    data: bytes | Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return an answer with a status of success. Raises TransportError for everything else."""
    try:
        answer = await outgoing.request(method, url, json=json, data=data, headers=headers)
    except NotAllowedError as error:
        raise TransportError(str(error), permanent=True) from error
    except UnreachableError as error:
        raise TransportError(str(error)) from error
    if answer.status < 300:
        return answer
    is_temporary = answer.status in TEMPORARY or answer.status >= 500
    raise TransportError(
        f"HTTP {answer.status}",
        permanent=not is_temporary,
        retry_after=retry_after(answer),
        answer=head(answer.body),
    )


def retry_after(answer: Answer, now: datetime | None = None) -> float | None:
    """Read Retry-After: seconds, or a date (RFC 9110, 10.2.3); None for anything else."""
    text = next((v for k, v in answer.headers.items() if k.lower() == "retry-after"), "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(
        0.0, (at.replace(tzinfo=at.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds()
    )


def head(body: bytes) -> str:
    """Return the head of a body as one printable line."""
    text = body[: 4 * HEAD].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:HEAD]


def receipt(answer: Answer) -> Receipt:
    """Return the receipt of an answer."""
    return Receipt(head(answer.body))


def members(answer: Answer) -> dict[str, Any]:
    """Read an answer that must be a JSON object. Raises TransportError for any other."""
    try:
        read = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        read = None
    if not isinstance(read, dict):
        raise TransportError("the answer is no JSON object", answer=head(answer.body))
    return read
