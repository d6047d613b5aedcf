"""The times of Sina's rows, of which those of New York name no year."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.monitors.sources.sina import (
    APPLE,
    FUND,
    read,
    with_fields,
)


@pytest.mark.parametrize(
    ("regular", "beijing", "at"),
    [
        ("Aug 17 04:00PM EDT", "2026-08-18 09:30:10", "2026-08-17T20:00:00"),
        ("Sep 28 01:07PM EDT", "2026-09-29 01:08:07", "2026-09-28T17:07:00"),
        ("Jan 15 04:00PM EST", "2026-01-16 09:30:10", "2026-01-15T21:00:00"),
        ("Dec 31 04:00PM EST", "2026-01-01 09:30:10", "2025-12-31T21:00:00"),
        ("Dec 31 04:00PM EST", "2026-01-05 09:30:10", "2025-12-31T21:00:00"),
        ("Jan 02 09:31AM EST", "2026-01-02 22:31:05", "2026-01-02T14:31:00"),
        ("Feb 29 12:00PM EST", "2024-03-01 01:00:10", "2024-02-29T17:00:00"),
        ("Aug 17 12:30AM EDT", "2026-08-17 12:30:00", "2026-08-17T04:30:00"),
        ("Nov 01 01:30AM EDT", "2026-11-01 13:30:00", "2026-11-01T05:30:00"),
        ("Nov 01 01:30AM EST", "2026-11-01 14:30:00", "2026-11-01T06:30:00"),
        ("Mar 02 04:00PM EST", "2026-08-18 09:30:10", "2026-03-02T21:00:00"),  # long halted
    ],
)
def test_times_in_new_york(regular, beijing, at):
    [snapshot] = read(with_fields(APPLE, f25=regular, f3=beijing), "AAPL.US").snapshots
    assert snapshot.at == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"f25": ""},
        {"f25": "2026-08-17 16:00:00"},
        {"f25": "aug 17 04:00PM EDT"},
        {"f25": "Aux 17 04:00PM EDT"},
        {"f25": "Aug 00 04:00PM EDT"},
        {"f25": "Aug 32 04:00PM EDT"},
        {"f25": "Feb 29 04:00PM EST"},  # neither 2026 nor 2025 has it
        {"f25": "Aug 17 00:00PM EDT"},
        {"f25": "Aug 17 16:00PM EDT"},
        {"f25": "Aug 17 04:60PM EDT"},
        {"f25": "Aug 17 04:00PM EST"},  # not in summer
        {"f25": "Aug 17 04:00PM PDT"},
        {"f25": "Aug 17 04:00PM EDT "},
        {"f25": "Aug 18 04:00PM EDT"},  # later than the update
        {"f25": "Jan 17 04:00PM EST"},  # half a year before the update
        {"f3": ""},
        {"f3": "2026-08-18"},
        {"f3": "2026-08-00 09:30:10"},
        {"f3": "0000-08-18 09:30:10"},
        {"f3": "2027-08-18 09:30:10", "f25": "Aug 17 04:00PM EDT"},  # to come
    ],
    ids=str,
)
def test_impossible_times_in_new_york(changes):
    fetched = read(with_fields(APPLE, **changes), "AAPL.US")
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith("gb_aapl: time ")


def test_a_time_to_come():
    stamped = datetime(2026, 8, 18, 3, 21, 26, tzinfo=UTC)
    assert read(FUND, "510300.SH", now=stamped - timedelta(minutes=10)).snapshots
    late = read(FUND, "510300.SH", now=stamped - timedelta(minutes=10, seconds=1))
    assert late.problems == ["sh510300: time 2026-08-18 03:21:26 is to come"]
