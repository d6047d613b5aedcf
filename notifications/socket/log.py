"""Reads of the notification log for many sockets at once: one query serves all that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from notifications.models import Inbox, Notification
from notifications.socket.marks import Marks, marks
from notifications.wire import notification_frame
from stockwatch.database import Batched
from stockwatch.rowset import Rowset

MAX_REPLAY = 500
"""What a client that comes back may have missed; beyond it, REST pages through the log."""

Row = tuple[int, str]
"""A number and the frame that tells it."""


class Stretch(NamedTuple):
    """A part of a user's log."""

    user_id: int
    after: int
    up_to: int
    replayed: bool = False


class Place(NamedTuple):
    """Where a client says that it stopped; `after` is None for one that wants what comes."""

    user_id: int
    after: int | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a subscription begins.

    `recovered` is False where the log cannot fill the gap: it is too wide, retention has pruned
    it, or `after` is a number that this log never reached.
    """

    head: int
    recovered: bool
    missed: Sequence[Row] = ()
    marks: Marks | None = None
    """How far the user has read; None for a client that wants what comes alone."""


WANTED = Rowset("wanted", {"user_id": "bigint", "after": "bigint", "up_to": "bigint"})


def read(stretches: Sequence[Stretch]) -> dict[Stretch, list[Row]]:
    """Return the rows of stretches of the log, oldest first, as they go out."""
    found: dict[Stretch, list[Row]] = {stretch: [] for stretch in stretches}
    by_user: dict[int, list[Stretch]] = {}
    for stretch in stretches:
        by_user.setdefault(stretch.user_id, []).append(stretch)
    widest = [
        (user_id, min(one.after for one in some), max(one.up_to for one in some))
        for user_id, some in by_user.items()
    ]
    columns = [str(field.column) for field in Notification._meta.concrete_fields]  # noqa: SLF001
    log = WANTED.probing(
        "notifications_notification",
        columns,
        "t.user_id = r.user_id AND t.seq > r.after AND t.seq <= r.up_to",
    )
    rows = Notification.objects.raw(
        f"WITH {WANTED.cte()} {log} ORDER BY t.user_id, t.seq", WANTED.params(widest)
    )
    for row in rows:
        for stretch in by_user[row.user_id]:
            if stretch.after < row.seq <= stretch.up_to:
                frame = notification_frame(row, replayed=stretch.replayed)
                found[stretch].append((row.seq, frame))
    return found


def positions(places: Sequence[Place]) -> dict[Place, Position]:
    """Return where the subscriptions of clients that come back begin, and what they missed."""
    heads = Inbox.objects.heads_of({place.user_id for place in places})
    stretches = {
        place: Stretch(place.user_id, place.after, heads.get(place.user_id, 0), replayed=True)
        for place in places
        if place.after is not None
        and place.after < heads.get(place.user_id, 0) <= place.after + MAX_REPLAY
    }
    missed = read(list(set(stretches.values()))) if stretches else {}
    back = {place.user_id for place in places if place.after is not None}
    known = marks({user_id: head for user_id, head in heads.items() if user_id in back})
    return {
        place: _position(
            place.after,
            heads.get(place.user_id, 0),
            missed.get(stretches[place], []) if place in stretches else [],
            known.get(place.user_id),
        )
        for place in places
    }


def _position(after: int | None, head: int, missed: list[Row], known: Marks | None) -> Position:
    if after is None:
        return Position(head, recovered=True)
    if after == head:
        return Position(head, recovered=True, marks=known)
    if len(missed) != head - after:
        return Position(head, recovered=False, marks=known)
    return Position(head, recovered=True, missed=missed, marks=known)


def _heads(user_ids: Sequence[int]) -> dict[int, int]:
    return Inbox.objects.heads_of(user_ids)


POSITIONS = Batched(positions)
STRETCHES = Batched(read)
HEADS = Batched(_heads, most=5000)
