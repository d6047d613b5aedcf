"""Where the pages of notifications are."""

from django.urls import URLPattern, path

from notifications import (
    delivery_views,
    destination_views,
    link_views,
    views,
    wording_views,
)
from notifications.subjects import Subjects


def urlpatterns(subjects: Subjects) -> list[URLPattern]:
    """Return the addresses; `subjects` know what notifications are about."""
    about = {"subjects": subjects}
    return [
        path("notifications/", views.notification_list, about, name="notification-list"),
        path("notifications/read/", views.read, name="notification-read"),
        path("notifications/newest/", views.newest, name="notification-newest"),
        path("notifications/<int:seq>/act/", views.act, name="notification-act"),
        path("destinations/", destination_views.destination_list, about, name="destination-list"),
        path("destinations/new/", destination_views.new, about, name="destination-new"),
        path("destinations/<int:pk>/", destination_views.edit, about, name="destination-edit"),
        path(
            "destinations/<int:pk>/on/",
            destination_views.switch,
            {"on": True},
            name="destination-on",
        ),
        path(
            "destinations/<int:pk>/off/",
            destination_views.switch,
            {"on": False},
            name="destination-off",
        ),
        path("destinations/<int:pk>/test/", destination_views.test, name="destination-test"),
        path("destinations/<int:pk>/delete/", destination_views.delete, name="destination-delete"),
        path("wording/", wording_views.wording_list, about, name="wording-list"),
        path("wording/new/", wording_views.new, about, name="wording-new"),
        path("wording/<int:pk>/", wording_views.edit, about, name="wording-edit"),
        path("wording/<int:pk>/delete/", wording_views.delete, name="wording-delete"),
        path("deliveries/", delivery_views.delivery_list, name="delivery-list"),
        path("deliveries/again/", delivery_views.all_again, name="deliveries-again"),
        path("deliveries/<int:pk>/again/", delivery_views.again, name="delivery-again"),
        path("a/<str:token>/", link_views.link, name="notification-link"),
    ]
