"""Where the pages of notifications are."""

from django.urls import URLPattern, path

from notifications import views
from notifications.views import Kinds


def urlpatterns(kinds: Kinds) -> list[URLPattern]:
    """Return the addresses; `kinds` are the names and labels of what notifications are about."""
    return [
        path("notifications/", views.notification_list, {"kinds": kinds}, name="notification-list"),
        path("notifications/read/", views.read, name="notification-read"),
    ]
