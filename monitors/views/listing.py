"""The pages of a user's own monitors. What belongs to someone else is not found."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_safe

from monitors.filters import MonitorFilter
from monitors.models import Monitor, MonitorStatus
from monitors.views.cards import cards

PAGE_SIZE = 24


def mine(request: HttpRequest) -> QuerySet[Monitor]:
    """Return the user's monitors with all that showing them needs, newest first."""
    user = cast(User, request.user)
    return Monitor.objects.of(user.pk).with_all().order_by("-created_at", "-pk")


@login_required
@require_safe
def monitor_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the user's monitors."""
    query = request.GET.copy()
    query.pop("page", None)
    narrowed = MonitorFilter(request.GET, queryset=mine(request))
    found = narrowed.qs if narrowed.is_valid() else mine(request).none()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "monitors/list.html",
        {
            "page": page,
            "cards": cards(page.object_list),
            "filter": narrowed,
            "statuses": MonitorStatus.choices,
            "is_narrowed": any(query.values()),
            "query": query.urlencode(),
        },
    )


@login_required
@require_GET
def monitor_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one monitor's card alone, for a page that is open to draw it anew."""
    card = cards([get_object_or_404(mine(request), pk=pk)])[0]
    return render(request, "monitors/_card.html", {"card": card, "back": "/"})
