"""Everything under faults, each kind once: see tests/chaos, which goes on as long as one likes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 600


@pytest.mark.system
def test_every_notification_comes_once_whatever_dies():
    # How fast all works again is measured by hand, on a machine with nothing else to do.
    sizes = ["--minutes", "0", "--monitors", "300", "--users", "4", "--goal", "45"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *sizes],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("DJANGO")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("EXACT\n")
