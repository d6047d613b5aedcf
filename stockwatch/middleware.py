"""What happens to a request before anything else does."""

from collections.abc import Callable
from decimal import InvalidOperation
from io import BytesIO
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from stockwatch.language import follow, is_ours
from stockwatch.models import Preferences

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
            return _refusal(request, message % {"limit": settings.MAX_BODY_BYTES}, status=413)
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


class CleanText:
    """Refuses bodies that are not UTF-8, and drops cookies with characters that no cookie has.

    Our pages and every JSON client send UTF-8. The other codecs that Python knows by name
    (punycode, unicode_escape) fail in ways of their own, and PostgreSQL takes no NUL.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse its charset."""
        charset = request.content_params.get("charset", "utf-8") if request.content_params else ""
        if charset and charset.strip("\"'").lower() not in ("utf-8", "utf8", "us-ascii"):
            return _refusal(request, _("Send the body as UTF-8."), status=415)
        for name, value in list(request.COOKIES.items()):
            if not value.isprintable():
                del request.COOKIES[name]
        return self.get_response(request)


class Preferred:
    """Shows pages as their reader wants them: `request.preferences`, language and zone.

    The language is the account's, so that what is chosen on one device holds at the next page on
    all. The API answers in that of the request, and writes times with the server's offset.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the reader's language and zone."""
        preferences = SimpleLazyObject(lambda: Preferences.of(request.user.pk))
        request.preferences = preferences  # type: ignore[attr-defined]
        if request.path_info.startswith(API) or not request.user.is_authenticated:
            return self.get_response(request)
        language = preferences.language
        if is_ours(language):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        with timezone.override(preferences.zone_info):
            response = self.get_response(request)
        if is_ours(language):
            follow(request, response, language)
        return response


class LoginBesideHtmx:
    """Leads the whole page to the log-in where htmx asked for a part of it.

    Else htmx would follow the redirection itself, and look for its part in the page of the log-in.
    Our own scripts ask by `fetch` and see to it themselves; htmx alone says where it is.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, a redirection to the log-in in htmx's own way."""
        response = self.get_response(request)
        asks = getattr(request, "htmx", None)
        if not asks or not asks.current_url or not isinstance(response, HttpResponseRedirectBase):
            return response
        if not response.url.startswith(resolve_url(settings.LOGIN_URL)):
            return response
        return HttpResponseClientRedirect(redirect_to_login(_page_of(asks.current_url)).url)


def _page_of(url: str) -> str:
    """Return the page that an address leads to here; the first one where it is no address."""
    try:
        back = urlsplit(url)
    except ValueError:
        return "/"
    return urlunsplit(("", "", f"/{back.path.lstrip('/')}", back.query, ""))


class KeptByNobody:
    """Has browsers and proxies keep no answer that does not say itself that it may be kept.

    Else the button "back" shows a user's pages to whoever sits there after the log-out. Static
    files are answered before they come here.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class NonsenseIsNo500:
    """Answers 400 where a client's values fail deep down, in pages that are not ours to mend.

    The API has its own, `rest.explain`. What staff type into the admin's addresses reaches the
    database unchecked: ids of thirty digits, dates beyond the calendar.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what only the request's values can have caused."""
        is_no_number = isinstance(error, ValueError) and "expected a number" in str(error)
        if is_no_number or isinstance(error, (OverflowError, DataError, InvalidOperation)):
            return _refusal(request, _("A value is out of range, or no number."), status=400)
        return None


def _refusal(request: HttpRequest, message: str, status: int) -> HttpResponse:
    if request.path_info.startswith(API):
        return JsonResponse({"detail": message}, status=status)
    return HttpResponse(render_to_string("400.html", {"message": message}), status=status)


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
