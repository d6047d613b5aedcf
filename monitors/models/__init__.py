"""The tables of what is watched, what the market says, and what fires."""

from monitors.models.bar import Bar
from monitors.models.calendar import CalendarOverride
from monitors.models.change import InstrumentChange
from monitors.models.daily_bar import DailyBar
from monitors.models.deleted import DeletedMonitor
from monitors.models.disagreement import Disagreement
from monitors.models.feed import Feed
from monitors.models.instrument import Instrument, Quote
from monitors.models.listing import Listing, ListingTerm
from monitors.models.monitor import Monitor, MonitorStatus, Rating, Rule, Trigger
from monitors.models.service import Service, Sweep
from monitors.models.source import SourceHealth
from monitors.models.walk import ListWalk

__all__ = [
    "Bar",
    "CalendarOverride",
    "DailyBar",
    "DeletedMonitor",
    "Disagreement",
    "Feed",
    "Instrument",
    "InstrumentChange",
    "ListWalk",
    "Listing",
    "ListingTerm",
    "Monitor",
    "MonitorStatus",
    "Quote",
    "Rating",
    "Rule",
    "Service",
    "SourceHealth",
    "Sweep",
    "Trigger",
]
