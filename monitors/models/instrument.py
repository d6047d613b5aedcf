"""What is traded, and the last that the market said of it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitors.kinds import comparable
from monitors.market import InstrumentKind, Market, QuoteState
from monitors.market.identity import Identity
from monitors.symbols import Symbol
from stockwatch.fields import PriceField
from stockwatch.rowset import Rowset, moment_of, time_sql


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    """Sentences about instruments."""

    def of(self, symbol: Symbol) -> "Instrument":
        """Return the symbol's instrument, made with an empty quote if it is new."""
        instrument, _created = self.get_or_create(
            symbol=str(symbol), defaults={"market": symbol.market}
        )
        # Always asked for, as a crash could have come between the two.
        Quote.objects.get_or_create(instrument=instrument)
        return instrument

    def due_for_reference(self, now: datetime) -> "InstrumentQuerySet":
        """Those whose reference data are to be asked for, the longest due first."""
        return self.filter(reference_due_at__lte=now).order_by("reference_due_at", "pk")


class Instrument(models.Model):
    """A stock, fund or index on one exchange."""

    symbol = models.CharField(_("symbol"), max_length=20, unique=True)
    market = models.CharField(_("market"), max_length=2, choices=Market.choices, db_index=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    name_source = models.CharField(_("source of the name"), max_length=40, blank=True)
    english_name = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=5, choices=InstrumentKind.choices, blank=True)
    trading_state = models.CharField(
        _("lasting state"), max_length=10, choices=QuoteState.choices, blank=True
    )
    """`trading`, `suspended` or `delisted`, as it was last told; "" until then."""
    lot = models.PositiveIntegerField(_("lot"), null=True, blank=True)
    """Shares, where a source told it; monitors.market.boards knows those that a rule gives."""
    limit_up = PriceField(_("highest price of the day"), null=True, blank=True)
    limit_down = PriceField(_("lowest price of the day"), null=True, blank=True)
    limits_on = models.DateField(_("day of the limits"), null=True, blank=True)
    reference_at = models.DateTimeField(_("reference data of"), null=True, blank=True)
    reference_due_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    """When its reference data are to be asked for."""
    polled_at = models.DateTimeField(_("last asked for"), null=True, blank=True, editable=False)
    history_due_at = models.DateTimeField(
        null=True, blank=True, default=timezone.now, editable=False, db_index=True
    )
    """When its past minutes are to be asked for; None where they are there."""
    days_due_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    """When the days of its past years are to be asked for."""

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["symbol"]

    def __str__(self) -> str:
        return f"{self.symbol} {self.name}".strip()

    @property
    def parsed(self) -> Symbol:
        """The symbol with its market, currency and tick."""
        return Symbol.parse(self.symbol)

    @property
    def identity(self) -> Identity:
        """What it is called, by whom, and whether it trades."""
        return Identity(self.name, self.name_source, self.trading_state)

    def limits(self, now: datetime) -> tuple[Decimal, Decimal] | None:
        """Return the highest and the lowest price of the market's day; None where none is known."""
        today = now.astimezone(Market(self.market).timezone).date()
        if self.limits_on != today or self.limit_up is None or self.limit_down is None:
            return None
        return self.limit_up, self.limit_down


class Standing(NamedTuple):
    """A stored quote as evaluation compares it: prices in millionths."""

    instrument_id: int
    symbol: str
    name: str
    source: str
    state: str
    at: datetime | None
    price: int | None
    previous_close: int | None
    open: int | None
    high: int | None
    low: int | None
    volume: int
    revision: int
    accepted_at: datetime | None
    accepted_high: int | None
    accepted_low: int | None
    accepted_volume: int
    name_source: str
    trading_state: str
    changed_at: datetime | None = None
    prompt_revision: int | None = None
    prompt_at: datetime | None = None
    prompt_high: int | None = None
    prompt_low: int | None = None


_TIMES = ("at", "accepted_at", "changed_at", "prompt_at")
_TIME_PLACES = [Standing._fields.index(name) for name in _TIMES]


WANTED = Rowset("wanted", {"symbol": "text"})


