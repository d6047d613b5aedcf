"""One's own monitors in REST."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from monitors import lifecycle
from monitors.filters import MonitorFilter
from monitors.models import Monitor, MonitorStatus
from monitors.serializers import (
    MonitorSerializer,
    SnoozeSerializer,
)

EXAMPLE = OpenApiExample(
    "Moutai",
    request_only=True,
    value={
        "symbol": "600519",
        "rating": "buy",
        "rules": [
            {"kind": "entry_zone", "min": "1650", "max": "1680"},
            {"kind": "take_profit", "price": "1800"},
            {"kind": "stop_loss", "price": "1600", "repeat": "once"},
        ],
    },
)


class Conflict(APIException):
    """The request is sound but does not fit the present state."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class MonitorViewSet(ModelViewSet[Monitor]):
    """Your monitors. What belongs to someone else is not found."""

    serializer_class = MonitorSerializer
    filterset_class = MonitorFilter
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Monitor]:
        if getattr(self, "swagger_fake_view", False):
            return Monitor.objects.none()
        return Monitor.objects.of(self.request.user.pk).with_all().order_by("-created_at", "-pk")

    @extend_schema(examples=[EXAMPLE])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Watch a stock; its rules are armed at once."""
        return super().create(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        monitor = serializer.save(owner_id=self.request.user.pk)
        serializer.instance = self.get_queryset().get(pk=monitor.pk)

    def perform_update(self, serializer: Any) -> None:
        try:
            serializer.save()
            serializer.instance = self.get_queryset().get(pk=serializer.instance.pk)
        except Monitor.DoesNotExist as error:  # deleted while it was edited
            raise NotFound from error

    def perform_destroy(self, instance: Monitor) -> None:
        lifecycle.delete([instance])

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop watching; nothing fires until you resume."""
        lifecycle.pause([self.get_object()])
        return self._shown()

    @extend_schema(request=SnoozeSerializer, responses=MonitorSerializer)
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Pause until a time, then watch again.

        A pause for a time is made longer or shorter. 409 while the monitor is paused for good, or
        expired.
        """
        monitor = self.get_object()
        wanted = SnoozeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        if not lifecycle.snooze([monitor], wanted.validated_data["until"]):
            raise Conflict(_("The monitor does not watch anyhow: resume it first."))
        return self._shown()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Watch again, with all rules armed anew."""
        lifecycle.resume([self.get_object()])
        return self._shown()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def rearm(self, request: Request, pk: str) -> Response:
        """Arm the rules that have fired. 409 while the monitor is paused or expired."""
        monitor = self.get_object()
        lifecycle.rearm([monitor])
        if monitor.status != MonitorStatus.ACTIVE:
            raise Conflict(_("The monitor is not active: resume it, which arms its rules."))
        return self._shown()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Have back a monitor that you deleted minutes ago, under its id. Later it is not found."""
        if lifecycle.restore_one(cast(User, request.user).pk, int(pk)) is None:
            raise NotFound
        return self._shown()

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
