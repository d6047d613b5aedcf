"""How a user wants to see pages, and that each answer says what a browser may do with it."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from notifications.models import Notification
from stockwatch.models import Preferences
from tests.conftest import Tell

AT = datetime(2026, 11, 23, 2, 31, 2, tzinfo=UTC)


@pytest.fixture
def browser(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "path", ["/", "/login/", "/admin/login/", "/api/v1/", "/nowhere", "/healthz"]
)
def test_every_answer_has_the_policy(client: Client, path: str, db: None) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("language", "colours", "shown"),
    [("en", "auto", "green-up"), ("zh-hans", "auto", "red-up"), ("en", "red-up", "red-up"),
     ("zh-hans", "green-up", "green-up")],
)  # fmt: skip
def test_a_page_has_the_colours_of_its_reader(
    browser: Client, user: User, language: str, colours: str, shown: str
) -> None:
    Preferences.objects.create(user=user, colours=colours)
    browser.cookies["django_language"] = language
    assert f'data-colours="{shown}"' in browser.get("/").content.decode()


def test_a_theme_is_said_only_where_one_was_chosen(browser: Client, user: User) -> None:
    assert "data-theme" not in browser.get("/").content.decode()
    Preferences.objects.create(user=user, theme="dark")
    assert 'data-theme="dark"' in browser.get("/").content.decode()


def test_times_are_in_the_readers_zone_and_the_next_readers_are_not(
    browser: Client, user: User, other: User, tell: Tell
) -> None:
    for reader in (user, other):
        tell(reader)
        Notification.objects.for_user(reader.pk).update(created_at=AT)
    Preferences.objects.create(user=user, zone="America/New_York")
    page = browser.get("/notifications/").content.decode()
    assert 'data-zone="America/New_York"' in page
    assert "21:31:02" in page
    browser.force_login(other)
    page = browser.get("/notifications/").content.decode()
    assert 'data-zone="Asia/Shanghai"' in page
    assert "10:31:02" in page


def test_a_zone_that_is_none_is_refused(user: User) -> None:
    with pytest.raises(ValidationError, match="Shanghai"):
        Preferences(user=user, zone="Mars/Olympus").full_clean()
