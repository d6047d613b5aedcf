"""What makes the site an app: manifest, service worker, and the page for when it is away."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers

THEME = {"light": "#ffffff", "dark": "#181c25"}
"""The colour of the frame, which a browser gives its own frame too."""

ICONS = (
    ("icons/192.png", "192x192", "any"),
    ("icons/512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)

KEPT = ("css/offline.css", "offline.js", "favicon.svg")
"""What the offline page needs, beside itself."""


@require_safe
@vary_on_cookie
@vary_on_headers("Accept-Language")
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Tell browsers what the installed app is called, and looks like."""
    told: dict[str, Any] = {
        "id": "/",
        "name": _("Stockwatch: alerts on stocks"),
        "short_name": "Stockwatch",
        "description": _("Watches stock prices and tells you the moment something happens."),
        "lang": get_language() or settings.LANGUAGE_CODE,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME["light"],
        "background_color": THEME["light"],
        "categories": ["finance"],
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("New monitor"), "url": reverse("monitor-new")},
            {"name": _("Notifications"), "url": reverse("notification-list")},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page for when the server cannot be reached.

    It is kept by browsers, so it has both languages and nothing of anybody.
    """
    return render(request, "offline.html", {"languages": settings.LANGUAGES, "themes": THEME})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker, with what it keeps.

    Its scope is the folder that it comes from, unless this header says otherwise (Service Workers,
    6.5); a static file comes from another one, and under a name that changes with its content.
    A change to what is kept changes the script, and so browsers fetch all of it anew.
    """
    with staticfiles_storage.open("push/worker.js") as file:
        script = file.read().decode()
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    kept = f"self.KEPT = {json.dumps(_kept(request))};\n"
    return HttpResponse(
        kept + script, content_type="text/javascript; charset=utf-8", headers=headers
    )


def _kept(request: HttpRequest) -> dict[str, Any]:
    """Return the name of the cache, the page, and the addresses of its parts."""
    parts = [static(name) for name in KEPT]
    page = offline(request).content
    version = hashlib.sha256(page + "".join(parts).encode()).hexdigest()[:12]
    return {"name": f"offline-{version}", "page": reverse("offline"), "parts": parts}
