"""The streams of quotes, of one's own monitors (contract §6), and of which monitors those are."""

from monitors.streams.monitors import MonitorsStream
from monitors.streams.quotes import QuotesStream
from monitors.streams.watchlist import WatchlistStream

__all__ = ["MonitorsStream", "QuotesStream", "WatchlistStream"]
