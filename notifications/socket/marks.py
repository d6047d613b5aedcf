"""What a client that comes back is told of read marks that were set while it was away."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from notifications.models import Notification
from stockwatch.rowset import Rowset

LOOKED_BACK = 200
"""Numbers before the newest of which single marks are told: more than any page shows."""

_LOOKED_AT = Rowset("looked_at", {"user_id": "bigint", "after": "bigint", "head": "bigint"})
_TABLE = Notification._meta.db_table  # noqa: SLF001
_UNREAD = "t.user_id = r.user_id AND t.read_at IS NULL"


class Marks(NamedTuple):
    """How far a user has read."""

    up_to: int
    """Everything up to this number is read."""
    seqs: list[int]
    """And these."""
    head: int
    unread: int | None
    """How many up to the head are not; None where there are more than were looked at."""

    def frame(self) -> dict[str, Any] | None:
        """Return what tells it, as the marks themselves are told; None where nothing is read."""
        if not self.up_to and not self.seqs:
            return None
        return {"type": "read", **self._asdict()}


def marks(heads: Mapping[int, int]) -> dict[int, Marks]:
    """Return how far each user has read up to a head, by two queries for any number of users."""
    rows = [(user_id, max(head - LOOKED_BACK, 0), head) for user_id, head in heads.items()]
    near = _LOOKED_AT.probing(
        _TABLE, ["user_id", "seq"], f"{_UNREAD} AND t.seq > r.after AND t.seq <= r.head"
    )
    unread: dict[int, set[int]] = {user_id: set() for user_id in heads}
    for user_id, seq in _LOOKED_AT.run(f"WITH {_LOOKED_AT.cte()} {near}", rows):
        unread[user_id].add(seq)
    older = f"EXISTS (SELECT 1 FROM {_TABLE} t WHERE {_UNREAD} AND t.seq <= r.after)"
    sql = f"WITH {_LOOKED_AT.cte()} SELECT r.user_id FROM looked_at r WHERE {older}"
    behind = {user_id for (user_id,) in _LOOKED_AT.run(sql, rows)}
    return {
        user_id: _marks(unread[user_id], after, head, is_behind=user_id in behind)
        for user_id, after, head in rows
    }


def _marks(unread: set[int], after: int, head: int, *, is_behind: bool) -> Marks:
    up_to = 0 if is_behind else min(unread, default=head + 1) - 1
    single = [seq for seq in range(max(after, up_to) + 1, head + 1) if seq not in unread]
    return Marks(up_to, single, head, None if is_behind else len(unread))
