"""The streams of quotes and of one's own monitors (contract §6): newest values, conflated."""

from monitors.streams.monitors import MonitorsStream
from monitors.streams.quotes import QuotesStream

__all__ = ["MonitorsStream", "QuotesStream"]
