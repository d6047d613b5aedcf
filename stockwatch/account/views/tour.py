"""The pages of the first minutes. Each step is a page of its own; what is live is added to it."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monitors.symbols import Symbol
from notifications.destinations import ways
from stockwatch.account import tour, trial_alert

STEPS = (_("A stock"), _("A level"), _("The alert"), _("What next"))
UNDER_WAY = "tour"
"""Where a session keeps that the tour has begun, so that lists can lead back to it."""


@login_required
@never_cache
@require_safe
def step(request: HttpRequest) -> HttpResponse:
    """Show the step that the user has come to."""
    now = tour.progress(cast(User, request.user).pk)
    if now.is_over:
        return redirect("monitor-list")
    if now.arrived is not None:
        request.session.pop(UNDER_WAY, None)  # what is left is advice, which nobody is led back to
        is_test = now.arrived.kind == trial_alert.KIND
        context = {"told": now.arrived, "is_test": is_test, "browser": ways.by_browser()}
        return _page(request, "arrived", 4, context | {"monitor": now.monitor})
    request.session[UNDER_WAY] = True
    if now.monitor is not None:
        rule = now.monitor.rules.all()[0]
        context = {"monitor": now.monitor, "rule": rule, "level": rule.params.get("price", "")}
        opens_at = tour.opens_at(now.monitor.instrument.parsed, timezone.now())
        return _page(request, "waiting", 3, context | {"opens_at": opens_at})
    return _choosing(request)


def _choosing(request: HttpRequest) -> HttpResponse:
    symbol = _chosen(request.GET.get("symbol", ""))
    if symbol is None:
        return _page(request, "choose", 1, {"offers": tour.offers(timezone.now())})
    return _page(request, "level", 2, {"offer": tour.offer(symbol, timezone.now())})


def _page(
    request: HttpRequest, name: str, number: int, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context |= {"steps": STEPS, "number": number, "is_demo": tour.is_demo()}
    return render(request, f"tour/{name}.html", context, status=status)


def _chosen(text: str) -> Symbol | None:
    return next((symbol for symbol in tour.LIVELY if str(symbol) == text), None)


@login_required
@never_cache
@require_safe
def prices(request: HttpRequest) -> JsonResponse:
    """Tell what is offered as it is now, for a page that is open."""
    return JsonResponse(
        {
            str(one.symbol): {
                "price": one.price,
                "level": one.level,
                "kind": one.kind,
                "distance": one.distance,
            }
            for one in tour.offers(timezone.now())
        }
    )


@login_required
@require_POST
def watch(request: HttpRequest) -> HttpResponse:
    """Make the first monitor."""
    symbol = _chosen(request.POST.get("symbol", ""))
    if symbol is None:
        return redirect("tour")
    kind, level = request.POST.get("kind", ""), request.POST.get("level", "").strip()
    now = timezone.now()
    try:
        tour.begin(cast(User, request.user).pk, symbol, kind, level, now)
    except ValidationError as error:
        context = {"offer": tour.offer(symbol, now), "typed": level, "errors": error.messages}
        return _page(request, "level", 2, context, status=422)
    return redirect("tour")


@login_required
@require_POST
def alert(request: HttpRequest) -> HttpResponse:
    """Show at once what an alert looks like."""
    tour.show_alert(cast(User, request.user).pk)
    return redirect("tour")


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Have the tour never come again."""
    tour.end(cast(User, request.user).pk, forget="forget" in request.POST)
    request.session.pop(UNDER_WAY, None)
    return redirect("monitor-list")
