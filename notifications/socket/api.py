"""REST: the ticket that opens a socket (contract §4)."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.socket import authentication, tickets


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket that opens one socket, once."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")
    url = serializers.CharField()


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
