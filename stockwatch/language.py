"""Which language a browser is answered in: the account's; a cookie's where nobody is logged in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import check_for_language

JUST_CHOSEN = "language_chosen"
"""A cookie for this visit: who chose a language before the log-in wants it afterwards, too."""

_COOKIE: dict[str, Any] = {
    "path": settings.LANGUAGE_COOKIE_PATH,
    "domain": settings.LANGUAGE_COOKIE_DOMAIN,
    "secure": settings.LANGUAGE_COOKIE_SECURE,
    "samesite": settings.LANGUAGE_COOKIE_SAMESITE,
}


def is_ours(language: str) -> bool:
    """Tell whether there is such a language here."""
    return language in dict(settings.LANGUAGES) and check_for_language(language)


def keep(response: HttpResponseBase, language: str) -> None:
    """Have the browser ask for a language from now on, also after the log-out."""
    age = settings.LANGUAGE_COOKIE_AGE
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=age, **_COOKIE)


def follow(request: HttpRequest, response: HttpResponseBase, language: str) -> None:
    """Keep the account's language where the browser has another one, and chooses none just now."""
    name = settings.LANGUAGE_COOKIE_NAME
    if request.COOKIES.get(name) != language and name not in response.cookies:
        keep(response, language)


def note_chosen(response: HttpResponseBase, language: str) -> None:
    """Note that somebody who is not logged in chose a language."""
    response.set_cookie(JUST_CHOSEN, language, httponly=True, **_COOKIE)


def just_chosen(request: HttpRequest) -> str:
    """Return what was chosen in this visit before the log-in; "" where that is nothing."""
    language = request.COOKIES.get(JUST_CHOSEN, "")
    return language if is_ours(language) else ""


def forget_chosen(response: HttpResponseBase) -> None:
    """Have the next log-in go by its account again."""
    response.delete_cookie(
        JUST_CHOSEN, _COOKIE["path"], _COOKIE["domain"], samesite=_COOKIE["samesite"]
    )
