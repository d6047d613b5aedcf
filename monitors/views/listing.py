"""The pages of a user's own monitors. What belongs to someone else is not found."""

from collections.abc import Callable, Iterable
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from monitors import lifecycle
from monitors.filters import MonitorFilter
from monitors.models import Monitor, MonitorStatus
from monitors.views.cards import cards

PAGE_SIZE = 24

Act = Callable[[Iterable[Monitor]], int]


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


@login_required
@require_POST
def act(request: HttpRequest, pk: int, change: Act, done: str) -> HttpResponse:
    """Do one thing to one monitor and go back to where the button was."""
    monitor = get_object_or_404(mine(request), pk=pk)
    if change([monitor]):
        messages.success(request, done % {"monitor": monitor.instrument})
    return HttpResponseRedirect(_back(request))


@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to delete a monitor, and delete it; its notifications stay."""
    monitor = get_object_or_404(mine(request), pk=pk)
    if request.method != "POST":
        return render(request, "monitors/delete.html", {"monitor": monitor})
    lifecycle.delete([monitor])
    messages.success(
        request, _("%(monitor)s is no longer watched.") % {"monitor": monitor.instrument}
    )
    return redirect("monitor-list")


def _back(request: HttpRequest) -> str:
    """Return the page that the button was on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("monitor-list")
