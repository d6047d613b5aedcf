"""The transports that are installed, loaded once a process."""

from functools import cache

from notifications import transports
from notifications.transports.base import Transport
from stockwatch.plugins import load


@cache
def transport_kinds() -> dict[str, type[Transport]]:
    """The transports by name."""
    return load(transports, Transport)  # type: ignore[type-abstract]
