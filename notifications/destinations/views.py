"""The pages of where a user is told. What belongs to someone else is not found."""

from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import kinds
from notifications.delivery.switching import turn_on
from notifications.destinations import editing, shown_once, trials, ways
from notifications.destinations.forms import DestinationForm, ParamsPart, with_kept
from notifications.destinations.trials import Trial
from notifications.destinations.words import routing_words
from notifications.models import Destination, with_pending
from notifications.models.destination import server_zone, transport_choices
from notifications.subjects import Subjects
from notifications.transports.base import Transport, TransportError
from stockwatch.zones import check_zone


def mine(request: HttpRequest) -> QuerySet[Destination]:
    """Return the user's destinations."""
    return Destination.objects.of(request.user.pk)


@login_required
@require_safe
def destination_list(request: HttpRequest, subjects: Subjects) -> HttpResponse:
    """Show where the user is told, and how each place fares."""
    labels, installed = dict(subjects.kinds), dict(transport_choices())
    lines = [
        {
            "destination": one,
            "way": installed.get(one.kind),
            "routing": routing_words(one, labels),
            "is_resting": one.wait_until is not None and one.wait_until > timezone.now(),
        }
        for one in with_pending(mine(request)).order_by("pk")
    ]
    context = {
        "lines": lines,
        "site": settings.SITE_URL,
        "browser": ways.by_browser(),
        "made": shown_once.take(request),
    }
    return render(request, "notifications/destinations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, subjects: Subjects) -> HttpResponse:
    """Let the user choose a way, then add a destination."""
    kind = request.GET.get("kind", "")
    way = kinds.transport_kinds().get(kind)
    if kind and way is None:
        raise Http404
    if way is None or way.browser_key():
        return render(request, "notifications/ways.html", {"groups": ways.grouped()})
    if request.method == "POST":
        return _sent(request, subjects, kind, None)
    usual = editing.shared_quiet_hours(request.user.pk)
    form = DestinationForm(initial=usual, known=subjects.kinds)
    return _page(request, kind, None, form, ParamsPart(kind, None, None))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, subjects: Subjects) -> HttpResponse:
    """Change a destination."""
    stored = get_object_or_404(mine(request), pk=pk)
    if stored.kind not in kinds.transport_kinds():
        raise Http404
    if request.method == "POST":
        return _sent(request, subjects, stored.kind, stored)
    form = DestinationForm.of(stored, subjects.kinds)
    return _page(request, stored.kind, stored, form, ParamsPart(stored.kind, None, stored))


@login_required
@require_POST
def switch(request: HttpRequest, pk: int, on: bool) -> HttpResponse:
    """Turn a destination on or off."""
    destination = get_object_or_404(mine(request), pk=pk)
    if on:
        turn_on(destination)
        messages.success(request, _("%(name)s is on.") % {"name": destination})
    else:
        editing.change(destination, enabled=False)
        messages.success(request, _("%(name)s is off.") % {"name": destination})
    return redirect("destination-list")


@login_required
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test to a destination and say what its service answered."""
    destination = get_object_or_404(mine(request), pk=pk)
    try:
        trial = _tried(request, destination.transport, destination.zone)
    except TransportError as error:
        trial = Trial(False, "", str(error), 0)
    said = {"name": destination, "said": " – ".join(filter(None, (trial.error, trial.answer)))}
    if trial.ok:
        messages.success(request, _("%(name)s took the test. Its answer: %(said)s") % said)
    else:
        messages.error(request, _("%(name)s did not take the test: %(said)s") % said)
    return redirect("destination-list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to delete a destination, and delete it with its deliveries."""
    destination = get_object_or_404(mine(request), pk=pk)
    if request.method != "POST":
        context = {"destination": destination}
        return render(request, "notifications/destination_delete.html", context)
    destination.delete()
    messages.success(request, _("%(name)s is deleted.") % {"name": destination})
    return redirect("destination-list")


def _sent(
    request: HttpRequest, subjects: Subjects, kind: str, stored: Destination | None
) -> HttpResponse:
    """Save the form, or send a test with what it says, as the button tells that was pressed."""
    known, part = with_kept(subjects.kinds, stored), ParamsPart(kind, request.POST, stored)
    if "test" in request.POST:
        form = DestinationForm.typed(request.POST, known)
        if not part.form.is_valid():
            return _page(request, kind, stored, form, part, status=422)
        transport = kinds.transport_kinds()[kind](part.form.cleaned_data)
        trial = _tried(request, transport, request.POST.get("zone", ""))
        return _page(request, kind, stored, form, part, trial=trial)
    form = DestinationForm(request.POST, known=known)
    if not (form.is_valid() and part.form.is_valid()):
        return _page(request, kind, stored, form, part, status=422)
    saved = _saved(request, kind, stored, form, part)
    if saved is None:
        return _page(request, kind, stored, form, part, status=422)
    messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
    shown_once.remember(request, saved, part.made)
    return redirect("destination-list")


def _saved(
    request: HttpRequest,
    kind: str,
    stored: Destination | None,
    form: DestinationForm,
    part: ParamsPart,
) -> Destination | None:
    """Save what is valid; None where the user has as many destinations as one may have."""
    params, fields = part.form.cleaned_data, form.cleaned_data
    try:
        if stored is None:
            return editing.create(cast(User, request.user).pk, params, kind=kind, **fields)
        editing.change(stored, params, **fields)
    except editing.TooManyError:
        form.add_error(None, editing.too_many())
        return None
    except Destination.DoesNotExist as error:  # deleted while it was edited
        raise Http404 from error
    return stored


def _tried(request: HttpRequest, transport: Transport, zone: str) -> Trial:
    """Send a test; one too many fails as if refused, and says how long to wait."""
    user_id = cast(User, request.user).pk
    if wait := trials.wait_before(user_id, transport):
        message = _("That were many tests: try again in %(seconds)d seconds.")
        return Trial(False, "", message % {"seconds": round(wait) + 1}, 0)
    return trials.send(user_id, transport, _zone(zone), timezone.now())


def _zone(name: str) -> ZoneInfo:
    try:
        check_zone(name)
    except ValidationError:
        return ZoneInfo(server_zone())
    return ZoneInfo(name)


def _page(
    request: HttpRequest,
    kind: str,
    stored: Destination | None,
    form: DestinationForm,
    part: ParamsPart,
    *,
    trial: Trial | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "destination": stored,
        "way": ways.way(kind),
        "form": form,
        "part": part,
        "trial": trial,
        "is_wrong": status != 200,
    }
    return render(request, "notifications/destination.html", context, status=status)
