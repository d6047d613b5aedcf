from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.calendars import CLOSING_PRINT, Calendar, OverrideKind
from monitors.market import Market

CN, HK, US = Market.CN, Market.HK, Market.US
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(market: Market, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=market.timezone)


def hours(calendar: Calendar, market: Market, day: str) -> list[str]:
    """A day's sessions as `start-end` in UTC."""
    sessions = calendar.sessions(market, date.fromisoformat(day))
    assert all(bound.tzinfo is UTC for session in sessions for bound in session)
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in sessions]


@pytest.mark.parametrize(
    ("market", "day", "expected"),
    [
        (CN, "2026-11-23", ["01:30-03:30", "05:00-07:00"]),
        (HK, "2026-11-23", ["01:30-04:00", "05:00-08:10"]),
        # New York changes its clocks on 8 March and 1 November 2026.
        (US, "2026-03-06", ["14:30-21:00"]),
        (US, "2026-03-09", ["13:30-20:00"]),
        (US, "2026-10-30", ["13:30-20:00"]),
        (US, "2026-11-02", ["14:30-21:00"]),
        # Half days
        (HK, "2026-02-16", ["01:30-04:10"]),
        (HK, "2026-12-24", ["01:30-04:10"]),
        (HK, "2026-12-31", ["01:30-04:10"]),
        (US, "2026-11-27", ["14:30-18:00"]),
        (US, "2026-12-24", ["14:30-18:00"]),
        (US, "2025-07-03", ["13:30-17:00"]),
        # Open, although the neighbour is not
        (CN, "2026-02-24", ["01:30-03:30", "05:00-07:00"]),
        (CN, "2026-10-08", ["01:30-03:30", "05:00-07:00"]),
    ],
)
def test_hours_of_a_day(calendar, market, day, expected):
    assert hours(calendar, market, day) == expected


@pytest.mark.parametrize(
    ("market", "day"),
    [
        *((CN, f"2026-02-{day}") for day in range(16, 24)),
        *((CN, f"2026-10-0{day}") for day in range(1, 8)),
        (CN, "2026-01-01"),
        (CN, "2026-01-02"),
        (CN, "2026-01-04"),  # Sunday, a make-up working day
        (CN, "2026-02-14"),  # Saturday, a make-up working day
        (CN, "2024-02-09"),  # the exchanges', not the State Council's
        (HK, "2026-02-17"),
        (HK, "2026-07-01"),
        (HK, "2026-11-22"),
        (US, "2026-07-03"),
        (US, "2026-11-26"),
        (US, "2026-11-28"),
    ],
)
def test_closed_days(calendar, market, day):
    assert hours(calendar, market, day) == []


@pytest.mark.parametrize(
    ("market", "at", "is_open"),
    [
        (CN, "2026-11-23 09:29:59", False),
        (CN, "2026-11-23 09:30:00", True),
        (CN, "2026-11-23 11:30:00", True),
        (CN, "2026-11-23 11:30:01", False),
        (CN, "2026-11-23 12:15:00", False),
        (CN, "2026-11-23 13:00:00", True),
        (CN, "2026-11-23 15:00:00", True),
        (CN, "2026-11-23 15:00:01", False),
        (HK, "2026-11-23 11:45:00", True),
        (HK, "2026-11-23 12:30:00", False),
        (HK, "2026-11-23 16:10:00", True),
        (HK, "2026-02-16 14:00:00", False),
        (US, "2026-11-23 12:15:00", True),
        (US, "2026-11-23 16:00:01", False),
        (US, "2026-11-23 08:00:00", False),
        (US, "2026-11-27 13:00:01", False),
    ],
)
def test_is_open_by_the_local_clock(calendar, market, at, is_open):
    assert calendar.is_open(market, local(market, at)) is is_open


def test_the_zone_of_the_time_that_is_asked_for_is_no_matter(calendar):
    # 23:30 of the day before, in a zone 10 hours behind UTC
    at = utc("2026-11-23 02:00").astimezone(timezone(timedelta(hours=-10)))
    assert at.date() == date(2026, 11, 22)
    assert calendar.is_open(CN, at)
    assert calendar.in_session(CN, at)


def test_a_time_without_a_zone_is_refused(calendar):
    with pytest.raises(ValueError, match="without a zone"):
        calendar.is_open(CN, datetime(2026, 11, 23, 10))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("market", "close"),
    [(CN, "2026-11-23 15:00"), (CN, "2026-11-23 11:30"), (US, "2026-11-23 16:00")],
)
def test_a_closing_print_belongs_to_its_session(calendar, market, close):
    bell = local(market, close)
    assert calendar.in_session(market, bell + 2 * SECOND)
    assert not calendar.is_open(market, bell + 2 * SECOND)
    assert calendar.in_session(market, bell + CLOSING_PRINT)
    assert not calendar.in_session(market, bell + CLOSING_PRINT + SECOND)


def test_there_is_no_grace_before_the_opening(calendar):
    assert not calendar.in_session(CN, local(CN, "2026-11-23 09:29:59"))
    assert not calendar.in_session(CN, local(CN, "2026-11-23 12:59:59"))


