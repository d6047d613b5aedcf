"""What open sockets are told of the market: hints, published on commit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from monitors.evaluation.acceptance import Update
from monitors.wire import quote_data
from notifications import interest
from notifications.realtime import publish, user_group

QUOTES = "quotes"
"""The group, the topic, and the kind of interest of every symbol's quotes.

The topic's payload maps symbols to `[received_at, quote]`, the quote written out as JSON.
"""


def monitor_topic(monitor_id: int) -> str:
    """Name the topic on which a monitor's changes are told, in its owner's group."""
    return f"monitor.{monitor_id}"


def watchlist_topic(user_id: int) -> str:
    """Name the topic on which a user is told that they have other monitors, or other groups."""
    return f"watchlist.{user_id}"


def announce_quotes(updates: Iterable[Update], received_at: datetime) -> None:
    """Publish those new quotes of a batch that somebody follows, in one message."""
    followed = interest.followed(QUOTES)
    at = received_at.isoformat()
    told = {
        update.standing.symbol: [
            at,
            orjson.dumps(_data(update, received_at)).decode(),
        ]
        for update in updates
        if update.standing.symbol in followed
    }
    if told:
        publish({QUOTES: {QUOTES: told}})


def _data(update: Update, received_at: datetime) -> dict[str, Any]:
    snapshot = update.snapshot
    return quote_data(snapshot.symbol, snapshot, received_at, frozen=update.frozen)


def announce_monitors(changed: Mapping[int, Iterable[int]], *, watchlist_too: bool = False) -> None:
    """Publish which monitors changed, by owner; sockets that show them read them again.

    `watchlist_too`: the owners may have other monitors now, or have them in other groups.
    """
    publish(
        {
            user_group(owner): {monitor_topic(monitor_id): {} for monitor_id in monitor_ids}
            | ({watchlist_topic(owner): {}} if watchlist_too else {})
            for owner, monitor_ids in changed.items()
        }
    )
