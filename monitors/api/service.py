"""The monitoring service in REST: its state, and its switch."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from monitors.models import Service
from monitors.polling.status import service_state
from monitors.polling.status import status as service_status


class ServiceState(serializers.Serializer[Any]):
    """Whether the monitoring service runs."""

    running = serializers.BooleanField()
    since = serializers.DateTimeField()


class StartView(APIView):
    """Start the monitoring service."""

    permission_classes = [IsAdminUser]

    @extend_schema(request=None, responses=ServiceState)
    def post(self, request: Request) -> Response:
        """Start the service; nothing happens if it runs. Staff only."""
        Service.switch(running=True)
        return Response(service_state())


class StopView(APIView):
    """Stop the monitoring service."""

    permission_classes = [IsAdminUser]

    @extend_schema(request=None, responses=ServiceState)
    def post(self, request: Request) -> Response:
        """Stop the service, until it is started, restarts included. Staff only."""
        Service.switch(running=False)
        return Response(service_state())


class StatusView(APIView):
    """How the monitoring service is doing."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The service, its last sweep, its sources, the markets."""
        return Response(service_status())
