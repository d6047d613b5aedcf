"""What a page says of an instrument beside its price: warnings, suspensions, new names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.market import QuoteState
from monitors.market.boards import is_under_risk_warning
from monitors.market.identity import What
from monitors.models import Instrument, InstrumentChange

RENAMED_FOR = timedelta(days=90)
"""How long a page says what an instrument was called before."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What there is to say; what there is not is None."""

    has_risk_warning: bool
    since: datetime | None
    """Since when it is suspended or delisted, where that was seen to begin."""
    renamed: InstrumentChange | None


def marks(instrument: Instrument, changes: Iterable[InstrumentChange], now: datetime) -> Marks:
    """Return the marks of an instrument whose newest changes are these; `quote` is loaded."""
    newest = {change.what: change for change in changes}
    name, state = newest.get(What.NAME), newest.get(What.STATE)
    # Of one that was suspended when it was first seen, nobody knows since when.
    began = state is not None and bool(state.before) and state.after != QuoteState.TRADING
    return Marks(
        has_risk_warning=is_under_risk_warning(instrument.parsed, instrument.name),
        since=state.at if state and began and state.after == instrument.quote.state else None,
        renamed=name if name and now - name.at < RENAMED_FOR else None,
    )
