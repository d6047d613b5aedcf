"""How the REST API reads, writes, pages, and explains what was wrong (contract §4)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.forms import Form
from django.http import HttpRequest, JsonResponse, QueryDict
from django.http.request import UnreadablePostError
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.serializers import Serializer, as_serializer_error

if TYPE_CHECKING:
    _Base = Serializer[Any]
else:
    _Base = object

# What the browsable pages send beside a form's own fields.
FORM_EXTRAS = frozenset({"csrfmiddlewaretoken"})
INLINE_STYLE = re.compile(r' style="[^"]*"')


class FastJSONRenderer(BaseRenderer):
    """JSON by orjson: Decimals as plain strings, times in ISO 8601 with their offset."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes; indented where the reader asked for it, as the browsable pages do."""
        if data is None:
            return b""
        options = orjson.OPT_NON_STR_KEYS
        if "indent=" in (accepted_media_type or "") or (renderer_context or {}).get("indent"):
            options |= orjson.OPT_INDENT_2
        return orjson.dumps(data, default=_plain, option=options)


class PagesRenderer(BrowsableAPIRenderer):
    """The browsable pages, where JSON is sent as JSON.

    A list of rules does not fit into the fields of an HTML form, so there is none to fail with.
    """

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        """Return only whether to show the buttons that have no fields."""
        if method in ("DELETE", "OPTIONS"):
            return super().get_rendered_html_form(data, view, method, request)
        return None

    def get_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the template is filled with, but for styles that nothing has."""
        return {**super().get_context(*args, **kwargs), "code_style": ""}

    def render(self, data: Any, *args: Any, **kwargs: Any) -> str:
        """Return the page without the styles that are written into it: the policy forbids these.

        What it shows cannot be hit, as quotes in it are written as entities. `browsable.css` puts
        the buttons where those styles would have.
        """
        return INLINE_STYLE.sub("", super().render(data, *args, **kwargs))


class StrictJSONParser(BaseParser):
    """JSON as its standard says: no NaN, no lone surrogates, no bottomless nesting; UTF-8."""

    media_type = "application/json"
    renderer_class = FastJSONRenderer  # writes the example in the browsable pages' form

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the body's value, `{}` for an empty body; ParseError says where it breaks."""
        body = stream.read()
        if not body.strip():
            return {}
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            message = _("The body is not valid JSON: %(why)s.") % {"why": error}
            raise exceptions.ParseError(message) from error


def _plain(value: Any) -> Any:
    """Turn what JSON has no name for into what it has."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise):
        return force_str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


class Pages(PageNumberPagination):
    """`?page=&page_size=`, 20 a page and at most 200; a page that is not there is 404."""

    page_size = 20
    max_page_size = 200
    page_size_query_param = "page_size"


def unpaged(results: Sequence[Any]) -> dict[str, Any]:
    """Return a list that is never paged in the shape that every list has."""
    return {"count": len(results), "next": None, "previous": None, "results": results}


def checked(query: Form) -> dict[str, Any]:
    """Return what a query says. Raises a 400 that names each parameter that is wrong."""
    if not query.is_valid():
        raise exceptions.ValidationError(
            {name: [str(reason) for reason in why] for name, why in query.errors.items()}
        )
    return query.cleaned_data


class KnownFieldsOnly(_Base):
    """A serializer that refuses what it does not know: a misspelt field never goes unnoticed.

    Read-only fields may come along, so that a client can send back what it was given.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; ValidationError names each unknown field."""
        if isinstance(data, Mapping):
            known = set(self.fields) | (FORM_EXTRAS if isinstance(data, QueryDict) else set())
            unknown = [name for name in data if name not in known]
            if unknown:
                raise exceptions.ValidationError({name: [_("Unknown field.")] for name in unknown})
        return super().to_internal_value(data)


@csrf_exempt  # whatever the method: there is nothing here that could be done
def not_found(_request: HttpRequest, **_path: str) -> JsonResponse:
    """Answer for an address of the API that there is not: JSON, as every other answer of it."""
    return JsonResponse({"detail": _("Not found.")}, status=404)


class BodyTooLarge(exceptions.APIException):
    """A body beyond what Django reads into memory."""

    status_code = 413
    default_code = "too_large"


BAD_INPUT = (
    (OverflowError, gettext_lazy("A value is out of range.")),
    (DataError, gettext_lazy("A value is out of range.")),
    (RecursionError, gettext_lazy("The body is nested too deeply.")),
    (UnreadablePostError, gettext_lazy("The body could not be read.")),
)
"""What only a client's values cause, however deep down they do it."""


def explain(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception; what bad input causes deep down is the client's mistake, not a 500."""
    # Not above: the views look up this module's classes while they are imported.
    from rest_framework.views import exception_handler

    return exception_handler(_as_api_error(error), dict(context))


def _as_api_error(error: Exception) -> Exception:
    match error:
        case DjangoValidationError():
            return exceptions.ValidationError(as_serializer_error(error))
        case RequestDataTooBig():
            return BodyTooLarge(_("The body is too large."))
        case UnicodeDecodeError():
            # Only the token in the Authorization header is decoded on its own.
            refused = exceptions.AuthenticationFailed()
            refused.auth_header = "Bearer"  # type: ignore[attr-defined]
            return refused
    for kinds, message in BAD_INPUT:
        if isinstance(error, kinds):
            return exceptions.ParseError(message)
    if isinstance(error, ValueError) and "NUL (0x00)" in str(error):
        return exceptions.ParseError(_("A text may not contain the character NUL."))
    return error
