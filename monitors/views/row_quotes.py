"""The quote of a row: its words and figures, and how fresh it is."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from monitors.calendars import Calendar
from monitors.kinds import label, source_kinds
from monitors.market import QuoteState
from monitors.models import Instrument
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
    time: str
    """The time of day; with the date where that is another day."""
    label: str
    """What marks a price that is not the market's of now."""
    state: str
    is_unknown: bool
    is_stale: bool
    """Too old for an open market."""
    is_frozen: bool
    late_minutes: int
    limits: str
    """What the day's prices may be, in words; empty where nobody said."""
    max_age: int
    """Seconds after which it counts as stale; 0 where that is no news."""


def row_quote(instrument: Instrument, calendar: Calendar, now: datetime) -> RowQuote:
    """Return an instrument's quote as a row shows it; `quote` is loaded."""
    quote, symbol = instrument.quote, instrument.parsed
    data = quote_data(symbol, quote, quote.received_at, frozen=quote.frozen)
    source = source_kinds().get(quote.source)
    is_open = bool(source and source.always_open) or calendar.is_open(symbol.market, now)
    allowed = settings.QUOTE_MAX_AGE
    return RowQuote(
        price=data["price"] or "–",
        change=signed(data["change"]),
        percent=f"{signed(data['change_pct'])} %" if data["change_pct"] else "",
        trend=_trend(data["change"]),
        at=data["at"] or "",
        time=_time(quote.at, now),
        label=label(quote.source),
        state=quote.state,
        # The time of asking is kept as long as there is no quote.
        is_unknown=instrument.polled_at is not None and quote.state == QuoteState.UNKNOWN,
        is_stale=is_open and quote.is_stale(allowed),
        is_frozen=quote.frozen,
        late_minutes=quote.delay // 60,
        limits=_limits(instrument, now),
        max_age=allowed + quote.delay if allowed and is_open else 0,
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


def _time(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    is_today = local.date() == timezone.localdate(now)
    return f"{local:%H:%M:%S}" if is_today else f"{local:%m-%d %H:%M}"
