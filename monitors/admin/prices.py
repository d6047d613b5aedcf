"""Prices as the admin shows them: on the tick, and labelled where they are made up."""

from decimal import Decimal

from django.utils.translation import gettext as _

from monitors.kinds import MADE_UP_SOURCE
from monitors.models import Instrument, Quote
from monitors.wire import change_pct, on_tick


def quote_of(instrument: Instrument) -> Quote:
    """Return the instrument's quote, an empty one where none was ever stored."""
    return getattr(instrument, "quote", None) or Quote(instrument=instrument)


def shown_price(quote: Quote, price: Decimal | None) -> str | None:
    """Return one of a quote's prices as text; those of the demo market say so."""
    text = on_tick(price, quote.instrument.parsed)
    if text is None or quote.source != MADE_UP_SOURCE:
        return text
    return _("%(price)s (DEMO)") % {"price": text}


def shown_change(quote: Quote) -> str | None:
    """Return the change of the day in percent."""
    percent = change_pct(quote)
    return None if percent is None else f"{percent:+} %"
