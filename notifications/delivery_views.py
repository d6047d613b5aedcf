"""The page of what was sent where, try by try. What belongs to someone else is not found."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from notifications import destinations
from notifications.models import Delivery, DeliveryState, Destination
from notifications.models.delivery import DeliveryQuerySet

PAGE_SIZE = 50


class NarrowForm(forms.Form):
    """The questions `?search= &destination= &state=`."""

    search = forms.CharField(max_length=100, required=False)
    destination = forms.ModelChoiceField(
        Destination.objects.none(),
        required=False,
        empty_label=gettext_lazy("All destinations"),
        widget=forms.Select(attrs={"aria-label": gettext_lazy("Destination")}),
    )
    state = forms.ChoiceField(
        choices=[("", gettext_lazy("Any state")), *DeliveryState.choices],
        required=False,
        widget=forms.Select(attrs={"aria-label": gettext_lazy("State")}),
    )

    def __init__(self, data: Any, user_id: int) -> None:
        super().__init__(data)
        chosen = cast("forms.ModelChoiceField[Destination]", self.fields["destination"])
        chosen.queryset = Destination.objects.of(user_id)

    def narrow(self, rows: DeliveryQuerySet) -> DeliveryQuerySet:
        """Keep what was asked for; a question that makes no sense finds nothing."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["destination"]:
            rows = rows.filter(destination=asked["destination"])
        if asked["state"]:
            rows = rows.filter(state=asked["state"])
        if asked["search"]:
            rows = rows.filter(notification__title__icontains=asked["search"])
        return rows


@login_required
@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the user's deliveries with each try, newest first."""
    user_id = cast(User, request.user).pk
    narrowed = NarrowForm(request.GET, user_id)
    log = narrowed.narrow(Delivery.objects.of(user_id)).with_all().order_by("-pk")
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "notifications/deliveries.html",
        {
            "page": Paginator(log, PAGE_SIZE).get_page(request.GET.get("page")),
            "form": narrowed,
            "query": query.urlencode(),
            "is_narrowed": any(query.values()),
        },
    )


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a delivery that failed once more."""
    mine = Delivery.objects.of(cast(User, request.user).pk).filter(pk=pk)
    delivery = get_object_or_404(mine.select_related("destination"))
    failed = mine.filter(state=DeliveryState.FAILED)
    if destinations.send_again(failed, timezone.now()):
        messages.success(request, _("It is sent again."))
    elif not delivery.destination.enabled:
        named = {"name": delivery.destination}
        messages.error(request, _("%(name)s is off: turn it on first.") % named)
    return redirect("delivery-list")
