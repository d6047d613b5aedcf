"""Destinations in REST: where a user wants to be told (contract §4)."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from notifications import kinds
from notifications.destinations import editing, trials
from notifications.destinations.params import fields_of
from notifications.destinations.serializers import (
    DestinationSerializer,
    TrialSerializer,
    destination_schemas,
)
from notifications.models import Destination, with_pending
from notifications.transports.base import Transport, TransportError
from stockwatch.rest import unpaged


def _one_of(*, many: bool | None) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name="Destination",
        serializers=destination_schemas,  # type: ignore[arg-type]
        resource_type_field_name="kind",
        many=many,
    )


ONE = _one_of(many=False)


@extend_schema_view(
    list=extend_schema(responses=_one_of(many=None)),
    retrieve=extend_schema(responses=ONE),
    create=extend_schema(request=ONE, responses={201: ONE}),
    update=extend_schema(request=ONE, responses=ONE),
    partial_update=extend_schema(request=ONE, responses=ONE),
)
@extend_schema(tags=["destinations"])
class DestinationViewSet(ModelViewSet[Destination]):
    """Where you want to be told. What belongs to someone else is not found."""

    serializer_class = DestinationSerializer
    notification_kinds: Collection[str] = ()
    """What a destination may be narrowed to; the composition root gives it."""

    def get_queryset(self) -> QuerySet[Destination]:
        if getattr(self, "swagger_fake_view", False):
            return Destination.objects.none()
        return with_pending(Destination.objects.of(self.request.user.pk)).order_by("pk")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "notification_kinds": self.notification_kinds}

    def perform_create(self, serializer: Any) -> None:
        try:
            serializer.save(user_id=self.request.user.pk)
        except editing.TooManyError as error:
            raise ValidationError(editing.too_many()) from error

    def perform_update(self, serializer: Any) -> None:
        try:
            serializer.save()
            serializer.instance = self.get_queryset().get(pk=serializer.instance.pk)
        except Destination.DoesNotExist as error:  # deleted while it was changed
            raise NotFound from error


class DestinationKinds(APIView):
    """The ways of being told that are installed."""

    @extend_schema(responses=OpenApiTypes.OBJECT, tags=["destinations"])
    def get(self, request: Request) -> Response:
        """List the ways, each with the fields of its params, in your language."""
        ways = [
            {
                "kind": kind,
                "label": str(way.label),
                "group": way.guide.group.value,
                "summary": str(way.guide.summary),
                "steps": [str(step) for step in way.guide.steps],
                "browser_key": way.browser_key(),
                "fields": fields_of(way.Params, way.secrets),
            }
            for kind, way in kinds.transport_kinds().items()
        ]
        return Response(unpaged(ways))


class TestDestination(APIView):
    """A test of a destination, as it is or as it would be changed."""

    notification_kinds: Collection[str] = ()

    @extend_schema(request=ONE, responses=TrialSerializer, tags=["destinations"])
    def post(self, request: Request, pk: str) -> Response:
        """Send a test message now, and return what the service answers. 429 where too often.

        With a body, as PATCH takes it, it is sent as the destination would then be; nothing is
        saved.
        """
        destination = Destination.objects.of(request.user.pk).filter(pk=pk).first()
        if destination is None:
            raise NotFound
        if request.data:
            self._change(destination, request.data)
        try:
            transport = destination.transport
        except TransportError as error:
            return Response(asdict(trials.Trial(False, "", str(error), 0)))
        return _tried(request, transport, destination.zone)

    def _change(self, destination: Destination, data: Any) -> None:
        context = {"notification_kinds": self.notification_kinds}
        wanted = DestinationSerializer(destination, data=data, partial=True, context=context)
        wanted.is_valid(raise_exception=True)
        values = dict(wanted.validated_data)
        params = values.pop("params", None)
        for name, value in values.items():
            setattr(destination, name, value)
        if params is not None:
            destination.put_params(params)


class TestUnsaved(APIView):
    """A test of what is no destination yet."""

    notification_kinds: Collection[str] = ()

    @extend_schema(
        operation_id="destinations_test_unsaved",
        request=ONE,
        responses=TrialSerializer,
        tags=["destinations"],
    )
    def post(self, request: Request) -> Response:
        """Send a test message now, and return what the service answers; nothing is saved."""
        context = {"notification_kinds": self.notification_kinds}
        wanted = DestinationSerializer(data=request.data, context=context)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        transport = kinds.transport_kinds()[values["kind"]](values["params"])
        return _tried(request, transport, values["zone"])


def _tried(request: Request, transport: Transport, zone: str) -> Response:
    user = cast(User, request.user)
    if wait := trials.wait_before(user.pk, transport):
        raise Throttled(wait)
    return Response(asdict(trials.send(user.pk, transport, ZoneInfo(zone), timezone.now())))
