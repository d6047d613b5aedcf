"""Browsers in REST: what static/push/ says of the browser that it runs in."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import APIView

from notifications import kinds
from notifications.destinations import browsers, editing
from notifications.destinations.params import clean_params
from notifications.destinations.serializers import ParamsField
from stockwatch.rest import KnownFieldsOnly


class BrowserSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """A browser's subscription."""

    kind = serializers.CharField(max_length=40)
    params = ParamsField()
    former = ParamsField(
        default=dict,
        help_text=gettext_lazy("The params of the subscription that this one replaces, if any."),
    )
    name = serializers.CharField(
        max_length=80,
        default="",
        allow_blank=True,
        help_text=gettext_lazy("Turns it on, and makes a destination of this name if need be."),
    )

    def validate_kind(self, value: str) -> str:
        """A way that browsers set up."""
        way = kinds.transport_kinds().get(value)
        if way is None or not way.browser_key():
            raise serializers.ValidationError(_("Browsers do not set up such a way."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Judge the parameters by the way's form."""
        try:
            attrs["params"] = clean_params(attrs["kind"], attrs["params"]).values
        except DjangoValidationError as error:
            raise serializers.ValidationError({"params": as_serializer_error(error)}) from error
        return attrs


class KnownBrowserSerializer(serializers.Serializer[Any]):
    """What a browser is told of itself. For the schema's sake."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    enabled = serializers.BooleanField()


class ThisBrowser(APIView):
    """The browser that asks."""

    @extend_schema(
        request=BrowserSerializer, responses=KnownBrowserSerializer, tags=["destinations"]
    )
    def post(self, request: Request) -> Response:
        """Bring this browser's destination up to its subscription. 404 where it is none."""
        told = BrowserSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        try:
            found = browsers.keep(cast(User, request.user).pk, **told.validated_data)
        except editing.TooManyError as error:
            raise ValidationError(editing.too_many()) from error
        if found is None:
            raise NotFound
        return Response({"id": found.pk, "name": found.name, "enabled": found.enabled})
