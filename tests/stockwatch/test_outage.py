"""The services of all transports go down and come back: see tests/outage.py, which has minutes."""

import pytest

from tests.programs import assert_exact


@pytest.mark.system
def test_everything_is_told_once_the_services_are_back():
    sizes = ("--minutes", "0.4", "--notifications", "60", "--users", "12")
    assert_exact("tests.outage", *sizes, patience=400)
