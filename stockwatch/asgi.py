"""The web process: HTTP by Django, sockets by the consumer with the streams of both apps."""

import os
import re
from collections.abc import Awaitable
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stockwatch.settings")
http = get_asgi_application()

# Only after Django is set up: these import models.
from monitors.streams import MonitorsStream, QuotesStream, WatchlistStream  # noqa: E402
from notifications.socket.consumers import RealtimeConsumer, refuse  # noqa: E402
from notifications.socket.inbox_stream import NotificationStream  # noqa: E402
from stockwatch.garbage import shorten_pauses  # noqa: E402

realtime = RealtimeConsumer.as_asgi(
    streams=[NotificationStream, QuotesStream, MonitorsStream, WatchlistStream]
)

REALTIME = re.compile(r"/ws/realtime(?:/(?P<ticket>[^/]+))?/?")


def application(scope: dict[str, Any], receive: Any, send: Any) -> Awaitable[None]:
    """Serve one HTTP request or one socket.

    Not a coroutine around the one that serves: an open socket would keep both, and what Channels'
    routers keep between them is a tenth of what a socket costs.
    """
    if scope["type"] == "websocket":
        found = REALTIME.fullmatch(scope["path"])
        if found is None:
            return refuse(scope, receive, send)
        scope["url_route"] = {"kwargs": found.groupdict()}
        return realtime(scope, receive, send)
    return http(scope, receive, send)


markcoroutinefunction(application)
shorten_pauses()