@pytest.mark.parametrize(
    ("market", "at", "change"),
    [
        (CN, "2026-11-23 08:00", "2026-11-23 09:30"),
        (CN, "2026-11-23 09:30", "2026-11-23 11:30"),
        (CN, "2026-11-23 12:00", "2026-11-23 13:00"),
        (CN, "2026-11-23 14:00", "2026-11-23 15:00"),
        (CN, "2026-11-23 15:00", "2026-11-24 09:30"),
        (CN, "2026-11-20 16:00", "2026-11-23 09:30"),  # a weekend
        (CN, "2026-09-30 16:00", "2026-10-08 09:30"),  # the National Day week
        (CN, "2026-02-13 16:00", "2026-02-24 09:30"),  # Spring Festival
        (HK, "2026-02-16 12:00", "2026-02-16 12:10"),
        (US, "2026-11-25 17:00", "2026-11-27 09:30"),  # Thanksgiving
        (US, "2026-03-06 16:00", "2026-03-09 09:30"),  # over the change of the clocks
        (US, "2026-11-23 23:00", "2026-11-24 09:30"),
    ],
)
def test_next_change(calendar, market, at, change):
    assert calendar.next_change(market, local(market, at)) == local(market, change)


def test_trading_day_is_the_local_date(calendar):
    at = utc("2026-11-23 20:00")
    assert calendar.trading_day(CN, at) == date(2026, 11, 24)
    assert calendar.trading_day(US, at) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("market", "day", "kind", "expected"),
    [
        (CN, "2026-11-23", OverrideKind.CLOSED, []),
        (CN, "2026-11-23", OverrideKind.HALF_DAY, ["01:30-03:30"]),
        (CN, "2026-10-01", OverrideKind.OPEN, ["01:30-03:30", "05:00-07:00"]),
        (CN, "2026-11-22", OverrideKind.OPEN, ["01:30-03:30", "05:00-07:00"]),
        (HK, "2026-12-24", OverrideKind.OPEN, ["01:30-04:00", "05:00-08:10"]),
        (HK, "2026-12-24", OverrideKind.CLOSED, []),
        (US, "2026-11-27", OverrideKind.OPEN, ["14:30-21:00"]),
        (US, "2026-11-23", OverrideKind.HALF_DAY, ["14:30-18:00"]),
    ],
)
def test_overrides_win(market, day, kind, expected):
    overridden = Calendar({(market, date.fromisoformat(day)): kind})
    assert hours(overridden, market, day) == expected


def test_an_override_is_for_its_market_and_day_alone(calendar):
    overridden = Calendar({(CN, date(2026, 11, 23)): OverrideKind.CLOSED})
    assert hours(overridden, HK, "2026-11-23") == hours(calendar, HK, "2026-11-23")
    assert hours(overridden, CN, "2026-11-24") == hours(calendar, CN, "2026-11-24")


def test_next_change_passes_over_a_day_closed_by_override():
    overridden = Calendar({(CN, date(2026, 11, 23)): OverrideKind.CLOSED})
    change = overridden.next_change(CN, local(CN, "2026-11-20 16:00"))
    assert change == local(CN, "2026-11-24 09:30")


def test_a_year_is_unconfirmed_until_the_state_council_has_spoken(calendar):
    assert not calendar.is_unconfirmed(CN, 2025)
    assert not calendar.is_unconfirmed(CN, 2026)
    # A library that knows 2027 ends this test: move the years on, and the code is right as it is.
    assert calendar.is_unconfirmed(CN, 2027)
    assert not calendar.is_unconfirmed(HK, 2027)
    assert not calendar.is_unconfirmed(US, 2027)


def test_an_override_confirms_its_year():
    chinese = Calendar({(CN, date(2027, 2, 11)): OverrideKind.CLOSED})
    assert not chinese.is_unconfirmed(CN, 2027)
    assert chinese.is_unconfirmed(CN, 2028)
    assert Calendar({(HK, date(2027, 2, 11)): OverrideKind.CLOSED}).is_unconfirmed(CN, 2027)


@pytest.mark.parametrize(
    ("at", "years"),
    [
        ("2026-11-30 23:59", []),
        ("2026-12-01 00:00", ["2027"]),
        ("2027-01-01 00:00", ["2027"]),
        ("2027-12-01 00:00", ["2027", "2028"]),
    ],
)
def test_warns_of_unconfirmed_years_in_time(calendar, at, years):
    warnings = calendar.warnings(local(CN, at))
    assert len(warnings) == len(years)
    assert all(year in warning for year, warning in zip(years, warnings, strict=True))


YEARS_2005_TO_2030 = st.integers(1_104_537_600, 1_924_991_999)
MOMENTS = YEARS_2005_TO_2030.map(lambda second: datetime.fromtimestamp(second, UTC))
MARKETS = st.sampled_from(Market)


@given(MARKETS, MOMENTS)
def test_open_is_being_inside_a_session_of_the_local_day(market, at):
    calendar = Calendar()
    sessions = calendar.sessions(market, calendar.trading_day(market, at))
    assert calendar.is_open(market, at) is any(start <= at <= end for start, end in sessions)


@given(MARKETS, MOMENTS)
def test_nothing_changes_before_the_next_change(market, at):
    calendar = Calendar()
    change = calendar.next_change(market, at)
    between = at + (change - at) / 2
    opens = calendar.is_open(market, change + SECOND)
    assert change > at
    assert calendar.is_open(market, between) is not opens


@given(MARKETS, MOMENTS)
def test_sessions_lie_inside_the_utc_day_of_their_date(market, at):
    for start, end in Calendar().sessions(market, at.date()):
        assert start.date() == end.date() == (end + CLOSING_PRINT).date() == at.date()
