"""What an HTTP answer means for a message: taken, refused for good, or to be tried again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _

from notifications.outgoing import Answer, Outgoing, UnreachableError
from notifications.outgoing.guard import NotAllowedError
from notifications.transports.base import ForbiddenError, Receipt, TransportError
from stockwatch.replies import retry_after, words

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
        retry_after=wait_of(answer),
        answer=head(answer.body),
    )


def wait_of(answer: Answer) -> float | None:
    """Return the seconds after which an answer allows another try, where it says so."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return retry_after(headers.get("retry-after", ""), datetime.now(UTC))


def head(body: bytes) -> str:
    """Return the head of a body as one printable line."""
    return words(body, HEAD)


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
