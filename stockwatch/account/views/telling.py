"""Where the user is told, how each place fares, and the quiet hours of all of them."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import destinations
from notifications.models import Delivery, Destination, DestinationState, Wording
from stockwatch.account.forms import QuietHoursForm
from stockwatch.account.sections import show


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def telling(request: HttpRequest) -> HttpResponse:
    """Show the destinations with their quiet hours, and set these for several at once."""
    user_id = cast(User, request.user).pk
    mine = list(Destination.objects.of(user_id).order_by("name", "pk"))
    sent = request.POST if request.method == "POST" else None
    known = [(one.pk, one.name) for one in mine]
    form = QuietHoursForm(sent, known=known, initial=destinations.shared_quiet_hours(user_id))
    if sent is not None and form.is_valid():
        _set(mine, form)
        messages.success(request, _("The quiet hours are saved."))
        return redirect("settings-telling")
    context = {
        "form": form,
        "destinations": mine,
        "failing": sum(one.state == DestinationState.FAILING for one in mine),
        "wordings": Wording.objects.of(user_id).count(),
        "failed": Delivery.objects.of(user_id).failed().count(),
        "pending": Delivery.objects.of(user_id).waiting().count(),
    }
    return show(request, "telling", context, is_wrong=sent is not None)


def _set(mine: list[Destination], form: QuietHoursForm) -> None:
    values = dict(form.cleaned_data)
    chosen = set(values.pop("destinations"))
    for destination in mine:
        if destination.pk in chosen:
            try:
                destinations.change(destination, **values)
            except Destination.DoesNotExist:  # deleted in another tab meanwhile
                continue
