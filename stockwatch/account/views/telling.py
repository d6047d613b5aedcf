"""Where the user is told, how each place fares, and quiet hours: of these, and of open pages."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import destinations
from notifications.models import Delivery, Destination, DestinationState, Wording
from stockwatch.account.forms import DestinationsQuietForm, QuietHoursForm
from stockwatch.account.sections import show
from stockwatch.models import Preferences


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def telling(request: HttpRequest) -> HttpResponse:
    """Show the destinations and all quiet hours; set those of open pages, or of destinations."""
    user_id = cast(User, request.user).pk
    mine = list(Destination.objects.of(user_id).order_by("name", "pk"))
    sent = request.POST if request.method == "POST" else None
    of_pages = sent is not None and sent.get("of") == "pages"
    known = [(one.pk, one.name) for one in mine]
    form = DestinationsQuietForm(
        None if of_pages else sent, known=known, initial=destinations.shared_quiet_hours(user_id)
    )
    pages = QuietHoursForm(
        sent if of_pages else None, prefix="pages", initial=_of_pages(Preferences.of(user_id))
    )
    if sent is not None and (pages if of_pages else form).is_valid():
        if of_pages:
            Preferences.objects.update_or_create(pk=user_id, defaults=pages.cleaned_data)
        else:
            _set(mine, form)
        messages.success(request, _("The quiet hours are saved."))
        return redirect("settings-telling")
    context = {
        "form": form,
        "pages": pages,
        "destinations": mine,
        "failing": sum(one.state == DestinationState.FAILING for one in mine),
        "wordings": Wording.objects.of(user_id).count(),
        "failed": Delivery.objects.of(user_id).failed().count(),
        "pending": Delivery.objects.of(user_id).waiting().count(),
    }
    return show(request, "telling", context, is_wrong=sent is not None)


def _of_pages(chosen: Preferences) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in QuietHoursForm.base_fields}


def _set(mine: list[Destination], form: QuietHoursForm) -> None:
    values = dict(form.cleaned_data)
    chosen = set(values.pop("destinations"))
    for destination in mine:
        if destination.pk in chosen:
            try:
                destinations.change(destination, **values)
            except Destination.DoesNotExist:  # deleted in another tab meanwhile
                continue
