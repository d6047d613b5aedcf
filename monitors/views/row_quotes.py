"""The quote of a row: its words and figures."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitors.calendars import Calendar
from monitors.kinds import label
from monitors.market import QuoteState
from monitors.models import Instrument
from monitors.views.freshness import Freshness, freshness
from monitors.wire import on_tick, quote_data


@dataclass(frozen=True, slots=True)
class RowQuote:
    """What there is to show of an instrument's last quote."""

    price: str
    change: str
    percent: str
    trend: str
    """`up`, `down` or `flat`."""
    at: str
    """ISO, or empty."""
    fresh: Freshness
    label: str
    """What marks a price that is not the market's of now."""
    state: str
    is_unknown: bool
    is_frozen: bool
    late_minutes: int
    limits: str
    """What the day's prices may be, in words; empty where nobody said."""


def row_quote(instrument: Instrument, calendar: Calendar, now: datetime) -> RowQuote:
    """Return an instrument's quote as a row shows it; `quote` is loaded."""
    quote, symbol = instrument.quote, instrument.parsed
    data = quote_data(symbol, quote, quote.received_at, frozen=quote.frozen)
    return RowQuote(
        price=data["price"] or "–",
        change=signed(data["change"]),
        percent=f"{signed(data['change_pct'])} %" if data["change_pct"] else "",
        trend=_trend(data["change"]),
        at=data["at"] or "",
        fresh=freshness(instrument, calendar, now),
        label=label(quote.source),
        state=quote.state,
        # The time of asking is kept as long as there is no quote.
        is_unknown=instrument.polled_at is not None and quote.state == QuoteState.UNKNOWN,
        is_frozen=quote.frozen,
        late_minutes=quote.delay // 60,
        limits=_limits(instrument, now),
    )


def signed(number: str | None) -> str:
    """Return a number with its sign, as `static/quote.js` shows it."""
    if number is None:
        return ""
    return number if number.startswith("-") else f"+{number}"


def _limits(instrument: Instrument, now: datetime) -> str:
    known = instrument.limits(now)
    if known is None:
        return ""
    up, down = (on_tick(one, instrument.parsed) for one in known)
    return _("Limits %(down)s – %(up)s") % {"down": down, "up": up}


def _trend(change: str | None) -> str:
    value = float(change or 0)
    return "up" if value > 0 else "down" if value < 0 else "flat"
