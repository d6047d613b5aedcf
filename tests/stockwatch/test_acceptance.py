"""The main job, end to end and short: see tests/acceptance.py, which plays whole recordings."""

import pytest

from tests.programs import ROOT, assert_exact

RECORDING = ("--recording", str(ROOT / "tests" / "data" / "market" / "us_1m_201310.csv.gz"))


@pytest.mark.system
def test_a_recorded_market_is_told_exactly_through_every_part():
    sizes = ("--limit", "100", "--monitors", "200", "--users", "5", "--by-rest", "40")
    assert_exact("tests.acceptance", *RECORDING, *sizes, patience=300)


@pytest.mark.system
def test_it_is_told_exactly_while_all_sources_but_one_fail_and_none_is_asked_too_often():
    sizes = ("--limit", "90", "--monitors", "100", "--users", "3", "--by-rest", "5")
    weather = ("--weather", "--budget", "120")
    assert_exact("tests.acceptance", *weather, *RECORDING, *sizes, patience=300)
