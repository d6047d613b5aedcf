"""What a socket's first request shows: a ticket in its path, or the session's cookie."""

from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie
from django.utils.translation import gettext as _

from notifications.socket import authentication, tickets
from notifications.socket.authentication import Credential
from notifications.socket.connection import FORBIDDEN, NOT_AUTHENTICATED
from notifications.socket.frames import FrameError
from notifications.socket.origin import may_use_cookie
from stockwatch.database import Batched

TICKETS = Batched(tickets.redeem)
SESSIONS = Batched(authentication.by_sessions)
TOKENS = Batched(authentication.by_tokens)


def ping_interval() -> int:
    """Return after how many seconds a client may expect a ping."""
    return int(settings.WS_PING_SECONDS)


async def identify(scope: dict[str, Any]) -> Credential | None:
    """Return what the handshake shows; None if it shows nobody, and an `auth` frame must.

    FrameError for a ticket that is not valid, and for a cookie that comes from another site's
    page, or belongs to another user than the page does.
    """
    ticket = scope.get("url_route", {}).get("kwargs", {}).get("ticket")
    if ticket:
        credential = await TICKETS.get(tickets.Shown(ticket, by=object()))
        if credential is None:
            message = _("This ticket is unknown, used, or too old.")
            raise FrameError("not_authenticated", message, close=NOT_AUTHENTICATED)
        return credential
    session_key = _cookies(scope).get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return None
    if not may_use_cookie(_header(scope, b"origin"), _header(scope, b"host")):
        message = _("The cookie may be used by this site's own pages only.")
        raise FrameError("forbidden", message, close=FORBIDDEN)
    credential = await SESSIONS.get(session_key)
    if credential is not None and _meant(scope) not in ("", str(credential.user_id)):
        # The browser has logged in as somebody else; this page, or worker, is of the one before.
        message = _("This page belongs to another log-in; load it again.")
        raise FrameError("not_authenticated", message, close=NOT_AUTHENTICATED)
    return credential


async def by_token(token: str) -> Credential:
    """Return what a token of an `auth` frame stands for; FrameError where that is nothing."""
    credential = await TOKENS.get(token)
    if credential is None:
        message = _("token: unknown or expired.")
        raise FrameError("not_authenticated", message, close=NOT_AUTHENTICATED)
    return credential


def _meant(scope: dict[str, Any]) -> str:
    """Return the id of the user whose page connects, if it says so."""
    query = str(scope.get("query_string", b""), "latin1")
    return parse_qs(query).get("user", [""])[0]


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    return parse_cookie(_header(scope, b"cookie"))


def _header(scope: dict[str, Any], name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return values[0].decode("latin1") if len(values) == 1 else ""
