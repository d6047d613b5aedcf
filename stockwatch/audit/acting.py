"""Who acts now: the middleware notes the request, a link names the user whom it was sent to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stockwatch.audit.models import Via


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something."""

    user_id: int | None = None
    name: str = ""
    address: str = ""
    via: Via = Via.SYSTEM


_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_named: ContextVar[Actor | None] = ContextVar("actor", default=None)


def now() -> Actor:
    """Return who acts: who was named, else who sent the request, else Stockwatch itself."""
    return _named.get() or _of_request()


def _of_request() -> Actor:
    request = _request.get()
    if request is None:
        return Actor()
    actor = Actor(address=request.META.get("REMOTE_ADDR", "")[:45], via=_way(request.path_info))
    # Who shows a token is known by the time that anything is done: the API notes it here, too.
    user = getattr(request, "user", None)
    if user is None or user.pk is None:
        return actor
    return replace(actor, user_id=user.pk, name=user.get_username())


def _way(path: str) -> Via:
    if path.startswith("/api/"):
        return Via.API
    return Via.ADMIN if path.startswith("/admin/") else Via.PAGE


@contextmanager
def named(user: Any, via: Via | None = None) -> Iterator[None]:
    """Say who acts inside the block, where no log-in says it."""
    around = _of_request()
    actor = replace(around, user_id=user.pk, name=user.get_username(), via=via or around.via)
    token = _named.set(actor)
    try:
        yield
    finally:
        _named.reset(token)


class Acting:
    """Notes whose request is being answered. It stands behind what finds out who that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)
