"""Where notifications and their ways are found under `/api/v1/`."""

from collections.abc import Callable, Collection

from django.urls import URLPattern, path, re_path

from notifications.delivery import api as delivery_api
from notifications.destinations import api as destination_api
from notifications.destinations import browser_api
from notifications.log.api import MarkRead, NotificationList
from notifications.socket.api import IssueTicket
from notifications.wordings import api as wording_api

KEY = "(?P<pk>[0-9]{1,18})"


def urlpatterns(
    read_symbol: Callable[[str], str], notification_kinds: Collection[str]
) -> list[URLPattern]:
    """Return the addresses.

    `read_symbol` returns a symbol as the log has it, or ValueError; `notification_kinds` are all
    that notifications can be about.
    """
    log = NotificationList.as_view(read_symbol=read_symbol)
    return [
        path("realtime/notifications", log, name="api-notifications"),
        path("realtime/notifications/read", MarkRead.as_view(), name="api-notifications-read"),
        path("realtime/ticket", IssueTicket.as_view(), name="api-ticket"),
        *_destinations(notification_kinds),
        *_wordings(notification_kinds),
        path("deliveries", delivery_api.DeliveryList.as_view(), name="api-deliveries"),
        re_path(f"^deliveries/{KEY}/redeliver$", delivery_api.Redeliver.as_view()),
    ]


def _destinations(notification_kinds: Collection[str]) -> list[URLPattern]:
    kinds = {"notification_kinds": notification_kinds}
    all_of_them = destination_api.DestinationViewSet.as_view(
        {"get": "list", "post": "create"}, **kinds
    )
    one = destination_api.DestinationViewSet.as_view(
        {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"},
        **kinds,
    )
    unsaved = destination_api.TestUnsaved.as_view(**kinds)
    ways = destination_api.DestinationKinds.as_view()
    return [
        path("destinations", all_of_them, name="api-destinations"),
        path("destinations/kinds", ways, name="api-destination-kinds"),
        path("destinations/browser", browser_api.ThisBrowser.as_view(), name="api-browser"),
        path("destinations/test", unsaved, name="api-destination-test"),
        re_path(f"^destinations/{KEY}$", one, name="api-destination"),
        re_path(f"^destinations/{KEY}/test$", destination_api.TestDestination.as_view(**kinds)),
    ]


def _wordings(notification_kinds: Collection[str]) -> list[URLPattern]:
    kinds = {"notification_kinds": notification_kinds}
    all_of_them = wording_api.WordingViewSet.as_view({"get": "list", "post": "create"}, **kinds)
    one = wording_api.WordingViewSet.as_view(
        {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"},
        **kinds,
    )
    preview = wording_api.PreviewWording.as_view(**kinds)
    return [
        path("templates", all_of_them, name="api-templates"),
        path("templates/preview", preview, name="api-template-preview"),
        re_path(f"^templates/{KEY}$", one, name="api-template"),
    ]
