"""One message by Apprise, in a process of its own: content as JSON on stdin, status 0 if taken.

It imports nothing of ours, so that it starts soon.
"""

import json
import resource
import socket
import sys
from typing import Any

MEMORY = 1024**3
"""Bytes of address space: a server that answers without end fails at them."""

SOCKET_SECONDS = 5


def service(url: str) -> Any:
    """Return Apprise's object for an address, or None where it is none.

    An address may ask for more than where to send to: redirects to elsewhere, no check of
    certificates, several tries. It does not get it.
    """
    # It takes half a second to import: not at the start of every process of ours.
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id="Stockwatch", pem_autogen=False, pgp_autogen=False, storage_mode="memory"
    )
    found = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if found is not None:
        found.redirects = False
        found.verify_certificate = True
        found.retry = 0
        found.socket_connect_timeout = found.socket_read_timeout = SOCKET_SECONDS
    return found


def _resolver(judged: list[str]) -> Any:
    """Return what takes any name for one of the addresses that were judged."""
    real = socket.getaddrinfo

    def resolve(_host: Any, *arguments: Any, **options: Any) -> Any:
        return [found for one in judged for found in real(one, *arguments, **options)]

    return resolve


def main() -> int:
    """Send what stdin has; return the exit status."""
    from apprise import Apprise

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    content = json.load(sys.stdin)
    if content["judged"]:
        socket.getaddrinfo = _resolver(content["judged"])
    library = Apprise()
    library.add(service(content["url"]))
    taken = library.notify(
        content["body"], title=content["title"], notify_type=content["type"], body_format="text"
    )
    return 0 if taken else 1


if __name__ == "__main__":
    sys.exit(main())
