"""REST: the log, and the read marks (contract §4)."""

from collections.abc import Callable
from dataclasses import asdict
from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.log.filters import NotificationFilters
from notifications.log.reading import mark_read
from notifications.log.serializers import (
    NotificationSerializer,
    ReadSerializer,
    ReadStateSerializer,
)
from notifications.models import Notification

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
