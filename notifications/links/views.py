"""The page that a link in a message leads to: what it would do, and the button that does it."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import links


@csrf_exempt  # the signed address is the right to do it, with or without a cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link does; do it once, when the button is pressed.

    Not on opening: chats and mail scanners open what they are sent.
    """
    try:
        if request.method == "POST":
            posted = request.POST
            link, done = links.use(token, posted.get("choice", ""), posted.get("deed", ""))
            return _page(request, {"link": link, "done": done, "offers": _left(token)})
        link = links.read(token)
        return _page(request, {"link": link, "offers": link.offers})
    except links.LinkError as error:
        return _page(request, {"problem": error}, status=error.status)


def _left(token: str) -> Sequence[object]:
    """Return what is still to be done by a link that has just done something."""
    try:
        return links.read(token).offers
    except links.LinkError:
        return ()


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    return render(request, "notifications/link.html", context, status=status)
