"""What open sockets are told of the market: hints, published on commit."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitors.acceptance import Update
from monitors.wire import quote_data
from notifications.realtime import publish, user_group

QUOTES_GROUP = "quotes"
"""The group that carries the topics of every symbol."""


def quote_topic(symbol: str) -> str:
    """Name the topic of a symbol's quotes."""
    return f"quote.{symbol}"


def monitor_topic(monitor_id: int) -> str:
    """Name the topic on which a monitor's changes are told, in its owner's group."""
    return f"monitor.{monitor_id}"


def announce_quotes(updates: Iterable[Update], received_at: datetime) -> None:
    """Publish the new quotes of a batch in one message."""
    topics = {
        quote_topic(update.standing.symbol): quote_data(
            update.snapshot.symbol, update.snapshot, received_at
        )
        for update in updates
    }
    if topics:
        publish({QUOTES_GROUP: topics})


def announce_monitors(changed: Mapping[int, Iterable[int]]) -> None:
    """Publish which monitors changed, by owner; sockets that show them read them again."""
    if changed:
        publish(
            {
                user_group(owner): {monitor_topic(monitor_id): {} for monitor_id in monitor_ids}
                for owner, monitor_ids in changed.items()
            }
        )
