"""What quotes and monitors look like outside, on the socket and in REST alike (contract §4, §6)."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from django.conf import settings

from monitors.calendars import Calendar
from monitors.kinds import source_kinds
from monitors.market import InstrumentKind, boards
from monitors.models import Instrument, Monitor, Quote, Rule
from monitors.symbols import Symbol
from notifications.wire import moment
from stockwatch.fields import plain

PERCENT = Decimal("0.01")


class QuoteLike(Protocol):
    """What a stored quote and a source's snapshot have in common."""

    @property
    def price(self) -> Decimal | None: ...
    @property
    def previous_close(self) -> Decimal | None: ...
    @property
    def volume(self) -> int: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def source(self) -> str: ...
    @property
    def state(self) -> Any: ...
    @property
    def delay(self) -> int: ...


def on_tick(price: Decimal | None, symbol: Symbol) -> str | None:
    """Return a price as text with the places of the instrument's tick: 1712.5 is "1712.50".

    Places beyond the tick are kept: a price is shown as it was quoted, never rounded.
    """
    if price is None:
        return None
    price, tick = plain(price), symbol.tick
    if price.as_tuple().exponent > tick.as_tuple().exponent:  # type: ignore[operator]
        price = price.quantize(tick)
    return format(price, "f")


def change(quote: QuoteLike) -> Decimal | None:
    """Return the difference to the previous close."""
    if quote.price is None or not quote.previous_close:
        return None
    return quote.price - quote.previous_close


def change_pct(quote: QuoteLike) -> Decimal | None:
    """Return the change in percent of the previous close, to two places."""
    difference = change(quote)
    if difference is None or not quote.previous_close:
        return None
    return (difference * 100 / quote.previous_close).quantize(PERCENT, ROUND_HALF_UP)


def quote_data(
    symbol: Symbol, quote: QuoteLike, received_at: datetime | None, *, frozen: bool
) -> dict[str, Any]:
    """Return a quote as plain JSON values; prices are text on the instrument's tick.

    `frozen` is there only where it holds: the contract does not know it.
    """
    percent = change_pct(quote)
    data = {
        "symbol": str(symbol),
        "price": on_tick(quote.price, symbol),
        "change": on_tick(change(quote), symbol),
        "change_pct": None if percent is None else str(percent),
        "volume": quote.volume,
        "at": moment(quote.at),
        "received_at": moment(received_at),
        "source": quote.source,
        "delayed": quote.delay > 0,
        "state": str(quote.state),
    }
    return data | {"frozen": True} if frozen else data


def full_quote_data(instrument: Instrument, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """Return everything that is known of an instrument's last quote; `quote` is loaded."""
    symbol, quote = instrument.parsed, instrument.quote
    source = source_kinds().get(quote.source)
    always_open = source is not None and source.always_open
    return quote_data(symbol, quote, quote.received_at, frozen=quote.frozen) | {
        "name": instrument.name,
        "market": instrument.market,
        "currency": symbol.currency,
        "previous_close": on_tick(quote.previous_close, symbol),
        "open": on_tick(quote.open, symbol),
        "high": on_tick(quote.high, symbol),
        "low": on_tick(quote.low, symbol),
        "delay": quote.delay,
        "frozen": quote.frozen,
        "stale": quote.is_stale(settings.QUOTE_MAX_AGE),
        "market_open": always_open or calendar.is_open(symbol.market, now),
        **reference_data(instrument, now),
    }


def reference_data(instrument: Instrument, now: datetime) -> dict[str, Any]:
    """Return what is known of an instrument beside its prices; `quote` is loaded.

    What its source told goes before what is usual on its board.
    """
    symbol = instrument.parsed
    board, lots = boards.board(symbol), boards.lot(symbol)
    if instrument.lot:
        lots = instrument.lot, instrument.lot
    lot, lot_step = lots or (None, None)
    up, down = instrument.limits(now) or (None, None)
    kind = InstrumentKind(instrument.kind) if instrument.kind else None
    return {
        "english_name": instrument.english_name,
        "kind": kind,
        "board": board,
        "risk_warning": boards.is_under_risk_warning(symbol, instrument.name),
        "lot": lot,
        "lot_step": lot_step,
        "tick": format(boards.tick(symbol, instrument.quote.price, kind), "f"),
        "limit_up": on_tick(up, symbol),
        "limit_down": on_tick(down, symbol),
    }


def unwatched(symbol: Symbol) -> Instrument:
    """Return the instrument of a symbol that nobody watches, with an empty quote; unsaved."""
    instrument = Instrument(symbol=str(symbol), market=symbol.market)
    instrument.quote = Quote()
    return instrument


def unknown_quote_data(symbol: Symbol, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """Return the quote of a symbol that nobody watches."""
    return full_quote_data(unwatched(symbol), calendar, now)


def rule_data(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain JSON values, its levels beside its other fields."""
    return {
        "id": rule.pk,
        "kind": rule.kind,
        **rule.params,
        "repeat": rule.repeat,
        "rearm_gap": _number(rule.rearm_gap),
        "cooldown": rule.cooldown,
        "touch": rule.touch,
        "refuse_delayed": rule.refuse_delayed,
        "refuse_frozen": rule.refuse_frozen,
        "confirm": None if rule.confirm is None else _number(rule.confirm),
        "state": rule.state,
        "fired_at": moment(rule.fired_at),
        "fired_count": rule.fired_count,
    }


def monitor_data(monitor: Monitor) -> dict[str, Any]:
    """Return a monitor as plain JSON values; see MonitorQuerySet.with_all for what it reads."""
    instrument = monitor.instrument
    quote = instrument.quote
    return {
        "id": monitor.pk,
        "symbol": instrument.symbol,
        "name": instrument.name,
        "rating": monitor.rating,
        "group": monitor.group,
        "note": monitor.note,
        "status": monitor.status,
        "trading_hours_only": monitor.trading_hours_only,
        "notifications_enabled": monitor.notifications_enabled,
        "check_interval": monitor.check_interval,
        "expires_at": moment(monitor.expires_at),
        "snoozed_until": moment(monitor.snoozed_until),
        "destinations": monitor.destinations,
        "rules": [rule_data(rule) for rule in monitor.rules.all()],
        "last_price": on_tick(quote.price, instrument.parsed),
        "last_quote_at": moment(quote.at),
        "quote_state": quote.state,
        "created_at": moment(monitor.created_at),
        "updated_at": moment(monitor.updated_at),
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
