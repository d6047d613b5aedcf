"""Monitors, quotes and the service in REST (contract §4)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from monitors import bars, lifecycle
from monitors.filters import MonitorFilter
from monitors.models import CalendarOverride, Instrument, Monitor, MonitorStatus, Service
from monitors.serializers import (
    BarSerializer,
    MonitorSerializer,
    QuoteSerializer,
    SnoozeSerializer,
)
from monitors.status import service_state
from monitors.status import status as service_status
from monitors.symbols import Symbol, SymbolError
from monitors.wire import full_quote_data, on_tick, unknown_quote_data
from stockwatch.rest import checked, unpaged

MOST_SYMBOLS = 500

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

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


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


class QuotesView(APIView):
    """Last quotes."""

    @extend_schema(
        parameters=[
            OpenApiParameter("symbols", str, required=True, description="600519.SH,00700.HK")
        ],
        responses=QuoteSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The last quotes of some symbols, in the order asked for."""
        symbols = _symbols(request.query_params.get("symbols", ""))
        known = {
            instrument.symbol: instrument
            for instrument in Instrument.objects.select_related("quote").filter(
                symbol__in=[str(symbol) for symbol in symbols], quote__isnull=False
            )
        }
        calendar, now = CalendarOverride.objects.calendar(), timezone.now()
        quotes = [
            full_quote_data(known[str(symbol)], calendar, now)
            if str(symbol) in known
            else unknown_quote_data(symbol, calendar, now)
            for symbol in symbols
        ]
        return Response(unpaged(quotes))


class BarsQuery(forms.Form):
    """`?interval= &limit=`."""

    interval = forms.ChoiceField(choices=[(name, name) for name in bars.INTERVALS], required=False)
    limit = forms.IntegerField(min_value=1, max_value=bars.MOST_BARS, required=False)


class BarsView(APIView):
    """Bars for charts."""

    @extend_schema(
        parameters=[
            OpenApiParameter("interval", str, enum=list(bars.INTERVALS), default="1m"),
            OpenApiParameter("limit", int, default=240),
        ],
        responses=BarSerializer(many=True),
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The newest bars of a symbol, oldest first."""
        query = checked(BarsQuery(request.query_params))
        wanted = _symbol(symbol)
        instrument = Instrument.objects.filter(symbol=str(wanted)).first()
        found = (
            bars.newest(
                instrument,
                query["interval"] or "1m",
                query["limit"] or 240,
            )
            if instrument
            else []
        )
        return Response(
            unpaged(
                [
                    {
                        "at": bar.at,
                        "open": on_tick(bar.open, wanted),
                        "high": on_tick(bar.high, wanted),
                        "low": on_tick(bar.low, wanted),
                        "close": on_tick(bar.close, wanted),
                        "volume": bar.volume,
                    }
                    for bar in found
                ]
            )
        )


def _symbol(text: str) -> Symbol:
    try:
        return Symbol.parse(text)
    except SymbolError as error:
        raise ValidationError({"symbol": [str(error)]}) from error


def _symbols(text: str) -> list[Symbol]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise ValidationError({"symbols": [_("Name the symbols: ?symbols=600519.SH,00700.HK")]})
    if len(names) > MOST_SYMBOLS:
        raise ValidationError(
            {"symbols": [_("Ask for at most %(most)d symbols.") % {"most": MOST_SYMBOLS}]}
        )
    try:
        return list(dict.fromkeys(Symbol.parse(name) for name in names))
    except SymbolError as error:
        raise ValidationError({"symbols": [str(error)]}) from error
