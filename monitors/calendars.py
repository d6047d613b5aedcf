"""When markets trade: sessions, lunch breaks, holidays and half days, with an admin's overrides.

Pure: the time and the overrides are passed in. The holidays are those of the `holidays` library,
the hours are the exchanges' published trading hours in local time.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitors.market import Market

if TYPE_CHECKING:
    from holidays import HolidayBase

Session = tuple[datetime, datetime]
"""First and last moment of continuous trading, aware, UTC."""

CLOSING_PRINT = timedelta(seconds=15)
"""The closing auction's print is stamped some seconds after the bell (AAPL: 16:00:02)."""

_DAY = timedelta(days=1)
_SUBSTITUTED = "Day off (substituted"
_LIBRARY_NAMES = {Market.CN: "XSHG", Market.HK: "XHKG", Market.US: "XNYS"}
_HOURS: dict[Market, tuple[tuple[time, time], ...]] = {
    Market.CN: ((time(9, 30), time(11, 30)), (time(13), time(15))),
    Market.HK: ((time(9, 30), time(12)), (time(13), time(16, 10))),  # closing auction included
    Market.US: ((time(9, 30), time(16)),),
}
_HALF_DAY_HOURS: dict[Market, tuple[tuple[time, time], ...]] = {
    Market.CN: ((time(9, 30), time(11, 30)),),  # an override's only: mainland has no half days
    Market.HK: ((time(9, 30), time(12, 10)),),
    Market.US: ((time(9, 30), time(13)),),
}


class OverrideKind(TextChoices):
    """What a day is, whatever the published holidays and the weekday say."""

    CLOSED = "closed", gettext_lazy("Closed")
    HALF_DAY = "half_day", gettext_lazy("Half day")
    OPEN = "open", gettext_lazy("Open")


