"""Who a socket is for, and what that was shown by: a token, or the session's cookie.

Look-ups take many at a time: after a restart thousands of sockets come back within a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from knox.crypto import hash_token
from knox.models import AuthToken, get_token_model
from rest_framework.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a socket was opened with. It is looked at again for as long as the socket is open."""

    user_id: int
    password: str
    """A fingerprint of the user's password, which tells a change and nothing else."""
    token: str = ""
    """The digest of a knox token, or empty."""
    session: str = ""
    """The key of a session, or empty."""
    expires_at: datetime | None = None


def password_fingerprint(encoded: str) -> str:
    """Return a text that changes when the password does, from the password's stored form.

    Keyed BLAKE2b (RFC 7693): every open socket's is compared every few seconds.
    """
    return blake2b(encoded.encode(), key=_fingerprint_key(), digest_size=16).hexdigest()


@cache
def _fingerprint_key() -> bytes:
    return salted_hmac("notifications.authentication", "password", algorithm="sha256").digest()


def by_tokens(tokens: Sequence[str]) -> dict[str, Credential]:
    """Return what tokens stand for; unknown and expired ones, and those of inactive users, do not.

    A token is a long random secret, found by its digest: nothing is learned from how long it takes.
    """
    digests = {digest: token for token in tokens if (digest := _digest(token))}
    known = get_token_model().objects.filter(digest__in=digests, user__is_active=True)
    now = timezone.now()
    return {
        digests[row.digest]: _credential(row.user, token=row.digest, expires=row.expiry)
        for row in known.select_related("user")
        if row.expiry is None or row.expiry > now
    }


def _digest(token: str) -> str:
    try:
        return str(hash_token(token))
    except (ValueError, TypeError):  # characters that cannot be in a token, such as lone surrogates
        return ""


def by_sessions(session_keys: Sequence[str]) -> dict[str, Credential]:
    """Return what sessions are logged in as; unknown, ended and anonymous ones are left out."""
    stored = Session.objects.filter(
        session_key__in=[key for key in session_keys if key.isalnum()],
        expire_date__gt=timezone.now(),
    )
    sessions = {row.session_key: (row.get_decoded(), row.expire_date) for row in stored}
    users = get_user_model().objects.filter(is_active=True)
    by_id = {
        str(user.pk): user
        for user in users.filter(pk__in={_user_id(data) for data, _expires in sessions.values()})
    }
    return {
        key: _credential(by_id[str(_user_id(data))], session=key, expires=expires)
        for key, (data, expires) in sessions.items()
        if _is_logged_in(data, by_id.get(str(_user_id(data))))
    }


def _user_id(data: dict[str, Any]) -> int:
    try:
        return int(data.get(SESSION_KEY, 0))
    except ValueError:
        return 0


def _is_logged_in(data: dict[str, Any], user: User | None) -> bool:
    if user is None or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    shown = data.get(HASH_SESSION_KEY, "")
    return any(
        constant_time_compare(shown, valid)
        for valid in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    )


def of_request(request: Request) -> Credential | None:
    """Return what a REST request was authenticated with; None if by neither token nor session."""
    user = cast(User, request.user)
    if request.auth is not None:
        shown = cast(AuthToken, request.auth)
        return _credential(user, token=shown.digest, expires=shown.expiry)
    session = request.session
    if not session.session_key:
        return None
    return _credential(user, session=session.session_key, expires=session.get_expiry_date())


def _credential(
    user: User, *, expires: datetime | None, token: str = "", session: str = ""
) -> Credential:
    return Credential(
        user_id=user.pk,
        password=password_fingerprint(user.password),
        token=token,
        session=session,
        expires_at=expires,
    )
