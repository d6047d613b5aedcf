"""Where notifications are found under `/api/v1/`."""

from django.urls import path

from notifications.api import IssueTicket, MarkRead, NotificationList

urlpatterns = [
    path("realtime/notifications", NotificationList.as_view(), name="api-notifications"),
    path("realtime/notifications/read", MarkRead.as_view(), name="api-notifications-read"),
    path("realtime/ticket", IssueTicket.as_view(), name="api-ticket"),
]
