"""Buttons: what is done to monitors from a list, one or many, and undone."""

import re
from collections.abc import Callable, Iterable, Sequence
from secrets import token_hex
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitors import lifecycle
from monitors.forms.about import AboutForm
from monitors.forms.snooze import CHOICES, SnoozeForm
from monitors.models import CalendarOverride, Monitor
from monitors.models.monitor import group_named
from monitors.spec import LONGEST_GROUP
from monitors.views.saying import back, say, wanted_page

MOST_AT_ONCE = 500

Act = Callable[[Iterable[Monitor]], int]


_ID = re.compile("[0-9]{1,18}")


def own_id(request: HttpRequest) -> int:
    """Return the user's id."""
    return cast(User, request.user).pk


def own(request: HttpRequest) -> QuerySet[Monitor]:
    """Return the user's monitors with their stocks."""
    return Monitor.objects.of(own_id(request)).select_related("instrument__quote")


@login_required
@require_POST
def act(request: HttpRequest, pk: int, change: Act, done: str) -> HttpResponse:
    """Do one thing to one monitor and go back to where the button was."""
    monitor = get_object_or_404(own(request), pk=pk)
    if change([monitor]):
        say(request, done % {"monitor": monitor.instrument})
    return back(request)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a monitor at once, which can be undone; a link to here asks first."""
    monitor = get_object_or_404(own(request), pk=pk)
    if request.method != "POST":
        return render(request, "monitors/delete.html", {"monitor": monitor})
    batch = token_hex(8)
    if lifecycle.delete([monitor], batch):
        text = _("%(monitor)s is no longer watched.") % {"monitor": monitor.instrument}
        say(request, text, undo=batch)
    return back(request)


@login_required
@require_POST
def undo(request: HttpRequest, batch: str) -> HttpResponse:
    """Have back what was deleted at one go."""
    restored = lifecycle.restore(own_id(request), batch)
    if not restored:
        say(request, _("It is too late to undo this, or it is undone already."), messages.WARNING)
    elif len(restored) == 1:
        say(request, _("%(monitor)s is watched again.") % {"monitor": restored[0].instrument})
    else:
        text = ngettext("%(count)d monitor is back.", "%(count)d monitors are back.", len(restored))
        say(request, text % {"count": len(restored)})
    return back(request)


@login_required
@require_safe
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all that can be done to a monitor: a page, or the menu alone for a script."""
    monitor = get_object_or_404(own(request), pk=pk)
    template = "monitors/_menu.html" if getattr(request, "htmx", False) else "monitors/actions.html"
    shown = {"monitor": monitor, "snoozes": CHOICES, "next": wanted_page(request)}
    return render(request, template, shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a monitor until a time that is chosen by a word or a date."""
    monitor = get_object_or_404(own(request), pk=pk)
    form = SnoozeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _snooze(request, [monitor], form)
        return back(request)
    shown = {"monitor": monitor, "form": form, "snoozes": CHOICES, "next": wanted_page(request)}
    return render(request, "monitors/snooze.html", shown, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a monitor's note, group and rating; a page of its own shows what will not do."""
    monitor = get_object_or_404(own(request), pk=pk)
    form = AboutForm.of(monitor, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            lifecycle.edit(monitor, **form.cleaned_data)
        except Monitor.DoesNotExist as error:  # deleted while it was written
            raise Http404 from error
        say(request, _("%(monitor)s is saved.") % {"monitor": monitor.instrument})
        return back(request)
    if form.errors and not request.accepts("text/html"):
        say(request, " ".join(form.problems()), messages.ERROR)
        return back(request)
    shown = {"monitor": monitor, "about": form, "next": wanted_page(request)}
    return render(request, "monitors/about.html", shown, status=422 if form.errors else 200)


@login_required
@require_POST
def act_on_all(request: HttpRequest) -> HttpResponse:
    """Do one thing to the monitors that were ticked: `do`, and `id` for each.

    Of the ids those count that are the user's own; with `do=snooze` comes what SnoozeForm asks, and
    a pause with it is one.
    """
    chosen, name = _chosen(request), request.POST.get("do", "")
    if not chosen:
        say(request, _("Nothing is selected: tick some monitors first."), messages.WARNING)
    elif name == "snooze" or (name == "pause" and request.POST.get("until")):
        form = SnoozeForm(request.POST)
        if form.is_valid():
            _snooze(request, chosen, form)
        else:
            say(request, " ".join(form.problems()), messages.ERROR)
    elif name == "delete":
        batch = token_hex(8)
        count = lifecycle.delete(chosen, batch)
        text = ngettext("%(count)d monitor deleted.", "%(count)d monitors deleted.", count)
        say(request, text % {"count": count}, undo=batch if count else "")
    elif name == "group":
        _regroup(request, chosen)
    elif change := _CHANGES.get(name):
        run, words = change
        count = run(chosen)
        say(request, words(count) % {"count": count})
    else:
        say(request, _("do: choose pause, resume, rearm, snooze, group or delete."), messages.ERROR)
    return back(request)


def _regroup(request: HttpRequest, chosen: Sequence[Monitor]) -> None:
    """Put monitors into the group that was typed; nothing typed takes them out of theirs."""
    group = group_named(request.POST.get("group", ""))
    if len(group) > LONGEST_GROUP:
        text = _("group: a name has at most %(most)d characters.")
        say(request, text % {"most": LONGEST_GROUP}, messages.ERROR)
        return
    count = lifecycle.regroup(chosen, group)
    if group:
        text = ngettext(
            "%(count)d monitor moved to %(group)s.", "%(count)d monitors moved to %(group)s.", count
        )
    else:
        text = ngettext(
            "%(count)d monitor is in no group now.",
            "%(count)d monitors are in no group now.",
            count,
        )
    say(request, text % {"count": count, "group": group})


def _snooze(request: HttpRequest, chosen: Sequence[Monitor], form: SnoozeForm) -> None:
    """Pause each until what was chosen means for its market; say how many that were."""
    now, calendar = timezone.now(), CalendarOverride.objects.calendar()
    until = {one.pk: form.end(one.instrument.parsed.market, now, calendar) for one in chosen}
    slept = [one for one in chosen if lifecycle.snooze([one], until[one.pk])]
    if not slept:
        say(request, _("Nothing changed: what does not watch anyhow stays so."), messages.WARNING)
    elif len(chosen) == 1:
        at = date_format(timezone.localtime(until[slept[0].pk]), "Y-m-d H:i")
        text = _("%(monitor)s is paused until %(time)s.")
        say(request, text % {"monitor": slept[0].instrument, "time": at})
    else:
        text = ngettext(
            "%(count)d monitor is paused for a time.",
            "%(count)d monitors are paused for a time.",
            len(slept),
        )
        say(request, text % {"count": len(slept)})


def _chosen(request: HttpRequest) -> list[Monitor]:
    """Return the user's own of the monitors that were ticked."""
    ids = {int(one) for one in request.POST.getlist("id")[:MOST_AT_ONCE] if _ID.fullmatch(one)}
    return list(own(request).filter(pk__in=ids).order_by("pk"))


def _paused(count: int) -> str:
    return ngettext("%(count)d monitor paused.", "%(count)d monitors paused.", count)


def _resumed(count: int) -> str:
    return ngettext("%(count)d monitor resumed.", "%(count)d monitors resumed.", count)


def _rearmed(count: int) -> str:
    return ngettext(
        "The rules of %(count)d monitor are armed again.",
        "The rules of %(count)d monitors are armed again.",
        count,
    )


_CHANGES: dict[str, tuple[Act, Callable[[int], str]]] = {
    "pause": (lifecycle.pause, _paused),
    "resume": (lifecycle.resume, _resumed),
    "rearm": (lifecycle.rearm, _rearmed),
}
