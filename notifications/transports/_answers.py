"""What an HTTP answer means for a message: taken, refused for good, or to be tried again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _

from notifications.guard import NotAllowedError
from notifications.outgoing import Answer, Outgoing, UnreachableError
from notifications.transports.base import ForbiddenError, Receipt, TransportError

HEAD = 300
"""Characters of an answer that are kept for whoever looks for the reason."""

TEMPORARY = frozenset({408, 409, 423, 425, 429})
"""Statuses below 500 after which it may work later; the other ones are for good."""


async def ask(
    outgoing: Outgoing,
    url: str,
    *,
    method: str = "POST",
    json: Any = None,
    data: bytes | Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return an answer, whatever its status: for services that explain themselves in the body.

    Raises TransportError where none came.
    """
    try:
        return await outgoing.request(method, url, json=json, data=data, headers=headers)
    except NotAllowedError as error:
        raise ForbiddenError(str(error), permanent=True) from None
    except UnreachableError as error:
        raise TransportError(str(error)) from None


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
    answer = await ask(outgoing, url, method=method, json=json, data=data, headers=headers)
    if answer.status >= 300:
        raise refusal(answer)
    return answer


def refusal(answer: Answer) -> TransportError:
    """Return what an HTTP status other than success means."""
    return TransportError(
        f"HTTP {answer.status}",
        permanent=answer.status < 500 and answer.status not in TEMPORARY,
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
    except (ValueError, OverflowError):
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
    """Read an answer that must be a JSON object. Raises TransportError for any other.

    It may come from something in between, a page of maintenance: that is not for good.
    """
    try:
        read = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        read = None
    if not isinstance(read, dict):
        if answer.status >= 300:
            raise refusal(answer)
        raise TransportError(
            _("The service's answer cannot be understood."), answer=head(answer.body)
        )
    return read
