"""What is urgent and unread: every page shows it until it is read."""

from dataclasses import dataclass

from notifications.models import Notification

MOST = 5
"""So many are shown at once."""

_SHOWN = ("seq", "kind", "title", "body", "url")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The newest of them."""

    notes: tuple[Notification, ...] = ()
    """The newest last, as they are stacked."""
    more: int = 0
    """How many older ones there are."""


def waiting(user_id: int, before: int) -> Waiting:
    """Return those with a lower number, by one query of an index that holds nothing else.

    A second one counts where there are more.
    """
    rows = Notification.objects.for_user(user_id).pressing().filter(seq__lt=before)
    found = list(rows.order_by("-seq").only(*_SHOWN)[: MOST + 1])
    more = rows.count() - MOST if len(found) > MOST else 0
    return Waiting(tuple(found[:MOST][::-1]), more)
