"""Which credentials hold no more: the log-out, the changed password, the disabled user."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.models import get_token_model

from notifications.models.log import USERS
from notifications.socket.authentication import Credential, password_fingerprint
from notifications.socket.connection import EXPIRED, REVOKED

T = TypeVar("T")

BATCH = 5000
"""Rows a query; SQLite takes 32,766 parameters."""


def verdicts(credentials: Collection[Credential]) -> dict[Credential, int]:
    """Return those that hold no more, with the close code that says why.

    Three queries for all of them: users, tokens, sessions.
    """
    passwords = _passwords({credential.user_id for credential in credentials})
    tokens = _rows(
        {credential.token for credential in credentials if credential.token},
        lambda keys: get_token_model().objects.filter(pk__in=keys).values_list("digest", "expiry"),
    )
    sessions = _rows(
        {credential.session for credential in credentials if credential.session},
        lambda keys: Session.objects.filter(pk__in=keys).values_list("session_key", "expire_date"),
    )
    fingerprints = {pk: password_fingerprint(password) for pk, password in passwords.items()}
    now = timezone.now()
    found = {
        credential: verdict(
            credential,
            known=tokens if credential.token else sessions,
            fingerprint=fingerprints.get(credential.user_id),
            now=now,
        )
        for credential in credentials
    }
    return {credential: code for credential, code in found.items() if code is not None}


def verdict(
    credential: Credential,
    *,
    known: dict[str, datetime | None],
    fingerprint: str | None,
    now: datetime,
) -> int | None:
    """Return the code to close with, or None: `known` are the expiries of what still exists."""
    if fingerprint != credential.password:
        return REVOKED
    shown = credential.token or credential.session
    # What has expired is deleted sooner or later: its own expiry tells it from a log-out.
    expires = known.get(shown, credential.expires_at)
    if expires is not None and expires <= now:
        return EXPIRED
    return None if shown in known else REVOKED


def _passwords(user_ids: Collection[int]) -> dict[int, str]:
    """Return the active users' passwords in their stored form."""
    table = get_user_model()._meta.db_table  # noqa: SLF001
    active = USERS.probing(table, ("id", "password"), "t.id = r.user_id AND t.is_active")
    rows = [(user_id,) for user_id in user_ids]
    return {row[0]: row[1] for row in USERS.run(f"WITH {USERS.cte()} {active}", rows)}


def _rows(keys: Iterable[T], query: Callable[[list[T]], Iterable[Any]]) -> dict[T, Any]:
    return {key: value for batch in _batches(keys) for key, value in query(batch)}


def _batches(keys: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch
