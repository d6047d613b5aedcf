"""Where the pages of notifications are."""

from django.urls import URLPattern, path

from notifications.delivery import views as delivery_views
from notifications.destinations import views as destination_views
from notifications.links import views as link_views
from notifications.log import views as log_views
from notifications.subjects import Subjects
from notifications.wordings import views as wording_views


def urlpatterns(subjects: Subjects) -> list[URLPattern]:
    """Return the addresses; `subjects` know what notifications are about."""
    about = {"subjects": subjects}
    return [
        path("notifications/", log_views.notification_list, about, name="notification-list"),
        path("notifications/read/", log_views.read, name="notification-read"),
        path("notifications/newest/", log_views.newest, name="notification-newest"),
        path("notifications/waiting/", log_views.pressing, name="notification-waiting"),
        path("notifications/<int:seq>/act/", log_views.act, name="notification-act"),
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
        path("a/<str:token>/", link_views.show, name="notification-link"),
    ]
