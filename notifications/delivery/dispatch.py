"""The one door into the log: `notify` numbers, writes, and announces on commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from notifications import realtime
from notifications.delivery.outbox import nudge
from notifications.delivery.routing import routes
from notifications.models import Delivery, Destination, Inbox, Notification
from notifications.models.log import KEYS
from notifications.severity import Severity
from stockwatch.rowset import Rowset

LOG = Rowset(
    "incoming",
    {
        "user_id": "bigint",
        "seq": "bigint",
        "key": "text",
        "kind": "text",
        "severity": "smallint",
        "monitor": "bigint",
        "rule": "bigint",
        "symbol": "text",
        "name": "text",
        "price": "text",
        "level": "text",
        "title": "text",
        "body": "text",
        "url": "text",
        "quote_at": "timestamptz",
        "data": "jsonb",
        "created_at": "timestamptz",
    },
)

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notification before it has a number. Lazy texts come out in the reader's language."""

    user_id: int
    key: str
    """Names the event for this user; a second draft with the same key is not written again."""
    kind: str
    title: Text
    body: Text = ""
    severity: Severity = Severity.NORMAL
    destinations: Collection[int] | None = None
    """Ids of the only destinations to use; None for those that the user's settings choose."""
    not_to: int | None = None
    """The id of the destination that it is about, where that is not to be told of itself."""
    monitor: int | None = None
    rule: int | None = None
    symbol: str = ""
    name: str = ""
    price: str = ""
    level: str = ""
    url: str = ""
    quote_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)


def notify(drafts: Sequence[Draft]) -> list[Notification]:
    """Write the drafts into their users' logs, in the order given, inside the open transaction.

    1. The users' inboxes are locked in user order, so numbers have no gap and land in order.
    2. Events that are already on record (same user and key) are left out.
    3. Numbers are given, rows written, heads moved.
    4. On commit, and only then, the news is published.

    Returns the rows that were written.
    """
    if not drafts:
        return []
    inboxes = {inbox.pk: inbox for inbox in Inbox.objects.locked_for(d.user_id for d in drafts)}
    seen = _keys_on_record(drafts)
    written: list[Notification] = []
    told: list[Draft] = []
    now = timezone.now()
    for draft in drafts:
        if (draft.user_id, draft.key) in seen:
            continue
        seen.add((draft.user_id, draft.key))
        inbox = inboxes[draft.user_id]
        inbox.head += 1
        written.append(_numbered(draft, inbox, now))
        told.append(draft)
    LOG.insert("notifications_notification", [_row(one) for one in written])
    Inbox.objects.move_heads(inboxes.values())
    transaction.on_commit(lambda: realtime.announce(written))
    _put_in_outbox(written, told, now)
    return written


def _put_in_outbox(written: Sequence[Notification], told: Sequence[Draft], now: datetime) -> None:
    """Write a delivery for each destination that a notification goes to."""
    by_user = Destination.objects.by_user({one.user_id for one in written})
    if not by_user:
        return
    found = [
        (one, route)
        for one, draft in zip(written, told, strict=True)
        for route in routes(
            [place for place in by_user.get(one.user_id, ()) if place.pk != draft.not_to],
            draft.kind,
            draft.severity,
            now,
            draft.destinations,
        )
    ]
    if not found:
        return
    ids = Notification.objects.ids_of(one for one, _route in found)
    Delivery.objects.bulk_create(
        [
            Delivery(
                user_id=one.user_id,
                notification_id=ids[one.user_id, one.key],
                destination_id=route.destination_id,
                severity=one.severity,
                due_at=route.due_at,
                only_if_unread=route.only_if_unread,
                created_at=now,
            )
            for one, route in found
        ]
    )
    transaction.on_commit(nudge)


def _keys_on_record(drafts: Sequence[Draft]) -> set[tuple[int, str]]:
    same = KEYS.probing(
        "notifications_notification",
        ("user_id", "key"),
        "t.user_id = r.user_id AND t.key = r.key",
    )
    rows = [(draft.user_id, draft.key) for draft in drafts]
    return {(row[0], row[1]) for row in KEYS.run(f"WITH {KEYS.cte()} {same}", rows)}


def _row(written: Notification) -> list[Any]:
    return [
        orjson.dumps(written.data).decode() if name == "data" else getattr(written, name)
        for name in LOG.columns
    ]


def _numbered(draft: Draft, inbox: Inbox, now: datetime) -> Notification:
    with override(inbox.language or settings.LANGUAGE_CODE):
        title, body = str(draft.title), str(draft.body)
    return Notification(
        user_id=draft.user_id,
        seq=inbox.head,
        key=draft.key,
        kind=draft.kind,
        severity=draft.severity,
        monitor=draft.monitor,
        rule=draft.rule,
        symbol=draft.symbol,
        name=draft.name,
        price=draft.price,
        level=draft.level,
        title=title,
        body=body,
        url=draft.url,
        quote_at=draft.quote_at,
        data=draft.data,
        created_at=now,
    )
