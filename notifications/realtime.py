"""The one publisher to the channel layer. What it sends is a hint: it may be lost, the log not.

A message is a map from topics to payloads; the hub of each web process hands a payload to the
sockets that subscribed to its topic. Groups are what travels between processes: a user's group
carries that user's topics, and reaches the processes with a socket of that user. News for many
users at once travels in a few large messages through the one group that every process is in.

Frames are written here, once, and handed through to the sockets as they are.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from channels.layers import get_channel_layer

from notifications.models import Inbox, Notification
from notifications.wire import notification_frame
from stockwatch.background import background_loop
from stockwatch.rowset import slices

logger = logging.getLogger(__name__)

PUBLISH_TIMEOUT = 5.0
"""Seconds. Redis that takes longer is as good as away: the log has it, a later hint repeats it."""

MESSAGE_TYPE = "hub.deliver"

EVERYONE = "everyone"
"""The group that every web process is in."""

FEW_GROUPS = 16
"""So many groups get a message each; each costs the sender and the receiver a turn."""

TOPICS_A_MESSAGE = 100
"""Users; few enough that the first are told long before the last frame is written."""

Message = Mapping[str, Any]


def user_group(user_id: int) -> str:
    """Name the group that every process with a socket of this user joins."""
    return f"user.{user_id}"


NOTIFICATIONS = "notifications."


def notifications_topic(user_id: int) -> str:
    """Name the topic of a user's log.

    Its payloads: `{"items": [[seq, frame], …]}` new notifications as their frames' texts,
    `{"head": n}` the newest number, `{"read_up_to": n}` a read mark, `{"read": [seq, …]}` single
    ones that were read.
    """
    return f"{NOTIFICATIONS}{user_id}"


def user_of_topic(topic: str) -> int:
    """Return whose log a notifications topic is about."""
    return int(topic.removeprefix(NOTIFICATIONS))


def publish(messages: Mapping[str, Message]) -> bool:
    """Send each group its topics and payloads; return False, and log, if Redis would not."""
    if not messages:
        return True
    try:
        background_loop().run(_send(messages), PUBLISH_TIMEOUT)
    except Exception as error:  # noqa: BLE001 -- a hint may be lost for any reason, never its cause
        logger.warning("could not publish to %d groups: %r", len(messages), error)
        return False
    return True


async def _send(messages: Mapping[str, Message]) -> None:
    layer = get_channel_layer()
    for group, topics in _packed(messages):
        await layer.group_send(group, {"type": MESSAGE_TYPE, "topics": topics})


def _packed(messages: Mapping[str, Message]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Put the topics of many groups into a few messages for everyone."""
    if len(messages) <= FEW_GROUPS:
        yield from ((group, dict(topics)) for group, topics in messages.items())
        return
    packet: dict[str, Any] = {}
    for topics in messages.values():
        packet.update(topics)
        if len(packet) >= TOPICS_A_MESSAGE:
            yield EVERYONE, packet
            packet = {}
    if packet:
        yield EVERYONE, packet


def announce(written: Iterable[Notification]) -> None:
    """Publish notifications that have been committed, and note which numbers are out."""
    by_user = [
        (user_id, list(rows))
        for user_id, rows in groupby(
            sorted(written, key=attrgetter("user_id", "seq")), key=attrgetter("user_id")
        )
    ]
    out: dict[int, int] = {}
    # The first are told while the frames of the next are being written.
    for some in slices(by_user, TOPICS_A_MESSAGE):
        if publish({user_group(user_id): _news(user_id, rows) for user_id, rows in some}):
            out.update((user_id, rows[-1].seq) for user_id, rows in some)
    Inbox.objects.mark_announced(out)


def _news(user_id: int, rows: Sequence[Notification]) -> Message:
    frames = [[row.seq, notification_frame(row, replayed=False)] for row in rows]
    return {notifications_topic(user_id): {"items": frames}}


def repeat_lost_hints() -> int:
    """Publish the head of each inbox whose newest rows a crash kept from being announced.

    Returns how many inboxes that were. The sockets that are behind read the log.
    """
    heads = dict(Inbox.objects.with_lost_hints().values_list("pk", "head"))
    if heads and publish(
        {user_group(pk): {notifications_topic(pk): {"head": head}} for pk, head in heads.items()}
    ):
        Inbox.objects.mark_announced(heads)
    return len(heads)
