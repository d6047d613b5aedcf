"""Monitors with their rules. Whatever is done here goes through `lifecycle`, as everywhere."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from monitors import lifecycle
from monitors.admin.prices import quote_of, shown_price
from monitors.admin.rules import RuleFormSet, RuleInline
from monitors.models import Instrument, Monitor, Rule
from monitors.spec import check_latest
from stockwatch.changelists import BigTableAdmin

MOST_AT_ONCE = 500
"""Monitors that one action takes: each is locked and changed by itself while the page waits."""

WANTED = (
    "rating", "group", "note", "trading_hours_only", "notifications_enabled", "check_interval",
    "expires_at",
)  # fmt: skip


class MonitorForm(forms.ModelForm):  # type: ignore[type-arg]
    """A monitor's own fields: staff may end one by an expiry that has passed."""

    def clean_expires_at(self) -> datetime | None:
        """Refuse what REST and the pages refuse."""
        given: datetime | None = self.cleaned_data["expires_at"]
        if given is not None:
            check_latest(given)
        return given


@admin.register(Monitor)
class MonitorAdmin(BigTableAdmin[Monitor]):
    """What users watch."""

    form = MonitorForm
    list_display = (
        "__str__", "owner", "status", "price", "levels", "armed_levels", "rating",
        "trading_hours_only", "expires_at", "created_at",
    )  # fmt: skip
    list_filter = (
        "status", "rating", "trading_hours_only", "notifications_enabled",
        "instrument__market", "rules__kind", "rules__state",
    )  # fmt: skip
    list_select_related = ("owner", "instrument__quote")
    ordering = ("-pk",)
    sortable_by = ("__str__", "status", "expires_at")
    search_fields = ("=id", "^instrument__symbol", "instrument__name", "^owner__username")
    search_help_text = _("A number, a symbol, part of a stock's name, or a user's name.")
    autocomplete_fields = ("owner", "instrument")
    actions = ("pause", "resume", "rearm")
    inlines = (RuleInline,)
    shown = ("status", "price", "armed_levels", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Monitor]:
        """With what every page shows, in two queries for any number of monitors."""
        rules = Rule.objects.annotate(levels=Count("triggers")).order_by("pk")
        monitors = super().get_queryset(request).select_related(*self.list_select_related)
        return monitors.prefetch_related(Prefetch("rules", rules))

    def get_fields(self, request: HttpRequest, obj: Monitor | None = None) -> Any:
        """Leave out what a new one has nothing to show of yet."""
        return ("owner", "instrument", *WANTED, *(self.shown if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Monitor | None = None) -> Any:
        """Notifications belong to the owner, so a monitor stays with its own."""
        return ("owner", *self.shown) if obj else ()

    @admin.display(description=_("price"))
    def price(self, obj: Monitor) -> str:
        """Return the last price of what it watches."""
        quote = quote_of(obj.instrument)
        return shown_price(quote, quote.price)

    @admin.display(description=_("rules"))
    def levels(self, obj: Monitor) -> str:
        """Each rule with its levels."""
        return ", ".join(str(rule) for rule in obj.rules.all())

    @admin.display(description=_("armed levels"))
    def armed_levels(self, obj: Monitor) -> int:
        """How many levels its rules wait for."""
        return sum(getattr(rule, "levels", 0) for rule in obj.rules.all())

    # -- The one door ---------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Monitor, form: Any, change: bool) -> None:
        """Nothing yet: a monitor is saved together with its rules, in save_related."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Create or edit through `lifecycle`; what was not touched keeps its state."""
        rules = next((one for one in formsets if isinstance(one, RuleFormSet)), None)
        if rules is not None:
            rules.save(commit=False)  # only to tell the history what is new, changed and deleted
        monitor: Monitor = form.instance
        if change:
            self._edit(monitor, form, rules)
        else:
            wanted = {name: getattr(monitor, name) for name in WANTED}
            specs = rules.specs() if rules is not None else []
            created = lifecycle.create(monitor.owner_id, monitor.instrument.parsed, specs, **wanted)
            monitor.pk = created.pk

    def _edit(self, monitor: Monitor, form: Any, rules: RuleFormSet | None) -> None:
        changed = [name for name in form.changed_data if name in WANTED]
        specs = rules.specs() if rules is not None and rules.has_changed() else None
        moved = "instrument" in form.changed_data
        if not (changed or moved or specs):
            return
        try:
            lifecycle.edit(
                monitor,
                specs,
                # Asked for by its id: the form's monitor still carries the old one's cached row.
                Instrument.objects.get(pk=monitor.instrument_id).parsed if moved else None,
                **{name: getattr(monitor, name) for name in changed},
            )
        except Monitor.DoesNotExist as gone:
            raise Http404(_now("The monitor has been deleted meanwhile.")) from gone

    def delete_model(self, request: HttpRequest, obj: Monitor) -> None:
        """Delete one, disarmed first."""
        lifecycle.delete([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Monitor]) -> None:
        """Delete several, each in a transaction of its own."""
        lifecycle.delete(queryset)

    # -- Actions --------------------------------------------------------------------------------

    @admin.action(description=_("Pause the selected monitors"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Monitor]) -> None:
        """Stop them from firing."""
        self._act(request, queryset, lifecycle.pause, _("Paused."))

    @admin.action(description=_("Resume the selected monitors"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Monitor]) -> None:
        """Arm paused and expired ones anew."""
        self._act(request, queryset, lifecycle.resume, _("Resumed."))

    @admin.action(description=_("Re-arm the selected monitors"), permissions=["change"])
    def rearm(self, request: HttpRequest, queryset: QuerySet[Monitor]) -> None:
        """Arm the rules that have fired."""
        self._act(request, queryset, lifecycle.rearm, _("Re-armed."))

    def _act(
        self,
        request: HttpRequest,
        queryset: QuerySet[Monitor],
        act: Callable[[Iterable[Monitor]], int],
        done: Any,
    ) -> None:
        """Act on each, and put into the history those that it changed."""
        changed = [monitor for monitor in queryset if act([monitor])]
        LogEntry.objects.log_actions(
            user_id=request.user.pk,  # type: ignore[arg-type]
            queryset=changed,
            action_flag=CHANGE,
            change_message=str(done),
        )
        count = len(changed)
        message = ngettext("%(count)d monitor: %(done)s", "%(count)d monitors: %(done)s", count)
        self.message_user(request, message % {"count": count, "done": done})

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Monitor], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Refuse what would keep the page waiting for minutes."""
        if (
            request.POST.get("select_across") == "1"
            and len(queryset[: MOST_AT_ONCE + 1]) > MOST_AT_ONCE
        ):
            message = _now("Choose at most %(most)d monitors at a time.") % {"most": MOST_AT_ONCE}
            self.message_user(request, message, messages.ERROR)
            return None
        return super().response_action(request, queryset, *args, **kwargs)
