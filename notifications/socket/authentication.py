"""Who a socket is for, and what that was shown by: a token, or the session's cookie."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import User
from django.utils.crypto import constant_time_compare, salted_hmac
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
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


@dataclass(frozen=True, slots=True)
class Identity:
    """A user, and what showed who it is."""

    user: User
    credential: Credential


def password_fingerprint(encoded: str) -> str:
    """Return a text that changes when the password does, from the password's stored form."""
    return salted_hmac("notifications.authentication", encoded, algorithm="sha256").hexdigest()


def by_token(token: str) -> Identity | None:
    """Return whom a token belongs to; None if it is unknown, expired, or its user inactive."""
    try:
        user, knox_token = TokenAuthentication().authenticate_credentials(token.encode())
    except (AuthenticationFailed, ValueError):
        # ValueError: characters that cannot be in a token, such as lone surrogates or NUL.
        return None
    return Identity(user, _credential(user, token=knox_token.digest, expires=knox_token.expiry))


def by_session(session_key: str) -> Identity | None:
    """Return whom a session is logged in as; None if it is unknown, over, or anonymous."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    shown, own = session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    if not any(
        constant_time_compare(shown, valid)
        for valid in (own, *user.get_session_auth_fallback_hash())
    ):
        return None
    return Identity(user, _credential(user, session=session_key, expires=session.get_expiry_date()))


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
