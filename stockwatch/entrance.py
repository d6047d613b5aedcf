"""The entrance of the REST API: what there is, by its address."""

from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver, reverse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Entrance(APIView):
    """What there is. The documentation names the calls about one thing, such as a monitor."""

    permission_classes = (AllowAny,)  # the documentation tells strangers as much
    calls: Sequence[URLPattern | URLResolver] = ()

    def get_view_name(self) -> str:
        """Return the heading of the browsable page."""
        return "Stockwatch"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """List the addresses of the API, its schema and its documentation."""
        root = reverse("api-root") + "/"
        addresses = {reverse(name).removeprefix(root): reverse(name) for name in _names(self.calls)}
        addresses |= {"schema": reverse("api-schema"), "docs": reverse("api-docs")}
        return Response(
            {call: request.build_absolute_uri(path) for call, path in addresses.items()}
        )


def _names(calls: Sequence[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield the names of the calls whose addresses are complete as they are."""
    for call in calls:
        if isinstance(call, URLPattern) and call.name and not _has_blanks(call):
            yield call.name


def _has_blanks(call: URLPattern) -> bool:
    return bool(call.pattern.converters or call.pattern.regex.groups)
