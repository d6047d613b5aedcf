"""What the service did: its sweeps, how its sources answered and differed. Read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from monitors.models import Disagreement, SourceHealth, Sweep
from monitors.wire import on_tick
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


@admin.register(Disagreement)
class DisagreementAdmin(ReadOnlyAdmin[Disagreement]):
    """Where two sources told different prices and rules were withheld for it."""

    list_display = (
        "instrument", "at", "last_at", "count", "source", "first_price", "other_source",
        "second_price", "percent",
    )  # fmt: skip
    list_filter = ("source", "other_source")
    list_select_related = ("instrument",)
    search_fields = ("instrument__symbol", "instrument__name")
    date_hierarchy = "at"
    ordering = ("-last_at",)

    @admin.display(description=_("price"))
    def first_price(self, obj: Disagreement) -> str | None:
        """What the source said that told the quote."""
        return on_tick(obj.price, obj.instrument.parsed)

    @admin.display(description=_("its price"))
    def second_price(self, obj: Disagreement) -> str | None:
        """What the second source said."""
        return on_tick(obj.other_price, obj.instrument.parsed)

    @admin.display(description=_("deviation (percent)"), ordering="deviation")
    def percent(self, obj: Disagreement) -> str:
        """How far apart they were."""
        return f"{obj.deviation:.2f}"
