"""The page of one monitor: its chart, what its rules do, what they said."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from monitors.forms.about import AboutForm
from monitors.models import Monitor
from monitors.views.arranging import Arrangement
from monitors.views.cards import cards
from monitors.views.chart import (
    INTERVALS,
    TABLE_INTERVAL,
    chart_data,
    firings_data,
    last_bars,
)
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
    before, after = _neighbours(request, monitor)
    context = {
        "monitor": monitor,
        "card": card,
        "quote": card.quote,
        "rules": [rule_words(rule, monitor, newest.get(rule.pk)) for rule in monitor.rules.all()],
        "chart": chart_data(monitor, cast(Any, request).preferences.zone),
        "firings": firings[:LISTED],
        "marks": firings_data(one for one in firings if one.rule is not None),
        "about": AboutForm.of(monitor),
        "destinations": _destinations(monitor),
        "before": before,
        "after": after,
        "bars": last_bars(monitor.instrument),
        "intervals": INTERVALS,
        "table_interval": dict(INTERVALS)[TABLE_INTERVAL],
    }
    return render(request, "monitors/monitor.html", context)


def _firings(monitor: Monitor) -> list[Notification]:
    """The monitor's newest notifications, newest first: the list and the chart share the query."""
    return list(Notification.objects.of_monitor(monitor.owner_id, monitor.pk)[:MARKED])


def _neighbours(request: HttpRequest, monitor: Monitor) -> tuple[Monitor | None, Monitor | None]:
    """The monitors before and after this one, in the order and groups that the list has now."""
    own = Monitor.objects.of(monitor.owner_id)
    row = [None, *Arrangement.of(request).apply(own).values_list("pk", flat=True), None]
    if monitor.pk not in row:  # deleted since it was read
        return None, None
    place = row.index(monitor.pk)
    before, after = row[place - 1], row[place + 1]
    beside = own.select_related("instrument").in_bulk([before, after])
    return beside.get(before), beside.get(after)


def _destinations(monitor: Monitor) -> list[Destination] | None:
    """The only destinations to tell; None where each decides by its own settings."""
    if monitor.destinations is None:
        return None
    own = Destination.objects.of(monitor.owner_id)
    return list(own.filter(pk__in=monitor.destinations).order_by("pk"))
