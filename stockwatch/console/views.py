"""The dashboards, and what an operator mends from them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from notifications.admin.log import NotificationAdmin
from notifications.delivery import switching
from notifications.models import Destination
from notifications.models.destination import transport_choices
from stockwatch.console import failing as failures
from stockwatch.console.firing import firing as fired_within
from stockwatch.console.front import hours_of, kinds_of, symbols_of, users_of

DAYS = (1, 7)


@require_safe
@permission_required("notifications.view_notification", raise_exception=True)
def firing(request: HttpRequest) -> HttpResponse:
    """Show what fires: by kind, hour, stock and user, in a day or a week (`?days=7`)."""
    days = 7 if request.GET.get("days") == "7" else 1
    fired = fired_within(days)
    context = {
        "fired": fired,
        "days": days,
        "choices": DAYS,
        "hours": hours_of(fired),
        "kinds": kinds_of(fired, dict(NotificationAdmin.kinds)),
        "symbols": symbols_of(fired),
        "users": users_of(fired),
    }
    return _page(request, "firing", _("What fires"), context)


@require_safe
@permission_required("notifications.view_delivery", raise_exception=True)
def failing(request: HttpRequest) -> HttpResponse:
    """Show what does not arrive, and why."""
    labels = dict(transport_choices())
    found = failures.failing()
    context = {
        "failing": found,
        "ways": [
            row | {"label": labels.get(row["destination__kind"], row["destination__kind"])}
            for row in found.by_way
        ],
        "errors": [(way, labels.get(way, way), why, n) for way, why, n in found.by_error],
        "waiting": failures.oldest_waiting(timezone.now()),
        "troubled": failures.troubled(),
        "may_send": request.user.has_perm("notifications.change_delivery"),
        "may_switch": request.user.has_perm("notifications.change_destination"),
    }
    return _page(request, "failing", _("Failing deliveries"), context)


@require_POST
@permission_required("notifications.change_delivery", raise_exception=True)
def send_again(request: HttpRequest) -> HttpResponse:
    """Send again what failed by a way for one reason."""
    way, why = request.POST.get("way", ""), request.POST.get("error", "")
    now = timezone.now()
    count = switching.send_again(failures.failed_alike(way, why, now), now)
    message = ngettext(
        "%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count
    )
    messages.success(request, message % {"count": count})
    return redirect("admin:failing")


@require_POST
@permission_required("notifications.change_destination", raise_exception=True)
def switch(request: HttpRequest) -> HttpResponse:
    """Turn a destination off or on."""
    key = request.POST.get("destination", "")
    is_key = key.isdecimal() and len(key) < 19
    destination = get_object_or_404(Destination, pk=int(key) if is_key else 0)
    if request.POST.get("on") == "1":
        switching.turn_on(destination)
        messages.success(request, _("%(name)s is on.") % {"name": destination})
    else:
        switching.turn_off(destination, str(_("An administrator turned it off.")))
        messages.success(request, _("%(name)s is off.") % {"name": destination})
    return redirect("admin:failing")


def _page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    everywhere = admin.site.each_context(request)
    context = {**everywhere, "title": title, **context}
    return TemplateResponse(request, f"admin/console/{name}.html", context)
