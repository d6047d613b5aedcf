"""Gives every test process servers and a data folder of its own, before Django reads its settings.

That is why DJANGO_SETTINGS_MODULE is set here: pytest-django would read it from pyproject.toml
before this file is loaded.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import start_postgres, start_valkey
from tools import browser

# What the person who runs the tests has set for their own Stockwatch must not reach the tests.
OF_A_USER = (
    "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEBUG", "HOST", "LANGUAGE_CODE", "POLL_SECONDS",
    "PORT", "QUOTE_MAX_AGE", "QUOTE_SOURCES", "SECRET_KEY", "TENCENT_URL", "TIME_ZONE",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        return  # xdist's controller runs no test
    # `.env` belongs to the user too; a variable that is set, if empty, wins over it.
    os.environ.update(dict.fromkeys(OF_A_USER, ""))
    stack = ExitStack()
    config.add_cleanup(stack.close)
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stockwatch-")))
    os.environ["STOCKWATCH_DATA"] = str(data)
    os.environ["REDIS_URL"] = stack.enter_context(start_valkey(data))
    os.environ["DATABASE_URL"] = ""
    if config.getoption("database") == "postgres":
        os.environ["DATABASE_URL"] = stack.enter_context(start_postgres(data / "postgres"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "stockwatch.settings"

    from django.conf import settings

    if config.getoption("database") == "sqlite":
        # A file, as in real life: connections of several threads see each other's commits.
        settings.DATABASES["default"]["TEST"] = {"NAME": str(data / "test.db")}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser; a machine without one fails the test, it does not skip it."""
    path = os.environ.get("STOCKWATCH_BROWSER") or browser.find()
    if path is None:
        pytest.fail("no Chromium on this machine: `make test` installs one")
    return str(path)
