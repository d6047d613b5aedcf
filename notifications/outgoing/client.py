"""The one client: HTTP requests to addresses that users name, which may not be our own network's.

Where a request may go, `guard` says. Redirects are not followed, proxies of the environment not
used, cookies not kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from django.utils.translation import gettext as _
from yarl import URL

from notifications.outgoing.guard import GuardedResolver, NotAllowedError, judge_literal

TIMEOUT = ClientTimeout(total=10, connect=5)
LARGEST_ANSWER = 64 * 1024


class UnreachableError(Exception):
    """No answer came: refused, cut, too slow. The message says what, without a secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; of a body that is too long, its beginning."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Outgoing:
    """Requests to services outside, by one session that keeps its connections."""

    def __init__(self) -> None:
        self._session = ClientSession(
            connector=TCPConnector(resolver=GuardedResolver(), limit=100, limit_per_host=10),
            timeout=TIMEOUT,
            cookie_jar=DummyCookieJar(),
            # Not the standard library's, which writes each Chinese character as six bytes: some
            # services count them.
            json_serialize=lambda value: orjson.dumps(value).decode(),
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer, whatever its status. Raises NotAllowedError and UnreachableError.

        Errors are raised without what caused them: the library's may hold the address, and with
        it a token.
        """
        address = _read(url)
        try:
            async with self._session.request(
                method, address, json=json, data=data, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await _beginning(response), dict(response.headers))
        except (TimeoutError, ClientError, OSError, ValueError) as error:
            if refused := _refusal(error):
                raise NotAllowedError(str(refused)) from None
            raise UnreachableError(_reason(error, str(address.host))) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def _read(url: str) -> URL:
    """Read an address and judge its host. Raises NotAllowedError."""
    try:
        address = URL(url)
    except ValueError:
        raise NotAllowedError(_("This is no address.")) from None
    if address.scheme not in ("http", "https") or not address.host:
        raise NotAllowedError(_("The address must begin with https:// or http://."))
    judge_literal(address.host)
    return address


async def _beginning(response: ClientResponse) -> bytes:
    """Read a body up to LARGEST_ANSWER; the connection of a longer one is then closed."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= LARGEST_ANSWER:
            response.close()
            break
    return bytes(body[:LARGEST_ANSWER])


def _refusal(error: BaseException | None) -> NotAllowedError | None:
    """Return the resolver's refusal, if an error of the library was raised from one."""
    while error is not None and not isinstance(error, NotAllowedError):
        error = error.__cause__ or error.__context__
    return error


def _reason(error: Exception, host: str) -> str:
    match error:
        case TimeoutError():
            reason = _("%(host)s gave no answer in time.")
        case ClientConnectorDNSError():
            reason = _("The name %(host)s is not known.")
        case ClientSSLError():
            reason = _("%(host)s has no certificate that can be trusted.")
        case ClientConnectorError():
            reason = _("%(host)s takes no connection.")
        case _other:
            reason = _("The connection to %(host)s broke off.")
    return reason % {"host": host}
