"""The pages of what a user was told."""

from collections.abc import Container, Iterable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications import links
from notifications.log import paging
from notifications.log.forms import PLACES, NarrowForm, PlaceForm
from notifications.log.grouping import by_day
from notifications.log.items import Items
from notifications.log.reading import mark_read
from notifications.log.waiting import waiting
from notifications.models import MAX_SEQ, Delivery, Notification
from notifications.models.log import NotificationQuerySet
from notifications.subjects import Subjects

PAGE_SIZE = 40
NEWEST = 10
"""So many are in the panel of the bell."""


def _log(request: HttpRequest) -> NotificationQuerySet:
    return Notification.objects.for_user(cast(User, request.user).pk)


@login_required
@never_cache
@require_safe
def notification_list(request: HttpRequest, subjects: Subjects) -> HttpResponse:
    """Show a page of the log, newest first; to a page that is open, its list alone."""
    form = NarrowForm(request.GET, cast(User, request.user).pk, subjects)
    place = PlaceForm(request.GET).place()
    page = _page(form.narrowed().prefetch_related(_ways()), place)
    asked = form.asked.get("monitor")
    monitors = {row.monitor for row in page.rows if row.monitor} | ({asked} if asked else set())
    existing = subjects.existing(cast(User, request.user).pk, monitors) if monitors else {}
    _draw(page.rows, existing, place["seq"])
    query = request.GET.copy()
    for name in PLACES:
        query.pop(name, None)
    context = {
        "page": page,
        "days": by_day(page.rows, timezone.get_current_timezone(), by_stock=form.by_stock),
        "by_stock": form.by_stock,
        "today": timezone.localdate(),
        "form": form,
        "aimed": place["seq"],
        "is_missing": place["seq"] and all(row.seq != place["seq"] for row in page.rows),
        "query": query.urlencode(),
        "is_narrowed": any(query.values()),
        "monitor": existing.get(asked, f"#{asked}") if asked else "",
    }
    part = "_log" if request.headers.get("HX-Request") else "list"
    return render(request, f"notifications/{part}.html", context)


def _ways() -> "Prefetch[str, Any, str]":
    return Prefetch("deliveries", Delivery.objects.select_related("destination").order_by("pk"))


def _page(rows: NotificationQuerySet, place: dict[str, int | None]) -> paging.Page:
    if place["seq"] is not None:
        return paging.around(rows, place["seq"], PAGE_SIZE)
    if place["before"] is not None:
        return paging.before(rows, place["before"], PAGE_SIZE)
    if place["after"] is not None:
        return paging.after(rows, place["after"], PAGE_SIZE)
    return paging.newest(rows, PAGE_SIZE)


def _draw(rows: Iterable[Any], monitors: Container[int], aimed: int | None) -> None:
    """Give each notification its HTML; `monitors` are those that there are still."""
    items = Items(timezone.now(), aimed)
    for row in rows:
        row.html = items.of(row, is_gone=row.monitor is not None and row.monitor not in monitors)


@login_required
@never_cache
@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """Show the newest ones, for the panel of the bell."""
    rows = _log(request).order_by("-seq")[:NEWEST]
    context = {"rows": rows, "today": timezone.localdate()}
    return render(request, "notifications/_newest.html", context)


class BehindForm(forms.Form):
    """Behind which number to look, into the past."""

    before = forms.IntegerField(min_value=0, max_value=MAX_SEQ)


@login_required
@never_cache
@require_safe
def pressing(request: HttpRequest) -> HttpResponse:
    """Show what is urgent and unread behind a number, for a page that has shown what is not."""
    form = BehindForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=400)
    found = waiting(cast(User, request.user).pk, form.cleaned_data["before"])
    return render(request, "notifications/_waiting.html", {"waiting": found})


class ReadForm(forms.Form):
    """Up to which number to mark as read."""

    up_to = forms.IntegerField(min_value=0, max_value=MAX_SEQ)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the notifications up to a number as read, on all of the user's devices."""
    form = ReadForm(request.POST)
    if form.is_valid():
        mark_read(cast(User, request.user).pk, form.cleaned_data["up_to"])
    return redirect(_back(request))


@login_required
@require_POST
def act(request: HttpRequest, seq: int) -> HttpResponse:
    """Do what a button of a notification says: `deed`, a name and where need be a choice."""
    notification = get_object_or_404(_log(request), seq=min(seq, MAX_SEQ))
    name, _space, choice = request.POST.get("deed", "").partition(" ")
    try:
        said, status = links.do(notification, name, choice), 200
    except links.LinkError as error:
        said, status = error, error.status
    if request.headers.get("HX-Request"):
        return JsonResponse({"said": str(said)}, status=status)
    messages.add_message(request, messages.SUCCESS if status == 200 else messages.ERROR, str(said))
    return redirect(f"{_back(request)}#n{seq}")


def _back(request: HttpRequest) -> str:
    """Return the page that the button was on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("notification-list")
