"""The page of what was sent where, try by try. What belongs to someone else is not found."""

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from notifications.delivery.switching import send_again
from notifications.models import MAX_SEQ, Delivery, DeliveryState, Destination
from notifications.models.delivery import DeliveryQuerySet

PAGE_SIZE = 50


class NarrowForm(forms.Form):
    """The questions `?search= &destination= &state= &day= &notification=`."""

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

    day = forms.DateField(
        required=False,
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput(
            attrs={"type": "date", "aria-label": gettext_lazy("Day")}, format="%Y-%m-%d"
        ),
    )
    notification = forms.IntegerField(
        min_value=1, max_value=MAX_SEQ, required=False, widget=forms.HiddenInput
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
        if asked["day"]:
            rows = rows.of_day(asked["day"], timezone.get_current_timezone())
        if asked["notification"]:
            rows = rows.filter(notification__seq=asked["notification"])
        if asked["search"]:
            rows = rows.filter(notification__title__icontains=asked["search"])
        return rows


@login_required
@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the user's deliveries with each try, newest first."""
    form, log = _narrowed(request)
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "notifications/deliveries.html",
        {
            "page": Paginator(log.with_all().order_by("-pk"), PAGE_SIZE).get_page(
                request.GET.get("page")
            ),
            "form": form,
            "failed": log.failed().count(),
            "query": query.urlencode(),
            "is_narrowed": any(query.values()),
        },
    )


def _narrowed(request: HttpRequest) -> tuple[NarrowForm, DeliveryQuerySet]:
    """Return the questions of the address, and the user's deliveries that they leave."""
    user_id = cast(User, request.user).pk
    form = NarrowForm(request.GET, user_id)
    return form, form.narrow(Delivery.objects.of(user_id))


@login_required
@require_POST
def all_again(request: HttpRequest) -> HttpResponse:
    """Send all that failed, among what the address asks for, once more."""
    _form, log = _narrowed(request)
    failed = log.failed()
    told = {"count": send_again(failed, timezone.now())}
    if told["count"]:
        said = ngettext("%(count)d is sent again.", "%(count)d are sent again.", told["count"])
        messages.success(request, said % told)
    if left := failed.count():
        said = ngettext(
            "%(count)d is not: its destination is off.",
            "%(count)d are not: their destinations are off.",
            left,
        )
        messages.warning(request, said % {"count": left})
    query = request.GET.urlencode()
    return redirect(reverse("delivery-list") + (f"?{query}" if query else ""))


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a delivery that failed once more."""
    mine = Delivery.objects.of(cast(User, request.user).pk).filter(pk=pk)
    delivery = get_object_or_404(mine.select_related("destination"))
    if send_again(mine.failed(), timezone.now()):
        messages.success(request, _("It is sent again."))
    elif not delivery.destination.enabled:
        named = {"name": delivery.destination}
        messages.error(request, _("%(name)s is off: turn it on first.") % named)
    return redirect("delivery-list")
