"""The page of one monitor: its chart, what its rules do, what they said."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from monitors.models import Monitor
from monitors.views.cards import cards
from monitors.views.chart import INTERVALS, chart_data, firings_data, last_bars
from monitors.views.listing import mine
from monitors.views.sentences import rule_words
from notifications.models import Destination, Notification

MARKED = 100
"""Firings that the chart marks."""

LISTED = 10
"""Firings that the page lists."""


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a monitor."""
    monitor = get_object_or_404(mine(request), pk=pk)
    firings = _firings(monitor)
    (card,) = cards([monitor])
    newest = {firing.rule: firing for firing in reversed(firings)}
    newer, older = _neighbours(request, monitor)
    context = {
        "monitor": monitor,
        "card": card,
        "quote": card.quote,
        "rules": [rule_words(rule, monitor, newest.get(rule.pk)) for rule in monitor.rules.all()],
        "chart": chart_data(monitor, cast(Any, request).preferences.zone),
        "firings": firings[:LISTED],
        "marks": firings_data(one for one in firings if one.rule is not None),
        "destinations": _destinations(monitor),
        "newer": newer,
        "older": older,
        "bars": last_bars(monitor.instrument),
        "intervals": INTERVALS,
    }
    return render(request, "monitors/monitor.html", context)


def _firings(monitor: Monitor) -> list[Notification]:
    """The monitor's newest notifications, newest first: the list and the chart share the query."""
    log = Notification.objects.for_user(monitor.owner_id).filter(monitor=monitor.pk)
    return list(log.order_by("-seq")[:MARKED])


def _neighbours(request: HttpRequest, monitor: Monitor) -> tuple[Monitor | None, Monitor | None]:
    """The monitors before and after this one, newest first as the list has them."""
    user = cast(User, request.user)
    own = Monitor.objects.of(user.pk).select_related("instrument")
    made = monitor.created_at
    newer = own.filter(Q(created_at__gt=made) | Q(created_at=made, pk__gt=monitor.pk))
    older = own.filter(Q(created_at__lt=made) | Q(created_at=made, pk__lt=monitor.pk))
    return (
        newer.order_by("created_at", "pk").first(),
        older.order_by("-created_at", "-pk").first(),
    )


def _destinations(monitor: Monitor) -> list[Destination] | None:
    """The only destinations to tell; None where each decides by its own settings."""
    if monitor.destinations is None:
        return None
    own = Destination.objects.of(monitor.owner_id)
    return list(own.filter(pk__in=monitor.destinations).order_by("pk"))
