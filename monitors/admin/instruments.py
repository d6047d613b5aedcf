"""Instruments with their quotes, and the quotes by themselves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitors.admin.changes import ChangeInline
from monitors.admin.prices import NOTHING, quote_of, shown_change, shown_price, shown_time
from monitors.forms.rules import SymbolField
from monitors.kinds import source_kinds
from monitors.market import boards
from monitors.models import Instrument, Quote
from monitors.wire import on_tick, reference_data
from stockwatch.changelists import BigTableAdmin, ReadOnlyAdmin


class SourceFilter(admin.SimpleListFilter):
    """Where the quote came from. The installed sources, not a search for distinct values."""

    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Offer what can be chosen."""
        return [(name, name) for name in source_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Apply the choice."""
        return queryset.filter(source=self.value()) if self.value() else None


class InstrumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new instrument by its symbol, in any of its spellings."""

    symbol = SymbolField(label=_("Symbol"), help_text="600519.SH, 00700.HK, AAPL.US")

    class Meta:
        model = Instrument
        fields = ("symbol", "name")

    def clean_symbol(self) -> str:
        """Return the canonical form, by which the instrument is unique."""
        return str(self.cleaned_data["symbol"])


@admin.register(Instrument)
class InstrumentAdmin(BigTableAdmin[Instrument]):
    """What is traded. The symbol says the market, and stays."""

    form = InstrumentForm
    list_display = ("symbol", "name", "market", "price", "change_pct", "state", "quoted_at")
    list_filter = ("market", "quote__state")
    list_select_related = ("quote",)
    search_fields = ("^symbol", "name")
    search_help_text = _("The beginning of a symbol, or part of a name.")
    sortable_by = ("symbol",)
    quote_fields = ("price", "change_pct", "state", "source", "quoted_at", "polled_at", "monitors")
    reference_fields = (
        *("english_name", "kind", "board", "shown_lot", "limits", "name_source", "reference_at"),
    )
    inlines = (ChangeInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instrument]:
        """With the quotes: every page shows them."""
        return super().get_queryset(request).select_related("quote")

    def get_fields(self, request: HttpRequest, obj: Instrument | None = None) -> Any:
        """For a new one the symbol and name only."""
        return (
            ("symbol", "name")
            if obj is None
            else ("symbol", "name", "market", *self.quote_fields, *self.reference_fields)
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> Any:
        """All but the name, once it exists."""
        return (
            () if obj is None else ("symbol", "market", *self.quote_fields, *self.reference_fields)
        )

    def get_inlines(self, request: HttpRequest, obj: Instrument | None) -> Any:
        """A new one has no history."""
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Instrument, form: Any, change: bool) -> None:
        """Make it with its quote, as every other part of the system does."""
        if not change:
            obj.pk = Instrument.objects.of(obj.parsed).pk
        Instrument.objects.filter(pk=obj.pk).update(name=obj.name, name_source="")

    @admin.display(description=_("price"))
    def price(self, obj: Instrument) -> str:
        """Return the last price."""
        quote = quote_of(obj)
        return shown_price(quote, quote.price)

    @admin.display(description=_("change"))
    def change_pct(self, obj: Instrument) -> str:
        """Return the change of the day."""
        return shown_change(quote_of(obj))

    @admin.display(description=_("state"))
    def state(self, obj: Instrument) -> str:
        """Return what the quote's own content shows."""
        return quote_of(obj).get_state_display()

    @admin.display(description=_("source"))
    def source(self, obj: Instrument) -> str:
        """Who sent the quote."""
        return quote_of(obj).source or NOTHING

    @admin.display(description=_("quote time"))
    def quoted_at(self, obj: Instrument) -> str:
        """Return the exchange's time stamp."""
        return shown_time(quote_of(obj).at)

    @admin.display(description=_("board"))
    def board(self, obj: Instrument) -> str:
        """Return the part of the exchange."""
        found = boards.board(obj.parsed)
        return str(found.label) if found else NOTHING

    @admin.display(description=_("lot"))
    def shown_lot(self, obj: Instrument) -> str:
        """Return the smallest purchase, in shares."""
        lot = reference_data(obj, timezone.now())["lot"]
        return NOTHING if lot is None else str(lot)

    @admin.display(description=_("limits today"))
    def limits(self, obj: Instrument) -> str:
        """Return the lowest and the highest price of the day."""
        limits = obj.limits(timezone.now())
        if limits is None:
            return NOTHING
        up, down = (on_tick(price, obj.parsed) for price in limits)
        return f"{down} – {up}"

    @admin.display(description=_("monitors"))
    def monitors(self, obj: Instrument) -> SafeString:
        """How many there are, and the way to them."""
        address = reverse("admin:monitors_monitor_changelist")
        return format_html(
            '<a href="{}?instrument__id__exact={}">{}</a>',
            address,
            obj.pk,
            _now("%(count)d monitors") % {"count": obj.monitors.count()},
        )


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin[Quote]):
    """The newest quotes, as ingestion left them."""

    list_display = ("instrument", "last", "change_pct", "state", "source", "at", "received_at")
    list_filter = ("state", SourceFilter, "instrument__market")
    list_select_related = ("instrument",)
    ordering = ("pk",)
    sortable_by = ()
    search_fields = ("^instrument__symbol", "instrument__name")
    search_help_text = _("The beginning of a symbol, or part of a name.")

    @admin.display(description=_("price"))
    def last(self, obj: Quote) -> str:
        """Return the last price."""
        return shown_price(obj, obj.price)

    @admin.display(description=_("change"))
    def change_pct(self, obj: Quote) -> str:
        """Return the change of the day."""
        return shown_change(obj)
