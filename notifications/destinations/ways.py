"""The ways of being told, as they are offered to whoever chooses one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notifications import kinds
from notifications.transports._guide import Group, Guide


@dataclass(frozen=True, slots=True)
class Way:
    """A transport as a user sees it."""

    kind: str
    label: Any
    guide: Guide
    browser_key: str
    """Not empty: the browser sets it up by itself, with this key."""


def way(kind: str) -> Way:
    """Return a way by its kind. KeyError: there is none."""
    transport = kinds.transport_kinds()[kind]
    return Way(kind, transport.label, transport.guide, transport.browser_key())


def grouped() -> Sequence[tuple[str, Sequence[Way]]]:
    """Return the ways by group, each with the group's label, groups without any left out."""
    found: dict[Group, list[Way]] = {group: [] for group in Group}
    for kind, transport in kinds.transport_kinds().items():
        found[transport.guide.group].append(way(kind))
    return [(str(group.label), ways) for group, ways in found.items() if ways]


def by_browser() -> Way | None:
    """Return the way that a browser sets up by itself, if one is installed."""
    offered = (one for _group, ways in grouped() for one in ways)
    return next((one for one in offered if one.browser_key), None)
