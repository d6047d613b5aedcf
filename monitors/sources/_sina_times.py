"""The times of Sina's rows, of which those of New York name no year."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from monitors.market import Market
from monitors.sources._bounds import CLOCK_SKEW
from monitors.sources._figures import moment

_DATE, _TIME = {Market.CN: 30, Market.HK: 17}, {Market.CN: 31, Market.HK: 18}
_BEIJING_TIME, _NEW_YORK_TIME = 3, 25

_IS_NEW_YORK_TIME = re.compile(
    r"([A-Z][a-z]{2}) ([0-9]{2}) (0[1-9]|1[0-2]):([0-5][0-9])([AP]M) (E[DS]T)"
).fullmatch
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OFFSETS = {"EDT": timezone(timedelta(hours=-4)), "EST": timezone(timedelta(hours=-5))}
_OLDEST = timedelta(days=180)


def stamped(fields: Sequence[str], market: Market) -> datetime:
    """Return the time stamp of a row's regular session. Raises ValueError."""
    if market is Market.US:
        return _new_york_moment(fields[_NEW_YORK_TIME], fields[_BEIJING_TIME])
    return moment(f"{fields[_DATE[market]]} {fields[_TIME[market]]}", market)


@lru_cache(maxsize=8192)
def _new_york_moment(text: str, updated: str) -> datetime:
    """Read `Aug 17 04:00PM EDT`. The year is that of the row's update, told in Beijing time.

    A day that the update has not come to is last year's. Half a year between the two is a
    contradiction, and so is a zone that the day does not have.
    """
    match = _IS_NEW_YORK_TIME(text)
    if not match or match[1] not in _MONTHS:
        raise ValueError(f"time {text[:20]!r}")
    month, day, hour = _MONTHS.index(match[1]) + 1, int(match[2]), int(match[3]) % 12
    until = moment(updated, Market.CN) + CLOCK_SKEW
    for year in (until.year, until.year - 1):
        try:
            local = datetime(year, month, day, hour, int(match[4]), tzinfo=_OFFSETS[match[6]])
        except ValueError:
            continue  # 29 February, or no day of any year
        at = (local + timedelta(hours=12 if match[5] == "PM" else 0)).astimezone(UTC)
        if until - _OLDEST < at <= until and f"{at.astimezone(Market.US.timezone):%Z}" == match[6]:
            return at
    raise ValueError(f"time {text[:20]!r} in a row of {updated[:20]!r}")
