"""The outbox in the admin: what is on its way, what was tried, and once more by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications.admin.destinations import WayFilter, put_into_history
from notifications.delivery.switching import send_again
from notifications.models import Attempt, Delivery
from stockwatch.changelists import ReadOnlyAdmin


class DeliveryWayFilter(WayFilter):
    """By the way of the destination."""

    path = "destination__kind"


class AttemptWayFilter(WayFilter):
    """By the way of the destination that was tried."""

    path = "delivery__destination__kind"


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    """Each try of a delivery."""

    model = Attempt
    fields = ("at", "latency_ms", "ok", "error", "answer", "together")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin[Delivery]):
    """Deliveries, newest first."""

    list_display = (
        "notification", "user", "destination", "state", "attempts", "due_at", "ended_at",
        "last_error",
    )  # fmt: skip
    list_filter = ("state", DeliveryWayFilter, "ended_at")
    list_select_related = ("user", "destination", "notification")
    # By number, which the primary key sorts: other columns have no index over all users.
    ordering = ("-pk",)
    sortable_by = ("ended_at",)
    search_fields = ("=id", "destination__name", "^user__username", "last_error")
    search_help_text = _("A number, part of a destination's name or an error, or a user's name.")
    actions = ("again",)
    inlines = (AttemptInline,)
    fields = (
        ("user", "notification"),
        ("destination", "state", "attempts"),
        ("created_at", "due_at", "ended_at", "only_if_unread"),
        "last_error",
    )

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may have them sent again."""
        return request.user.has_perm("notifications.change_delivery")

    @admin.action(description=_("Send the selected deliveries again"), permissions=["resend"])
    def again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Send those that have ended once more; what is off is left alone."""
        now = timezone.now()
        chosen = Delivery.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        sent = [one for one in chosen if send_again(chosen.filter(pk=one.pk), now)]
        put_into_history(request, sent, _("Sent again."))
        message = ngettext(
            "%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", len(sent)
        )
        self.message_user(request, message % {"count": len(sent)})


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin[Attempt]):
    """Every try, newest first."""

    list_display = ("at", "delivery", "ok", "latency_ms", "error", "answer", "together")
    list_filter = ("ok", AttemptWayFilter, "at")
    list_select_related = ("delivery",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("=delivery__id", "error", "answer")
    search_help_text = _("The number of a delivery, part of an error or of an answer.")
    fields = ("delivery", ("at", "latency_ms", "ok", "together"), "error", "answer")
