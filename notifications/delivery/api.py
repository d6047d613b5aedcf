"""Deliveries in REST: what was tried, when, and how it ended (contract §4)."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.delivery.filters import DeliveryFilters
from notifications.delivery.serializers import DeliverySerializer
from notifications.delivery.switching import send_again
from notifications.models import Delivery


class DeliveryList(ListAPIView[Delivery]):
    """What was sent where, newest first, each with its tries."""

    queryset = Delivery.objects.none()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters

    def get_queryset(self) -> QuerySet[Delivery]:
        """Return those of the user's own notifications."""
        return Delivery.objects.of(self.request.user.pk).with_all().order_by("-pk")

    @extend_schema(tags=["deliveries"])
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List deliveries."""
        return super().get(request, *args, **kwargs)


class NotSentAgain(APIException):
    """The delivery is in no state to be sent again."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Redeliver(APIView):
    """Once more."""

    @extend_schema(request=None, responses=DeliverySerializer, tags=["deliveries"])
    def post(self, request: Request, pk: str) -> Response:
        """Send a delivery that has ended again. 409 while it is pending or its destination off."""
        mine = Delivery.objects.of(request.user.pk).filter(pk=pk)
        if not mine.exists():
            raise NotFound
        if not send_again(mine, timezone.now()):
            message = _("It is still to be sent, or its destination is off: turn that on first.")
            raise NotSentAgain(message)
        return Response(DeliverySerializer(mine.with_all().get()).data)
