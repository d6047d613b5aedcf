"""Everything under faults, each kind once: see tests/chaos, which goes on as long as one likes."""

import pytest

from tests.programs import assert_exact


@pytest.mark.system
def test_every_notification_comes_once_whatever_dies():
    # How fast all works again is measured by hand, on a machine with nothing else to do.
    sizes = ("--minutes", "0", "--monitors", "100", "--users", "3", "--sockets-per-user", "2")
    assert_exact("tests.chaos", *sizes, "--brief", "--goal", "180", patience=1200)
