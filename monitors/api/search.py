"""The search for instruments in REST (contract §4)."""

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from monitors.finding import offer
from monitors.models import Listing
from stockwatch.rest import checked, unpaged

MOST_RESULTS = 50
USUAL_RESULTS = 10
LONGEST_TEXT = 64


class ListingSerializer(serializers.Serializer[Listing]):
    """An instrument that can be watched. What nobody lists has no name, and the state `unknown`."""

    symbol = serializers.CharField()
    name = serializers.CharField()
    english_name = serializers.CharField()
    market = serializers.CharField()
    kind = serializers.CharField()
    currency = serializers.CharField(source="parsed.currency")
    state = serializers.CharField()


class SearchQuery(forms.Form):
    """`?q= &limit= &ask=`."""

    q = forms.CharField(
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Name what to look for: ?q=payh")},
    )
    limit = forms.IntegerField(min_value=1, max_value=MOST_RESULTS, required=False)
    ask = forms.BooleanField(required=False)


class SymbolsView(APIView):
    """Instruments by code, name or initials."""

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description="600519, 平安银行, payh, apple"),
            OpenApiParameter("limit", int, default=USUAL_RESULTS, description="1 to 50"),
            OpenApiParameter(
                "ask",
                bool,
                default=False,
                description="Ask the sources where the list has nothing: it may take 2 seconds.",
            ),
        ],
        responses=ListingSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What a text may mean, the likeliest first; a symbol that nobody lists is the last."""
        wanted = checked(SearchQuery(request.query_params))
        found = offer(wanted["q"], wanted["limit"] or USUAL_RESULTS, ask=wanted["ask"])
        return Response(unpaged([ListingSerializer(one).data for one in found]))
