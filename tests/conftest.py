"""What every test may ask for."""

import os

import pytest

from tools import browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser; a machine without one fails the test, it does not skip it."""
    path = os.environ.get("STOCKWATCH_BROWSER") or browser.find()
    if path is None:
        pytest.fail("no Chromium on this machine: `make test` installs one")
    return str(path)
