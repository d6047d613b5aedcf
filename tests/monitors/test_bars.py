"""Bars of longer intervals: exact sums of the minutes, counted from the bell. No database."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from monitors.calendars import Calendar, OverrideKind
from monitors.instruments.bars import derive, interval_of
from monitors.market import Candle, Market


@pytest.mark.parametrize(
    ("market", "at", "minutes", "start"),
    [
        (Market.CN, "2026-11-23T09:30:00+08:00", 60, "09:30"),
        (Market.CN, "2026-11-23T10:29:00+08:00", 60, "09:30"),
        (Market.CN, "2026-11-23T10:30:00+08:00", 60, "10:30"),
        (Market.CN, "2026-11-23T11:30:00+08:00", 60, "10:30"),  # stamped with the bell
        (Market.CN, "2026-11-23T13:00:00+08:00", 60, "13:00"),
        (Market.CN, "2026-11-23T15:00:00+08:00", 15, "14:45"),
        (Market.HK, "2026-11-23T11:59:00+08:00", 60, "11:30"),
        (Market.HK, "2026-11-23T16:08:00+08:00", 60, "16:00"),
        (Market.US, "2026-11-23T10:15:00-05:00", 30, "10:00"),
        (Market.US, "2026-11-23T15:31:00-05:00", 60, "15:30"),
        # Where only a made-up market trades: from the last bell, or from midnight.
        (Market.CN, "2026-11-23T12:45:00+08:00", 60, "12:30"),
        (Market.CN, "2026-11-23T08:59:00+08:00", 60, "08:00"),
        (Market.CN, "2026-11-22T10:45:00+08:00", 60, "10:00"),  # a Sunday
        (Market.CN, "2026-11-23T10:31:00+08:00", 1, "10:31"),
        (Market.US, "2026-11-23T10:31:00-05:00", 1440, "00:00"),
    ],
)
def test_intervals_are_counted_from_the_bell(
    market: Market, at: str, minutes: int, start: str
) -> None:
    began, ends = interval_of(datetime.fromisoformat(at), minutes, market, Calendar())
    assert began.strftime("%H:%M") == start
    assert began.tzinfo == market.timezone
    assert began <= datetime.fromisoformat(at) < ends


@pytest.mark.parametrize("market", list(Market))
@pytest.mark.parametrize("minutes", [1, 5, 15, 30, 60, 1440])
def test_intervals_follow_each_other_without_gap_or_overlap(market: Market, minutes: int) -> None:
    calendar = Calendar()
    at = datetime(2026, 11, 1, tzinfo=market.timezone)  # clocks go back in New York that day
    for _ in range(3 * 24 * 60 // minutes):
        start, end = interval_of(at, minutes, market, calendar)
        # The minute of the bell is the session's last, though what follows is counted from it.
        assert at - start in (timedelta(0), timedelta(minutes=1))
        assert interval_of(end - timedelta(minutes=1), minutes, market, calendar) == (start, end)
        at = end


def test_an_override_moves_the_bell() -> None:
    calendar = Calendar({(Market.CN, date(2026, 11, 23)): OverrideKind.CLOSED})
    at = datetime.fromisoformat("2026-11-23T10:15:00+08:00")
    assert interval_of(at, 60, Market.CN, calendar)[0].strftime("%H:%M") == "10:00"


def test_no_bar_goes_over_the_lunch_break_and_no_share_is_lost() -> None:
    opening = datetime.fromisoformat("2026-11-23T09:30:00+08:00")
    minutes = [*range(121), *range(210, 331)]  # each session with its bell
    ones = [
        Candle(opening + timedelta(minutes=at), Decimal(at), Decimal(at + 2), Decimal(at - 1),
               Decimal(at + 1), at)
        for at in minutes
    ]  # fmt: skip
    hours = derive(ones, 60, Market.CN, Calendar())
    assert [bar.at.strftime("%H:%M") for bar in hours] == ["09:30", "10:30", "13:00", "14:00"]
    assert [tuple(map(int, (bar.open, bar.high, bar.low, bar.close))) for bar in hours] == [
        (0, 61, -1, 60), (60, 122, 59, 121), (210, 271, 209, 270), (270, 332, 269, 331),
    ]  # fmt: skip
    assert sum(bar.volume for bar in hours) == sum(minutes)
