"""What happens to a request before anything else does."""

from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

Next = Callable[[HttpRequest], HttpResponseBase]

API = "/api/"


class BodyLimit:
    """Refuses a body of more than `MAX_BODY_BYTES` with 413, whether or not its size was said."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse its body."""
        if self._too_big(request):
            message = _("The body is larger than %(limit)d bytes.")
            return _refusal(request, message % {"limit": settings.MAX_BODY_BYTES})
        return self.get_response(request)

    def _too_big(self, request: HttpRequest) -> bool:
        said = request.META.get("CONTENT_LENGTH")
        if said:
            # A length that is no number is Django's to refuse.
            return said.isdecimal() and int(said[:20]) > settings.MAX_BODY_BYTES
        if "chunked" not in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return False
        return self._chunks_too_big(request)

    def _chunks_too_big(self, request: HttpRequest) -> bool:
        """Read a body of unknown length, and put it back with its length if it is small enough.

        Without the length, the parsers would take the body for an empty one.
        """
        body = request.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            return True
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = BytesIO(body)  # noqa: SLF001
        request._read_started = False  # type: ignore[attr-defined]  # noqa: SLF001
        return False


def _refusal(request: HttpRequest, message: str) -> HttpResponse:
    if request.path_info.startswith(API):
        return JsonResponse({"detail": message}, status=413)
    return HttpResponse(render_to_string("413.html", {"message": message}), status=413)


class OptionalApiSlash:
    """Lets every path of the API end with or without a slash; the URLs are written without."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request as if its path had no slash at the end."""
        if request.path_info.startswith(API) and request.path_info.endswith("/"):
            request.path_info = request.path_info[:-1]
            request.path = request.path.removesuffix("/")
        return self.get_response(request)
