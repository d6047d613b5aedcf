"""The main job, end to end and short: see tests/acceptance.py, which plays whole recordings."""

import pytest

from tests.programs import ROOT, assert_exact


@pytest.mark.system
def test_a_recorded_market_is_told_exactly_through_every_part():
    recording = ROOT / "tests" / "data" / "market" / "us_1m_201310.csv.gz"
    sizes = ("--limit", "100", "--monitors", "200", "--users", "5", "--by-rest", "40")
    assert_exact("tests.acceptance", "--recording", str(recording), *sizes, patience=300)
