"""What the log of actions is told of what a destination is: never a secret."""

from collections.abc import Mapping
from typing import Any

from notifications.models import HIDDEN, Destination
from stockwatch.audit.models import Deed
from stockwatch.audit.recording import difference, record

TOLD = (
    "name", "kind", "enabled", "kinds", "least_severity", "escalate_after", "quiet_from",
    "quiet_until", "quiet_lets_urgent", "zone",
)  # fmt: skip
TOLD_OF_NEW = ("name", "kind", "params")

Before = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What may be told, and the secrets, of which only a change is."""


def before(destination: Destination) -> Before:
    """Return how a destination is before it is changed."""
    return _told(destination), destination.secret_params


def created(destination: Destination) -> None:
    """Record a new destination."""
    changes = [one for one in difference({}, _told(destination)) if one[0] in TOLD_OF_NEW]
    record(Deed.CREATED, destination, owner_id=destination.user_id, changes=changes)


def changed(destination: Destination, was: Before) -> None:
    """Record what became different; nothing where nothing did."""
    told, secrets = was
    changes = difference(told, _told(destination))
    if secrets != destination.secret_params:
        changes.append(["sealed", HIDDEN, HIDDEN])
    if not changes:
        return
    deed = Deed.CHANGED
    if told["enabled"] != destination.enabled:
        deed = Deed.TURNED_ON if destination.enabled else Deed.TURNED_OFF
    record(deed, destination, owner_id=destination.user_id, changes=changes)


def _told(destination: Destination) -> dict[str, Any]:
    told = {name: getattr(destination, name) for name in TOLD}
    return told | {"params": destination.shown_params}
