"""Everything that is kept of a user, as a ZIP of JSON files, written while it is sent.

Rows are read a page at a time by their keys, so neither memory nor a transaction grows with them.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet

from monitors.models import Monitor
from monitors.wire import monitor_data
from notifications.models import Delivery, Destination, Inbox, Notification, Wording, with_pending
from notifications.wire import (
    delivery_data,
    destination_data,
    moment,
    notification_data,
    wording_data,
)
from stockwatch import devices
from stockwatch.account import tokens
from stockwatch.account.models import LogIn
from stockwatch.models import Preferences

PAGE = 1000
PIECE = 64 * 1024

Write = Callable[[Any], dict[str, Any]]


class _Tray:
    """A file that cannot be sought: what is written to it waits to be taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no disk behind."""

    def close(self) -> None:
        """Do nothing: what was written is still to be taken."""

    def take(self) -> bytes:
        """Hand out what has come since the last time."""
        taken, self._parts, self.size = b"".join(self._parts), [], 0
        return taken


def archive(user: User) -> Iterator[bytes]:
    """Yield the ZIP, piece by piece."""
    tray = _Tray()
    with ZipFile(tray, "w", ZIP_DEFLATED) as archive:
        archive.writestr("account.json", orjson.dumps(_account(user), option=orjson.OPT_INDENT_2))
        for name, rows, write in _tables(user):
            with archive.open(f"{name}.json", "w") as file:
                for line in _lines(rows, write):
                    file.write(line)
                    if tray.size >= PIECE:
                        yield tray.take()
    yield tray.take()


async def stream(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces, each made in the request's own thread while the last one travels."""
    following = sync_to_async(lambda: next(pieces, b""))
    while piece := await following():
        yield piece


def _lines(rows: QuerySet[Any], write: Write) -> Iterator[bytes]:
    """Yield a JSON array, an element a line."""
    before = b"[\n"
    for row in _paged(rows):
        yield before + orjson.dumps(write(row))
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _paged(rows: QuerySet[Any]) -> Iterator[Model]:
    rows, last = rows.order_by("pk"), None
    while page := list((rows if last is None else rows.filter(pk__gt=last))[:PAGE]):
        yield from page
        last = page[-1].pk


def _tables(user: User) -> list[tuple[str, QuerySet[Any], Write]]:
    mine = user.pk
    return [
        ("monitors", Monitor.objects.of(mine).with_all(), monitor_data),
        ("notifications", Notification.objects.for_user(mine), notification_data),
        ("destinations", with_pending(Destination.objects.of(mine)), destination_data),
        ("wordings", Wording.objects.filter(user_id=mine), wording_data),
        ("deliveries", Delivery.objects.of(mine).with_all(), delivery_data),
        ("log-ins", LogIn.objects.filter(user_id=mine), _log_in_data),
        ("tokens", tokens.of(mine), _token_data),
    ]


def _account(user: User) -> dict[str, Any]:
    chosen = Preferences.of(user.pk)
    return {
        "username": user.get_username(),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "joined_at": moment(user.date_joined),
        "last_log_in_at": moment(user.last_login),
        "preferences": {
            "language": Inbox.objects.language_of(user.pk),
            "zone": chosen.zone,
            "theme": chosen.theme,
            "colours": chosen.colours,
            "sound": chosen.sound,
            "quiet_from": chosen.quiet_from,
            "quiet_until": chosen.quiet_until,
            "quiet_lets_urgent": chosen.quiet_lets_urgent,
        },
    }


def _log_in_data(one: LogIn) -> dict[str, Any]:
    return {
        "device": devices.device(one.agent),
        "agent": one.agent,
        "address": one.address,
        "logged_in_at": moment(one.created_at),
        "seen_at": moment(one.seen_at),
    }


def _token_data(token: Any) -> dict[str, Any]:
    named = getattr(token, "named", None)
    return {
        "name": named.name if named else "",
        "begins_with": token.token_key,
        "created_at": moment(token.created),
        "expires_at": moment(token.expiry),
        "used_at": moment(named.used_at) if named else None,
    }
