"""A market that falls all at once: more rules fire in one batch than SQLite allows parameters."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from monitors.evaluation import ingest
from monitors.evaluation.arming import arm
from monitors.models import Instrument, Monitor, Rule, Trigger
from notifications.models import Inbox, Notification
from tests.market import CENTRE, OPENING, batch, make_instruments

RULES = 8_000
PARAMETERS = 7_000
"""SQLite takes 32,766 as it comes, and some builds more: the test is told to take fewer."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_parameters() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS)
    yield
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)


def test_every_rule_of_a_crash_is_told(settings, few_parameters):
    settings.QUOTE_MAX_AGE = 0
    symbols = make_instruments(100)
    instruments = list(Instrument.objects.order_by("pk"))
    users = User.objects.bulk_create([User(username=f"user{number}") for number in range(40)])
    monitors = Monitor.objects.bulk_create(
        Monitor(owner=user, instrument=instrument, trading_hours_only=False)
        for user in users
        for instrument in instruments
    )
    rules = Rule.objects.bulk_create(
        Rule(
            monitor=monitors[number % len(monitors)],
            kind="stop_loss",
            params={"price": str(CENTRE - 1)},
        )
        for number in range(RULES)
    )
    arm([(rule, rule.life.armed(rule.logic, CENTRE, 1)) for rule in rules])

    calm = ingest(batch(symbols, OPENING, [CENTRE] * 100), OPENING)
    later = OPENING + timedelta(seconds=3)
    crash = ingest(batch(symbols, later, [CENTRE / 2] * 100), later)

    assert (calm.fired, crash.fired) == (0, RULES)
    assert Notification.objects.count() == RULES
    assert sum(Inbox.objects.values_list("head", flat=True)) == RULES
    assert Trigger.objects.filter(is_release=False).count() == 0
