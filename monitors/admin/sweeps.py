"""What the service did: its sweeps, and how its sources answered. Read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from monitors.models import SourceHealth, Sweep
from stockwatch.changelists import ReadOnlyAdmin


@admin.register(Sweep)
class SweepAdmin(ReadOnlyAdmin[Sweep]):
    """The newest rounds over all due instruments; older ones are pruned."""

    list_display = (
        "id", "started_at", "took", "instruments", "quotes", "fired", "done", "chunks",
    )  # fmt: skip
    list_filter = (("finished_at", admin.EmptyFieldListFilter),)
    date_hierarchy = "started_at"
    ordering = ("-pk",)

    @admin.display(description=_("seconds"))
    def took(self, obj: Sweep) -> str | None:
        """How long it took."""
        return None if obj.seconds is None else f"{obj.seconds:.2f}"


@admin.register(SourceHealth)
class SourceHealthAdmin(ReadOnlyAdmin[SourceHealth]):
    """One row a source that was ever asked."""

    list_display = (
        "name", "how_it_is", "last_ok", "errors_percent", "latency", "requests", "errors",
        "last_error_at", "last_error",
    )  # fmt: skip
    ordering = ("name",)

    @admin.display(description=_("state"))
    def how_it_is(self, obj: SourceHealth) -> str:
        """Whether its newest request went well."""
        return str({"ok": _("OK"), "failing": _("Failing"), "idle": _("Not asked yet")}[obj.state])

    @admin.display(description=_("error rate"), ordering="error_rate")
    def errors_percent(self, obj: SourceHealth) -> str:
        """Of about the last twenty requests."""
        return f"{obj.error_rate:.1%}"

    @admin.display(description=_("latency (ms)"), ordering="latency_ms")
    def latency(self, obj: SourceHealth) -> str | None:
        """Of about the last twenty requests, on average."""
        return None if obj.latency_ms is None else f"{obj.latency_ms:.0f}"
