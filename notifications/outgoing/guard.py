"""Which addresses requests may go to: the public internet's, and those that an admin allows.

A name is resolved once, every address that it has is judged, and the connection goes to a judged
address: a name that later points elsewhere (DNS rebinding) gains nothing.
"""

import ipaddress
import socket

import psutil
from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE
_NOT_PUBLIC = [
    # What the standard library of 3.11 takes for public: the documentation's (RFC 9637), 6to4's
    # relays (RFC 7526), what is kept for protocols (RFC 6890; a cloud answers on 192.0.0.192), and
    # the address by which Azure talks to its virtual machines.
    ipaddress.ip_network(text)
    for text in ("3fff::/20", "192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")
]


class NotAllowedError(OSError):
    """The address is not one that we send to. The message names it and the mend."""


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
            judge(_read(one["host"]), host)
        return found

    async def close(self) -> None:
        """Nothing is kept."""
        await self._resolver.close()


def judge(address: Address, host: str) -> None:
    """Raise NotAllowedError where an address is neither public nor in an allowed network.

    The addresses of this machine are not, even those that are public: what listens on them may
    be open to this machine alone.
    """
    inner = _inner(address)
    if any(inner in network for network in settings.DELIVERY_ALLOWED_NETWORKS):
        return
    if not _is_public(inner) or inner in _own():
        raise NotAllowedError(
            _(
                "%(host)s is an address of a private network or of this machine; an admin may "
                "allow it by DELIVERY_ALLOWED_NETWORKS."
            )
            % {"host": host}
        )


def judge_literal(host: str) -> None:
    """Judge a host that is written as an address; a name is left to the resolver."""
    try:
        address = _read(host)
    except ValueError:
        if _is_odd_number(host):
            raise NotAllowedError(
                _("%(host)s is no usual way to write an address: write it as in 192.0.2.1.")
                % {"host": host}
            ) from None
        return
    judge(address, host)


def _read(text: str) -> Address:
    return ipaddress.ip_address(text.split("%", maxsplit=1)[0])


def _is_odd_number(host: str) -> bool:
    """Whether the system's functions would take it for an address: 2130706433, 0x7f.1, 127.1."""
    try:
        socket.inet_aton(host.rstrip("."))
    except OSError:
        return False
    return True


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _NOT_PUBLIC)
    )


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries: mapped, 6to4, NAT64, ISATAP."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    low = int(address) & 0xFFFFFFFF
    if address in _NAT64 or (int(address) >> 32) & 0xFDFFFFFF == _ISATAP:
        return ipaddress.IPv4Address(low)
    return address.ipv4_mapped or address.sixtofour or address


def _own() -> set[Address]:
    """Return the addresses of this machine's interfaces."""
    return {
        _read(one.address)
        for interface in psutil.net_if_addrs().values()
        for one in interface
        if one.family in (socket.AF_INET, socket.AF_INET6)
    }
