"""Where the pages of notifications are."""

from django.urls import URLPattern, path

from notifications import link_views, views
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
        path("a/<str:token>/", link_views.link, name="notification-link"),
    ]
