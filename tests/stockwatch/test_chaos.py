"""Everything under faults, each kind once: see tests/chaos, which goes on as long as one likes."""

import pytest

from tests.programs import assert_exact


@pytest.mark.system
def test_every_notification_comes_once_whatever_dies():
    # How fast all works again is measured by hand, on a machine with nothing else to do.
    sizes = ("--minutes", "0", "--monitors", "300", "--users", "4", "--goal", "45")
    assert_exact("tests.chaos", *sizes, patience=600)
