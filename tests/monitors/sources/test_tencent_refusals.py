"""What of a reply by Tencent cannot be trusted, beside what `test_row_refusals` has."""

from datetime import UTC, datetime, timedelta

import pytest

from monitors.sources.base import Fetched, SourceError
from tests.monitors.sources.tencent import PUFA, read, recorded


def test_a_truncated_recorded_row_is_a_problem():
    fetched = read(recorded("bshare-TRUNCATED.txt"), "900926.SH")
    assert fetched == Fetched([], ["sh900926: 8 fields"])


@pytest.mark.parametrize("name", ["dayk-hk-2018.txt", "smartbox-search.txt"])
def test_a_sibling_endpoint_is_not_understood(name):
    try:
        fetched = read(recorded(name), "00700.HK", "000001.SH")
    except SourceError:
        return
    assert fetched.snapshots == []
    assert fetched.problems


def test_a_time_to_come():
    stamped = datetime(2026, 10, 8, 8, 14, 57, tzinfo=UTC)
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10)).snapshots
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10, seconds=1)).problems
