"""Quotes and bars in REST."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from monitors.instruments import bars
from monitors.models import CalendarOverride, Instrument
from monitors.serializers import (
    BarSerializer,
    QuoteSerializer,
)
from monitors.symbols import Symbol, SymbolError
from monitors.wire import full_quote_data, on_tick, unknown_quote_data
from stockwatch.rest import checked, unpaged

MOST_SYMBOLS = 500


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
    """`?interval= &limit= &before=`."""

    interval = forms.ChoiceField(choices=[(name, name) for name in bars.INTERVALS], required=False)
    limit = forms.IntegerField(min_value=1, max_value=bars.MOST_BARS, required=False)
    before = forms.DateTimeField(required=False)


class BarsView(APIView):
    """Bars for charts."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "interval",
                str,
                enum=list(bars.INTERVALS),
                default="1m",
                description="`1d`, `1w` and `1M` (a month) go back up to three years: days as a "
                "source tells them, adjusted forward, and today made of live minutes.",
            ),
            OpenApiParameter("limit", int, default=240, description=f"At most {bars.MOST_BARS}."),
            OpenApiParameter(
                "before",
                datetime,
                description="Only bars that begin before it: with the `at` of the oldest bar that "
                "one has, those that come before that one, until there are none.",
            ),
        ],
        responses=BarSerializer(many=True),
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The newest bars of a symbol, or the newest before a time, oldest first."""
        query = checked(BarsQuery(request.query_params))
        wanted = _symbol(symbol)
        instrument = Instrument.objects.filter(symbol=str(wanted)).first()
        found = (
            bars.newest(
                instrument,
                query["interval"] or "1m",
                query["limit"] or 240,
                CalendarOverride.objects.calendar(),
                query["before"],
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
