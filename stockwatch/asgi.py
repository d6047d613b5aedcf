"""The web process: HTTP by Django, sockets by the consumer with the streams of both apps."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stockwatch.settings")
http = get_asgi_application()

# Only after Django is set up: these import models.
from monitors.streams import MonitorsStream, QuotesStream  # noqa: E402
from notifications.socket.consumers import RealtimeConsumer, refuse  # noqa: E402
from notifications.socket.inbox_stream import NotificationStream  # noqa: E402

realtime = RealtimeConsumer.as_asgi(streams=[NotificationStream, QuotesStream, MonitorsStream])

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": URLRouter(
            [
                re_path(r"^ws/realtime(?:/(?P<ticket>[^/]+))?/?$", realtime),  # type: ignore[arg-type]
                re_path(r"", refuse),  # type: ignore[arg-type]
            ]
        ),
    }
)
