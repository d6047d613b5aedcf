"""A pytest plugin that gives every test process servers and a data folder of its own.

It is loaded by `-p` in pyproject.toml, before any conftest: those import models, so Django must be
set up by then, and its settings read the environment once.
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

    if database == "sqlite":
        # A file, as in real life: connections of several threads see each other's commits.
        settings.DATABASES["default"]["TEST"] = {"NAME": str(data / "test.db")}