def _standing_sql() -> str:
    """Return the query of stored quotes by symbol. The converters of a QuerySet would cost more."""
    special = {name: f"i.{name}" for name in ("symbol", "name", "name_source", "trading_state")} | {
        name: time_sql(f"q.{name}") for name in _TIMES
    }
    columns = ", ".join(special.get(name, f"q.{name}") for name in Standing._fields)
    return f"""WITH {WANTED.cte()} SELECT {columns} FROM wanted w
        CROSS JOIN monitors_instrument i CROSS JOIN monitors_quote q
        WHERE i.symbol = w.symbol AND q.instrument_id = i.id ORDER BY q.instrument_id
        {"FOR UPDATE OF q" if connection.vendor == "postgresql" else ""}"""


def _standing(row: Iterable[Any]) -> Standing:
    values = list(row)
    for place in _TIME_PLACES:
        values[place] = moment_of(values[place])
    return Standing._make(values)


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Sentences about quotes."""

    def standing(self, symbols: Iterable[str]) -> dict[str, Standing]:
        """Lock the symbols' quotes, in one order for all, and return them by symbol."""
        rows = WANTED.run(_standing_sql(), [(symbol,) for symbol in symbols])
        return {standing.symbol: standing for standing in map(_standing, rows)}

    def fits(self, instrument: Instrument, source: str) -> bool:
        """Whether prices of a source may stand beside the stored quote."""
        stored = self.filter(instrument=instrument).values_list("source", flat=True).first()
        return not stored or comparable(stored, source)

    def lock(self, *instrument_ids: int) -> "dict[int, Quote]":
        """Return instruments' quotes, locked in the order in which ingestion locks them.

        What arms a rule so waits for a running ingestion, and the other way round.
        """
        rows = self.filter(pk__in=instrument_ids).order_by("pk").select_for_update()
        return {quote.pk: quote for quote in rows}


class Quote(models.Model):
    """The newest quote of an instrument, and what the newest accepted one left for touch."""

    instrument = models.OneToOneField(
        Instrument,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="quote",
        verbose_name=_("instrument"),
    )
    source = models.CharField(_("source"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=QuoteState.choices, default=QuoteState.UNKNOWN
    )
    price = PriceField(_("price"), null=True, blank=True)
    previous_close = PriceField(_("previous close"), null=True, blank=True)
    open = PriceField(_("open"), null=True, blank=True)
    high = PriceField(_("high"), null=True, blank=True)
    low = PriceField(_("low"), null=True, blank=True)
    volume = models.BigIntegerField(_("volume"), default=0)
    amount = models.DecimalField(
        _("turnover"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    at = models.DateTimeField(_("quote time"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    delay = models.PositiveIntegerField(_("delay in seconds"), default=0)
    revision = models.BigIntegerField(_("accepted quotes"), default=0)
    accepted_at = models.DateTimeField(_("last accepted"), null=True, blank=True)
    accepted_high = PriceField(_("high at the last accepted quote"), null=True, blank=True)
    accepted_low = PriceField(_("low at the last accepted quote"), null=True, blank=True)
    accepted_volume = models.BigIntegerField(_("volume at the last accepted quote"), default=0)
    changed_at = models.DateTimeField(_("last change"), null=True, blank=True)
    """When the accepted quote was stamped that last had another price or volume."""
    frozen = models.BooleanField(_("frozen"), default=False)
    """Whether nothing has changed for long, while others of the market moved."""
    # The last accepted quote that was not late by design, where late ones have come since:
    # touch looks back to it for rules that refuse those.
    prompt_revision = models.BigIntegerField(null=True, blank=True, editable=False)
    prompt_at = models.DateTimeField(null=True, blank=True, editable=False)
    prompt_high = PriceField(null=True, blank=True, editable=False)
    prompt_low = PriceField(null=True, blank=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")

    def __str__(self) -> str:
        price = "" if self.price is None else format(self.price, "f")
        return f"{self.instrument.symbol} {price}".strip()

    def is_stale(self, max_age: int) -> bool:
        """Whether it is older than `max_age` seconds and its source's delay; 0 means never."""
        if self.at is None or not max_age:
            return False
        return (timezone.now() - self.at).total_seconds() > max_age + self.delay
