"""Where the pages of notifications are."""

from django.urls import URLPattern, path

from notifications import views
from notifications.views import Subjects


def urlpatterns(subjects: Subjects) -> list[URLPattern]:
    """Return the addresses; `subjects` know what notifications are about."""
    return [
        path(
            "notifications/",
            views.notification_list,
            {"subjects": subjects},
            name="notification-list",
        ),
        path("notifications/read/", views.read, name="notification-read"),
        path("push/worker.js", views.push_worker, name="push-worker"),
    ]
