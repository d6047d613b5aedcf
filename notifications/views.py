"""The page of what a user was told."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from notifications.models import MAX_SEQ, Delivery, Notification
from notifications.reading import mark_read

PAGE_SIZE = 50

Kinds = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What notifications are about belongs to other apps, which the composition root asks."""

    kinds: Kinds
    """Names and labels of the kinds."""
    spelt: Callable[[str], str]
    """A word as the log spells it, if it is a symbol: `sh600519` is 600519.SH."""
    existing: Callable[[int, Collection[int]], Collection[int]]
    """Which of a user's monitors, by id, are still there."""


class NarrowForm(forms.Form):
    """The questions `?search= &kind= &unread=`."""

    search = forms.CharField(label=_("Symbol or name"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, widget=forms.Select(attrs={"aria-label": _("Kind")})
    )
    unread = forms.BooleanField(label=_("Unread only"), required=False)

    def __init__(self, data: Any, subjects: Subjects) -> None:
        super().__init__(data)
        kinds = cast(forms.ChoiceField, self.fields["kind"])
        kinds.choices = [("", _("All kinds")), *subjects.kinds]
        self.spelt = subjects.spelt

    def narrow(self, rows: QuerySet[Notification]) -> QuerySet[Notification]:
        """Keep what was asked for; a question that makes no sense finds nothing."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["unread"]:
            rows = rows.filter(read_at=None)
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        for word in asked["search"].split():
            rows = rows.filter(
                Q(symbol__icontains=word) | Q(symbol=self.spelt(word)) | Q(name__icontains=word)
            )
        return rows


@login_required
@require_safe
def notification_list(request: HttpRequest, subjects: Subjects) -> HttpResponse:
    """Show a page of the log, newest first."""
    narrowed = NarrowForm(request.GET, subjects)
    user_id = cast(User, request.user).pk
    sent = Prefetch("deliveries", Delivery.objects.select_related("destination").order_by("pk"))
    log = Notification.objects.for_user(user_id).prefetch_related(sent).order_by("-seq")
    page = Paginator(narrowed.narrow(log), PAGE_SIZE).get_page(request.GET.get("page"))
    named = {row.monitor for row in page.object_list if row.monitor is not None}
    query = request.GET.copy()
    query.pop("page", None)
    is_narrowed = any(query.values())
    return render(
        request,
        "notifications/list.html",
        {
            "page": page,
            "gone": named.difference(subjects.existing(user_id, named)) if named else (),
            "form": narrowed,
            "query": query.urlencode(),
            "is_narrowed": is_narrowed,
            # Only the newest page of the whole log can grow by what comes in.
            "is_live": page.number == 1 and not is_narrowed,
            "blank": Notification(seq=0),
        },
    )


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
    return redirect("notification-list")
