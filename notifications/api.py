"""REST: the log, the read marks, and the ticket that opens a socket (contract §4)."""

from collections.abc import Callable
from dataclasses import asdict
from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.filters import NotificationFilters
from notifications.models import Notification
from notifications.reading import mark_read
from notifications.serializers import (
    NotificationSerializer,
    ReadSerializer,
    ReadStateSerializer,
    TicketSerializer,
)
from notifications.socket import authentication, tickets

NOTIFICATION_EXAMPLE = OpenApiExample(
    "Take profit",
    value={
        "seq": 813,
        "kind": "take_profit",
        "severity": "normal",
        "monitor": 7,
        "rule": 2,
        "symbol": "600519.SH",
        "name": "贵州茅台",
        "price": "1800.10",
        "level": "1800",
        "title": "600519.SH reached 1800",
        "body": "The price is 1800.10.",
        "url": "/monitors/7",
        "data": {},
        "quote_at": "2026-11-23T10:31:02+08:00",
        "created_at": "2026-11-23T10:31:03.120000+08:00",
        "read_at": None,
    },
    response_only=True,
)


class NotificationList(ListAPIView[Notification]):
    """The user's notifications, newest first; with `after_seq` those behind it, oldest first."""

    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    read_symbol: Callable[[str], str] = staticmethod(str.upper)
    """Returns a symbol as the log has it, or raises ValueError; the composition root gives it."""

    def get_queryset(self) -> QuerySet[Notification]:
        """Return the user's own log, and nothing of anyone else's."""
        if not self.request.user.is_authenticated:  # only the schema asks so
            return Notification.objects.none()
        return Notification.objects.for_user(self.request.user.pk).order_by("-seq")

    @extend_schema(examples=[NOTIFICATION_EXAMPLE], tags=["notifications"])
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List notifications."""
        return super().get(request, *args, **kwargs)


class MarkRead(APIView):
    """Read marks: set here, seen on all devices."""

    @extend_schema(
        request=ReadSerializer,
        responses=ReadStateSerializer,
        tags=["notifications"],
        examples=[
            OpenApiExample("Up to 815", value={"up_to": 815}, request_only=True),
            OpenApiExample(
                "Two were new",
                value={"up_to": 815, "marked": 2, "unread": 0, "head": 815},
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Mark everything up to a number as read."""
        wanted = ReadSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        user = cast(User, request.user)
        return Response(asdict(mark_read(user.pk, wanted.validated_data["up_to"])))


class TicketsUnavailable(APIException):
    """Redis, which keeps the tickets, is away."""

    status_code = 503
    default_code = "unavailable"


class IssueTicket(APIView):
    """Tickets: a browser cannot send a token when it opens a socket, but it can name an address."""

    @extend_schema(
        request=None,
        responses=TicketSerializer,
        tags=["notifications"],
        examples=[
            OpenApiExample(
                "A ticket",
                value={
                    "ticket": "q9v3…",
                    "expires_in": tickets.SECONDS,
                    "url": "/ws/realtime/q9v3…",
                },
                response_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Issue a ticket for one socket; it lives for 30 seconds and as long as its log-in."""
        credential = authentication.of_request(request)
        if credential is None:
            raise PermissionDenied
        try:
            ticket = tickets.issue(credential)
        except RedisError as error:
            raise TicketsUnavailable(_("Tickets are not available now; try again.")) from error
        return Response(
            {
                "ticket": ticket,
                "expires_in": tickets.SECONDS,
                "url": f"/ws/realtime/{ticket}",
            }
        )
