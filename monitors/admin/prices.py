"""Prices as the admin shows them: on the tick, and labelled where they are not the market's."""

from datetime import datetime
from decimal import Decimal

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from monitors.kinds import label
from monitors.models import Instrument, Quote
from monitors.wire import change_pct, on_tick

NOTHING = "–"
"""What stands for a value that there is not: the admin would write None on some of its pages."""


def quote_of(instrument: Instrument) -> Quote:
    """Return the instrument's quote, an empty one where none was ever stored."""
    return getattr(instrument, "quote", None) or Quote(instrument=instrument)


def shown_price(quote: Quote, price: Decimal | None) -> str:
    """Return one of a quote's prices as text, with the label of a source that has one."""
    text = on_tick(price, quote.instrument.parsed)
    if text is None:
        return NOTHING
    mark = label(quote.source)
    return _("%(price)s (%(label)s)") % {"price": text, "label": mark} if mark else text


def shown_change(quote: Quote) -> str:
    """Return the change of the day in percent."""
    percent = change_pct(quote)
    return NOTHING if percent is None else f"{percent:+} %"


def shown_time(at: datetime | None) -> str:
    """Return a time in the server's zone, to the second."""
    return NOTHING if at is None else f"{localtime(at):%Y-%m-%d %H:%M:%S}"
