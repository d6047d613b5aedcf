"""What a button says when it is done: a message on the next page, or an answer to a script."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

_SAID = "_said_by_buttons"


def say(request: HttpRequest, text: str, level: int = messages.SUCCESS, *, undo: str = "") -> None:
    """Say that something was done, with a button that undoes the batch where one is given."""
    url = reverse("monitor-undo", args=[undo]) if undo else ""
    if not request.accepts("text/html"):
        said: list[dict[str, Any]] = request.__dict__.setdefault(_SAID, [])
        said.append({"text": text, "tags": messages.DEFAULT_TAGS[level], "undo": url})
    elif url:
        # The page has one form for all such buttons (base.html), as a paragraph can hold none.
        button = '{} <button class="small secondary" form="undo" formaction="{}">{}</button>'
        messages.add_message(request, level, format_html(button, text, url, _("Undo")))
    else:
        messages.add_message(request, level, text)


def back(request: HttpRequest) -> HttpResponse:
    """Return to the page that the button was on; a script is told what was said instead."""
    if request.accepts("text/html"):
        return HttpResponseRedirect(wanted_page(request))
    return JsonResponse({"said": request.__dict__.get(_SAID, [])})


def wanted_page(request: HttpRequest) -> str:
    """Return the page that the button was on, if it is one of ours."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("monitor-list")
