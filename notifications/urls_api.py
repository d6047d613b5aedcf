"""Where notifications are found under `/api/v1/`."""

from collections.abc import Callable

from django.urls import URLPattern, path

from notifications.api import IssueTicket, MarkRead, NotificationList


def urlpatterns(read_symbol: Callable[[str], str]) -> list[URLPattern]:
    """Return the addresses; `read_symbol` returns a symbol as the log has it, or ValueError."""
    log = NotificationList.as_view(read_symbol=read_symbol)
    return [
        path("realtime/notifications", log, name="api-notifications"),
        path("realtime/notifications/read", MarkRead.as_view(), name="api-notifications-read"),
        path("realtime/ticket", IssueTicket.as_view(), name="api-ticket"),
    ]
