"""A user's log-ins, and their ends. A session that is gone closes its sockets within seconds."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from stockwatch import devices
from stockwatch.account.models import LogIn
from stockwatch.account.presence import RECENT
from stockwatch.audit.models import Deed
from stockwatch.audit.recording import record

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A log-in as its user sees it."""

    pk: int
    device: str
    is_handheld: bool
    address: str
    created_at: datetime
    seen_at: datetime
    is_this: bool
    is_here: bool


def lines(user_id: int, this: str | None, now: datetime) -> list[Line]:
    """Return the log-ins that still hold; the one with the session `this` first."""
    known = list(LogIn.objects.filter(user_id=user_id).order_by("-seen_at", "-pk")[:MOST_SHOWN])
    sessions = Session.objects.filter(
        session_key__in=[one.session_key for one in known], expire_date__gt=now
    )
    alive = set(sessions.values_list("session_key", flat=True))
    found = [_line(one, this, now) for one in known if one.session_key in alive]
    return sorted(found, key=lambda line: not line.is_this)


def _line(one: LogIn, this: str | None, now: datetime) -> Line:
    is_this = one.session_key == this
    return Line(
        pk=one.pk,
        device=devices.device(one.agent),
        is_handheld=devices.is_handheld(one.agent),
        address=one.address,
        created_at=one.created_at,
        seen_at=one.seen_at,
        is_this=is_this,
        is_here=is_this or now - one.seen_at < RECENT,
    )


def end(user_id: int, pk: int) -> bool:
    """End one log-in; False where there is none."""
    keys = LogIn.objects.filter(user_id=user_id, pk=pk).values_list("session_key", flat=True)
    return _end(user_id, list(keys)) > 0


def end_others(user_id: int, this: str | None) -> int:
    """End every log-in but the one with the session `this`; return how many that were.

    Sessions that were never noted are found by what is in them.
    """
    keys = set(LogIn.objects.filter(user_id=user_id).values_list("session_key", flat=True))
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if str(session.get_decoded().get(SESSION_KEY, "")) == str(user_id):
            keys.add(session.session_key)
    return _end(user_id, [key for key in keys if key != this])


def _end(user_id: int, keys: list[str]) -> int:
    with transaction.atomic():
        LogIn.objects.filter(session_key__in=keys).delete()
        ended = Session.objects.filter(session_key__in=keys).delete()[0]
        if ended:
            record(Deed.DELETED, LogIn, owner_id=user_id, changes=[["count", None, ended]])
        return ended


def moved(before: str | None, after: str | None) -> None:
    """Note that a session has got another key."""
    if before and after:
        LogIn.objects.filter(session_key=before).update(session_key=after)
