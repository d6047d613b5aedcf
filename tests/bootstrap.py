"""A pytest plugin that gives every test process servers and a data folder of its own.

It is loaded by `-p` in pyproject.toml, before any conftest: those import models, so Django must be
set up by then, and its settings read the environment once.

With `--database postgres` it leaves out what asks for no database, such as tests of parsers and
transports: pytest-django lets those use none, so they would do what they did with SQLite.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import start_postgres, start_valkey

# What the person who runs the tests has set for their own Stockwatch must not reach the tests.
OF_A_USER = (
    "ALLOWED_HOSTS", "ALPACA_FEED", "ALPACA_KEY", "ALPACA_SECRET", "ALPACA_URL", "BARK_URL",
    "CSRF_TRUSTED_ORIGINS", "DEBUG", "DELIVERY_ALLOWED_NETWORKS", "DINGTALK_URL", "DISCORD_URL",
    "EASTMONEY_HISTORY_URL", "EASTMONEY_URL", "EMAIL_FROM", "EMAIL_URL", "FEISHU_URL", "HOST",
    "HTTP_JSON_FILE", "LANGUAGE_CODE", "LARK_URL", "NTFY_URL", "POLL_SECONDS", "PORT",
    "PUSHPLUS_URL", "QUOTE_FROZEN_AFTER", "QUOTE_MAX_AGE", "QUOTE_SOURCES", "QUOTE_SOURCES_CN",
    "QUOTE_SOURCES_HK", "QUOTE_SOURCES_US", "REPLAY_FILES", "REPLAY_SPEED", "SECRET_KEY",
    "SERVERCHAN3_URL", "SERVERCHAN_URL", "SINA_URL", "SITE_URL", "SLACK_URL", "SOURCE_BUDGETS",
    "TELEGRAM_URL", "TENCENT_SEARCH_URL", "TENCENT_URL", "TIME_ZONE", "VAPID_KEY", "WECOM_URL",
    "YAHOO_URL",
)  # fmt: skip


DATABASE_FIXTURES = {"_django_db_helper", "db", "django_db_setup"}
"""Whatever uses the database asks for one of these, if through others."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Start the servers and set the environment; pytest-django sets Django up right after."""
    # `.env` belongs to the user too; a variable that is set, if empty, wins over it.
    os.environ.update(dict.fromkeys(OF_A_USER, ""))
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stockwatch-")))
    os.environ["STOCKWATCH_DATA"] = str(data)
    os.environ["REDIS_URL"] = stack.enter_context(start_valkey(data))
    os.environ["DATABASE_URL"] = ""
    database = early_config.known_args_namespace.database
    if database == "postgres":
        os.environ["DATABASE_URL"] = stack.enter_context(start_postgres(data / "postgres"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "stockwatch.settings"

    from django.conf import settings

    from tests.live_settings import PASSWORD_HASHERS

    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    if database == "sqlite":
        # A file, as in real life: connections of several threads see each other's commits.
        settings.DATABASES["default"]["TEST"] = {"NAME": str(data / "test.db")}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let what starts every part begin first, and leave out what is the same on each database."""
    items.sort(key=lambda item: item.get_closest_marker("system") is None)
    if config.option.database == "postgres":
        chosen = [item for item in items if _may_use_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not _may_use_database(item)])
        items[:] = chosen


def _may_use_database(item: pytest.Item) -> bool:
    return (
        not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", DATABASE_FIXTURES))
        or item.get_closest_marker("django_db") is not None
        or item.get_closest_marker("system") is not None
        or item.get_closest_marker("browser") is not None
    )
