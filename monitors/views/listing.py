"""The pages of a user's own monitors. What belongs to someone else is not found."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from monitors.calendars import Calendar
from monitors.filters import MonitorFilter
from monitors.forms.snooze import CHOICES
from monitors.market import Market
from monitors.models import CalendarOverride, Monitor, MonitorStatus
from monitors.views.acting import own_id
from monitors.views.arranging import GROUPS, ORDERS, SIZES, Arrangement, groups
from monitors.views.clock import MarketClock, market_clocks
from monitors.views.rows import rows

UNSEEN = [
    f"instrument__quote__{name}"
    for name in (
        "open", "high", "low", "amount", "accepted_at", "accepted_high", "accepted_low",
        "accepted_volume", "revision", "changed_at", "prompt_revision", "prompt_at", "prompt_high",
        "prompt_low",
    )
]  # fmt: skip
"""What no row shows: reading it would take longer than drawing the row."""

MOST_ROWS = 200
"""Rows that may be asked for at once: as many as one page has."""


def mine(request: HttpRequest) -> QuerySet[Monitor]:
    """Return the user's monitors with all that showing them needs, newest first."""
    user = cast(User, request.user)
    return Monitor.objects.of(user.pk).with_all().order_by("-created_at", "-pk")


@login_required
@require_safe
def monitor_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the user's watchlist; its list alone for a page that draws it anew."""
    # Before the monitors: of two changes at once an open page sees the second.
    version = Monitor.objects.version(own_id(request))
    arrangement = Arrangement.of(request)
    narrowed = MonitorFilter(request.GET, queryset=mine(request))
    found = narrowed.qs if narrowed.is_valid() else mine(request).none()
    ordered = arrangement.apply(found).defer(*UNSEEN)
    page = Paginator(ordered, int(arrangement.size)).get_page(request.GET.get("page"))
    calendar = CalendarOverride.objects.calendar()
    shown = rows(page.object_list, calendar)
    part = "_list" if request.headers.get("HX-Request") else "list"
    response = render(
        request,
        f"monitors/{part}.html",
        {
            "version": version,
            "page": page,
            "groups": groups(shown, arrangement.group, found, _folded(request)),
            "arrangement": arrangement,
            "orders": ORDERS,
            "groupings": GROUPS,
            "sizes": SIZES,
            "own_groups": Monitor.objects.groups(own_id(request)),
            "snoozes": CHOICES,
            "clocks": _clocks(request, calendar),
            "filter": narrowed,
            "statuses": MonitorStatus.choices,
            "is_narrowed": any(request.GET.get(name) for name in ("search", "status", "symbol")),
            "query": _kept(request),
        },
    )
    arrangement.remember(request, response)
    return response


@login_required
@require_GET
def monitor_rows(request: HttpRequest) -> HttpResponse:
    """Show some monitors' rows alone, for a page that is open to draw them anew."""
    asked = [int(one) for one in request.GET.get("ids", "").split(",") if _is_id(one)]
    shown = rows(mine(request).filter(pk__in=asked[:MOST_ROWS]))
    return render(request, "monitors/_rows.html", {"rows": shown})


@login_required
@require_GET
def market_clock(request: HttpRequest) -> HttpResponse:
    """Show the market clock alone, for a page that is open when a session begins or ends."""
    clocks = _clocks(request, CalendarOverride.objects.calendar())
    return render(request, "monitors/_clock.html", {"clocks": clocks})


def _clocks(request: HttpRequest, calendar: Calendar) -> list[MarketClock]:
    """Return the clocks of the markets that the user watches."""
    watched = mine(request).order_by().values_list("instrument__market", flat=True).distinct()
    return market_clocks(map(Market, watched), calendar, timezone.now())


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _folded(request: HttpRequest) -> set[str]:
    """Return the groups that the user has closed; static/watchlist/folding.js keeps them."""
    return set(request.COOKIES.get("folded", "").split("."))


def _kept(request: HttpRequest) -> str:
    """Return what links to other pages of the list keep of the address."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
