"""Destinations in the admin: whose, how they fare, and the switch. Their secrets stay sealed."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications.delivery import switching
from notifications.models import Destination, with_pending
from notifications.models.destination import transport_choices
from stockwatch.changelists import ReadOnlyAdmin


def put_into_history(request: HttpRequest, changed: Iterable[Any], done: Any) -> None:
    """Note who did what to which rows."""
    LogEntry.objects.log_actions(
        user_id=request.user.pk,  # type: ignore[arg-type]
        queryset=list(changed),
        action_flag=CHANGE,
        change_message=str(done),
    )


class WayFilter(admin.SimpleListFilter):
    """By way, of those that are installed."""

    title = _("way")
    parameter_name = "way"
    path = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what can be chosen."""
        return transport_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Apply the choice."""
        return queryset.filter(**{self.path: self.value()}) if self.value() else None


@admin.register(Destination)
class DestinationAdmin(ReadOnlyAdmin[Destination]):
    """Where users want to be told. Only they change it; staff may turn it off and on."""

    list_display = (
        "name", "user", "kind", "state_label", "failures", "refusals", "pending", "last_ok_at",
        "last_error",
    )  # fmt: skip
    list_filter = (WayFilter, "enabled")
    list_select_related = ("user",)
    ordering = ("-pk",)
    sortable_by = ("name", "last_ok_at")
    search_fields = ("=id", "name", "^user__username", "last_error")
    search_help_text = _("A number, part of a name or an error, or a user's name.")
    actions = ("turn_off", "turn_on")
    fields = (
        ("user", "name"),
        ("kind", "shown_params"),
        ("enabled", "state_label", "disabled_reason"),
        ("kinds", "least_severity", "escalate_after"),
        ("quiet_from", "quiet_until", "quiet_lets_urgent", "zone"),
        ("failures", "refusals", "pending", "wait_until"),
        ("last_ok_at", "last_error_at", "last_error"),
        ("created_at", "updated_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Destination]:
        """With what waits for each."""
        return with_pending(super().get_queryset(request))

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may turn them off and on."""
        return request.user.has_perm("notifications.change_destination")

    @admin.display(description=_("state"))
    def state_label(self, obj: Destination) -> str:
        """Return how it fares."""
        return str(obj.state.label)

    @admin.display(description=_("to be sent"))
    def pending(self, obj: Destination) -> int:
        """Return how many deliveries wait."""
        return int(getattr(obj, "pending", 0))

    @admin.display(description=_("parameters"))
    def shown_params(self, obj: Destination) -> str:
        """Return what is no secret, and of a secret only that there is one."""
        return "\n".join(f"{name}: {value}" for name, value in obj.shown_params.items())

    @admin.action(description=_("Turn the selected destinations off"), permissions=["switch"])
    def turn_off(self, request: HttpRequest, queryset: QuerySet[Destination]) -> None:
        """Send nothing to them until somebody turns them on."""
        why = str(_("An administrator turned it off."))
        self._act(request, queryset, lambda one: switching.turn_off(one, why), _("Turned off."))

    @admin.action(description=_("Turn the selected destinations on"), permissions=["switch"])
    def turn_on(self, request: HttpRequest, queryset: QuerySet[Destination]) -> None:
        """Send to them again, also what waits."""
        self._act(request, queryset, switching.turn_on, _("Turned on."))

    def _act(
        self,
        request: HttpRequest,
        queryset: QuerySet[Destination],
        act: Callable[[Destination], bool],
        done: Any,
    ) -> None:
        """Act on each, and put into the history those that it changed."""
        changed = [one for one in queryset if act(one)]
        put_into_history(request, changed, done)
        message = ngettext(
            "%(count)d destination: %(done)s", "%(count)d destinations: %(done)s", len(changed)
        )
        self.message_user(request, message % {"count": len(changed), "done": done})
