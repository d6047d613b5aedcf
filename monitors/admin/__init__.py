"""The admin's pages of monitors, quotes, calendars and the service."""

from monitors.admin import (
    calendars,
    changes,
    instruments,
    listings,
    monitors,
    service,
    sweeps,
    users,
)

__all__ = [
    "calendars",
    "changes",
    "instruments",
    "listings",
    "monitors",
    "service",
    "sweeps",
    "users",
]
