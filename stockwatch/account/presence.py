"""Notes which session is used on which device, and which named token, without a write a request."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from knox.models import AuthToken

from stockwatch.account.models import LogIn, NamedToken
from stockwatch.account.tokens import is_named

EVERY = 300
"""Seconds after which it is noted again that a session is in use, or a token."""

NOTED = "seen"
"""Where a session keeps when that was, so that nothing is asked meanwhile."""

MOST_REMEMBERED = 10_000

Next = Callable[[HttpRequest], HttpResponseBase]


class Presence:
    """Notes who was here, once the request has been answered."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._tokens: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        shown = getattr(request, "auth", None)  # the API leaves it here
        if isinstance(shown, AuthToken):
            self._token(shown)
        elif request.session.accessed:
            _session(request)
        return response

    def _token(self, token: AuthToken) -> None:
        now = time.monotonic()
        before = self._tokens.get(token.digest)
        if not is_named(token) or (before is not None and now - before < EVERY):
            return
        if len(self._tokens) >= MOST_REMEMBERED:
            self._tokens.clear()
        self._tokens[token.digest] = now
        NamedToken.objects.filter(pk=token.digest).update(used_at=timezone.now())


def begin(request: HttpRequest | None = None, user: Any = None, **_signal: Any) -> None:
    """Note a log-in: the signal's receiver. One by the API has no session."""
    if request is None or not hasattr(request, "session"):
        return
    if request.session.session_key and SESSION_KEY in request.session:
        note(request, user)
        _forget_ended(user)


def _forget_ended(user: User) -> None:
    alive = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    LogIn.objects.filter(~Exists(alive), user=user).delete()


def _session(request: HttpRequest) -> None:
    session = request.session
    if session.session_key is None or SESSION_KEY not in session:
        return
    if not 0 <= time.time() - session.get(NOTED, 0) < EVERY and request.user.is_authenticated:
        note(request, request.user)


def note(request: HttpRequest, user: User) -> None:
    """Note that a session is in use."""
    session = request.session
    session[NOTED] = time.time()
    LogIn.objects.update_or_create(
        session_key=cast(str, session.session_key),
        defaults={
            "user": user,
            "agent": request.headers.get("User-Agent", "")[:300],
            "address": request.META.get("REMOTE_ADDR", "")[:45],
            "seen_at": timezone.now(),
        },
    )


RECENT = timedelta(seconds=2 * EVERY)
"""Whoever was seen within this time is here now, as far as one can tell."""
