"""The way out: HTTP requests to addresses that users name, which may not be our own network's.

A name is resolved once, every address that it has is judged, and the connection goes to a judged
address: a name that later points elsewhere (DNS rebinding) gains nothing. Redirects are not
followed. An admin may allow networks by DELIVERY_ALLOWED_NETWORKS.
"""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from yarl import URL

TIMEOUT = ClientTimeout(total=10, connect=5)
LARGEST_ANSWER = 64 * 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowedError(OSError):
    """The address is not one that we send to. The message names it and the mend."""


class UnreachableError(Exception):
    """No answer came: refused, cut, too slow, too long. The message says what, without a secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Outgoing:
    """Requests to services outside, by one session that keeps its connections."""

    def __init__(self) -> None:
        connector = TCPConnector(resolver=GuardedResolver(), limit=100, limit_per_host=10)
        self._session = ClientSession(
            connector=connector, timeout=TIMEOUT, cookie_jar=DummyCookieJar()
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
        """Return the answer, whatever its status. Raises NotAllowedError and UnreachableError."""
        try:
            address = URL(url)
        except ValueError as error:
            raise NotAllowedError("this is no address") from error
        if address.scheme not in ("http", "https") or not address.host:
            raise NotAllowedError("the address must begin with https:// or http://")
        _judge_literal(address.host)
        try:
            async with self._session.request(
                method, address, json=json, data=data, headers=headers, allow_redirects=False
            ) as response:
                body = await response.content.read(LARGEST_ANSWER)
                return Answer(response.status, body, dict(response.headers))
        except TimeoutError as error:
            raise UnreachableError("no answer in time") from error
        except ClientError as error:
            if isinstance(cause := _root(error), NotAllowedError):
                raise cause from error
            # Not the error's own text, which may hold the address and with it a token.
            raise UnreachableError(f"{address.host}: {type(error).__name__}") from error
        except (OSError, ValueError) as error:
            if isinstance(error, NotAllowedError):
                raise
            raise UnreachableError(f"{address.host}: {type(error).__name__}") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


class GuardedResolver(AbstractResolver):
    """Resolves names, and gives out none of which any address is not allowed."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name. Raises NotAllowedError."""
        found = await self._resolver.resolve(host, port, family)
        for one in found:
            judge(ipaddress.ip_address(one["host"].split("%")[0]), host)
        return found

    async def close(self) -> None:
        """Nothing is kept."""
        await self._resolver.close()


def judge(address: Address, host: str) -> None:
    """Raise NotAllowedError where an address is neither public nor in an allowed network."""
    inner = _inner(address)
    if any(inner in network for network in settings.DELIVERY_ALLOWED_NETWORKS):
        return
    if not inner.is_global or inner.is_multicast or inner.is_reserved:
        raise NotAllowedError(
            f"{host} is an address of a private network; an admin may allow it by "
            "DELIVERY_ALLOWED_NETWORKS"
        )


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries: mapped, 6to4, NAT64, Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _judge_literal(host: str) -> None:
    """Judge a host that is written as an address, in any notation that a resolver would take."""
    try:
        address: Address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        try:
            # 2130706433, 0x7f.1 and 017700000001 are addresses to the system's own functions.
            address = ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return
    judge(address, host)


def _root(error: BaseException) -> BaseException:
    """Return what an error of the library was raised from."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
        if isinstance(error, NotAllowedError):
            break
    return error