class Calendar:
    """The trading days and hours of all markets, with the overrides as they were when it was made.

    Every time that is passed in must be aware. Answers are kept for each day, so that a sweep may
    ask for every quote.
    """

    def __init__(self, overrides: Mapping[tuple[Market, date], OverrideKind] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._days: dict[tuple[Market, date], tuple[Session, ...]] = {}

    def sessions(self, market: Market, day: date) -> list[Session]:
        """Return the sessions of a local day in order: none when the market is closed."""
        return list(self._sessions(market, day))

    def is_open(self, market: Market, at: datetime) -> bool:
        """Whether a session is under way; its first and last moment count."""
        return any(start <= at <= end for start, end in self._sessions(market, _utc_day(at)))

    def in_session(self, market: Market, at: datetime) -> bool:
        """Whether a quote stamped so belongs to a session: is_open with grace for CLOSING_PRINT."""
        return self.opened(market, at) is not None

    def opened(self, market: Market, at: datetime) -> datetime | None:
        """Return when the session began that a quote stamped so belongs to; None outside of all."""
        for start, end in self._sessions(market, _utc_day(at)):
            if start <= at <= end + CLOSING_PRINT:
                return start
        return None

    def next_change(self, market: Market, at: datetime) -> datetime:
        """Return the first opening or close after `at`, lunch breaks included."""
        day = _utc_day(at)
        while True:
            for session in self._sessions(market, day):
                for bound in session:
                    if bound > at:
                        return bound
            day += _DAY

    def opening_after(self, market: Market, at: datetime) -> datetime:
        """Return the first opening of a trading day after `at`; a lunch break ends with none."""
        day = _utc_day(at)
        while True:
            sessions = self._sessions(market, day)
            if sessions and sessions[0][0] > at:
                return sessions[0][0]
            day += _DAY

    def close_after(self, market: Market, at: datetime) -> datetime:
        """Return the first close of a trading day after `at`; a lunch break is none."""
        day = _utc_day(at)
        while True:
            sessions = self._sessions(market, day)
            if sessions and sessions[-1][1] > at:
                return sessions[-1][1]
            day += _DAY

    def session_after(self, market: Market, at: datetime) -> datetime:
        """Return the first opening after `at`, that behind a lunch break included."""
        day = _utc_day(at)
        while True:
            for start, _close in self._sessions(market, day):
                if start > at:
                    return start
            day += _DAY

    def sessions_from(self, market: Market, at: datetime) -> Iterator[Session]:
        """Yield the sessions that are not over at a time, without end."""
        day = _utc_day(at)
        while True:
            yield from (session for session in self._sessions(market, day) if session[1] >= at)
            day += _DAY

    def newest_day(self, market: Market, at: datetime) -> date:
        """Return the newest trading day that had begun at a time."""
        day = _utc_day(at)
        while True:
            sessions = self._sessions(market, day)
            if sessions and sessions[0][0] <= at:
                return day
            day -= _DAY

    def kind(self, market: Market, day: date) -> OverrideKind:
        """Return what a local day is."""
        return self._overrides.get((market, day)) or _published(market, day)

    def trading_day(self, market: Market, at: datetime) -> date:
        """Return the market's local date."""
        return at.astimezone(market.timezone).date()

    def is_unconfirmed(self, market: Market, year: int) -> bool:
        """Whether the State Council's holidays of that year are still unknown here.

        The library's confirmed years carry substituted days off, its forecasts do not. An override
        for the year says that a person has looked after it.
        """
        if market != Market.CN:
            return False
        if any(other == market and day.year == year for other, day in self._overrides):
            return False
        return not _has_substituted_days(year)

    def warnings(self, at: datetime) -> list[str]:
        """Say, translated, which years' Chinese holidays are only a forecast."""
        today = self.trading_day(Market.CN, at)
        years = [today.year, today.year + 1] if today.month == 12 else [today.year]
        return [
            _(
                "The holidays of mainland China for %(year)s are not confirmed yet. Update "
                "Stockwatch, or add calendar overrides for the published days."
            )
            % {"year": year}
            for year in years
            if self.is_unconfirmed(Market.CN, year)
        ]

    def _sessions(self, market: Market, day: date) -> tuple[Session, ...]:
        key = (market, day)
        known = self._days.get(key)
        if known is None:
            known = self._days[key] = self._work_out(market, day)
        return known

    def _work_out(self, market: Market, day: date) -> tuple[Session, ...]:
        match self.kind(market, day):
            case OverrideKind.CLOSED:
                return ()
            case OverrideKind.HALF_DAY:
                hours = _HALF_DAY_HOURS[market]
            case _:
                hours = _HOURS[market]
        zone = market.timezone
        return tuple(
            (
                datetime.combine(day, start, zone).astimezone(UTC),
                datetime.combine(day, end, zone).astimezone(UTC),
            )
            for start, end in hours
        )


def _utc_day(at: datetime) -> date:
    """Return the local day whose sessions could hold `at`.

    All sessions of these markets lie inside the UTC day of the same date, which costs less to
    find than the local one.
    """
    if at.tzinfo is None:
        raise ValueError("A time without a zone has no place in a calendar.")
    return at.astimezone(UTC).date()


def _published(market: Market, day: date) -> OverrideKind:
    # Mainland make-up working days fall on weekends: banks work then, exchanges do not.
    if day.weekday() >= 5 or day in _holidays(market, "public"):
        return OverrideKind.CLOSED
    if market != Market.CN and day in _holidays(market, "half_day"):
        return OverrideKind.HALF_DAY
    return OverrideKind.OPEN


@cache
def _holidays(market: Market, category: str) -> "HolidayBase":
    # Imported here: it is only needed where somebody asks for a day. Fixed to English, because the
    # names tell a confirmed year from a forecast.
    from holidays import financial_holidays

    return financial_holidays(_LIBRARY_NAMES[market], language="en_US", categories=(category,))


@cache
def _has_substituted_days(year: int) -> bool:
    first = date(year, 1, 1)
    known = _holidays(Market.CN, "public")
    known.get(first)  # the library works a year out when it is first asked for one of its days
    return any(day.year == year and name.startswith(_SUBSTITUTED) for day, name in known.items())
