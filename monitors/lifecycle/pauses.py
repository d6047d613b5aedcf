"""When a pause ends that somebody chose by a word: pure, the time and the calendar passed in."""

from datetime import datetime, time, timedelta

from monitors.calendars import Calendar
from monitors.market import Market

MINUTES = {"15m": 15, "1h": 60}


def pause_end(choice: str, market: Market, now: datetime, calendar: Calendar) -> datetime:
    """Return when a pause ends; a day ends at midnight where the market is."""
    if minutes := MINUTES.get(choice):
        return now + timedelta(minutes=minutes)
    match choice:
        case "session":
            return calendar.session_after(market, now)
        case "close":
            return calendar.close_after(market, now)
        case "open":
            return calendar.opening_after(market, now)
        case _:
            tomorrow = now.astimezone(market.timezone).date() + timedelta(days=1)
            return datetime.combine(tomorrow, time(), market.timezone)
