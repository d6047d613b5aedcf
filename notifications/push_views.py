"""The script of push notifications, from an address where it may speak for the whole site."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker of push notifications.

    Its scope is the folder that it comes from, unless this header says otherwise (Service Workers,
    6.5); a static file comes from another one, and under a name that changes with its content.
    """
    with staticfiles_storage.open("push/worker.js") as file:
        script = file.read()
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)
