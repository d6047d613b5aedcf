"""The main job, end to end and short: see tests/acceptance.py, which plays whole recordings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300


@pytest.mark.system
def test_a_recorded_market_is_told_exactly_through_every_part():
    recording = ROOT / "tests" / "data" / "market" / "us_1m_201310.csv.gz"
    sizes = ["--limit", "100", "--monitors", "200", "--users", "5", "--by-rest", "40"]
    command = [sys.executable, "-m", "tests.acceptance", "--recording", str(recording), *sizes]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("DJANGO")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("EXACT\n")
