"""What a first start with the demo market brings."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from monitors.models import Monitor
from stockwatch import demo


@pytest.fixture(autouse=True)
def _fresh(db: None, settings: Any, tmp_path: Path) -> None:
    settings.STOCKWATCH_DATA = tmp_path
    settings.QUOTE_SOURCES = ["demo"]
    settings.HOST = "127.0.0.1"


def test_the_first_start_makes_a_user_with_three_monitors(tmp_path: Path) -> None:
    login = demo.ensure_login()
    assert login is not None
    user = User.objects.get()
    assert user.username == login[0]
    assert user.check_password(login[1])
    assert user.is_superuser
    assert Monitor.objects.of(user.pk).count() == 3
    assert (tmp_path / "demo-password").stat().st_mode & 0o777 == 0o600


def test_each_later_start_tells_the_same_login_and_makes_nothing() -> None:
    first = demo.ensure_login()
    Monitor.objects.all().delete()
    assert demo.ensure_login() == first
    assert User.objects.count() == 1
    assert not Monitor.objects.exists()


def test_a_password_that_was_changed_is_not_told_and_not_changed_back() -> None:
    demo.ensure_login()
    user = User.objects.get()
    user.set_password("mine alone")
    user.save()
    assert demo.ensure_login() is None
    assert User.objects.get().check_password("mine alone")


def test_a_user_that_was_deleted_stays_deleted() -> None:
    demo.ensure_login()
    User.objects.create_user("ann")
    User.objects.get(username="demo").delete()
    assert demo.ensure_login() is None
    assert not User.objects.filter(username="demo").exists()


def test_a_database_begun_anew_gets_its_user_again() -> None:
    first = demo.ensure_login()
    User.objects.all().delete()
    assert demo.ensure_login() == first


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_where_others_can_reach_it_the_user_is_no_staff(settings: Any, host: str) -> None:
    settings.HOST = host
    assert demo.ensure_login()
    assert not User.objects.get().is_staff


def test_without_the_demo_market_nobody_is_made(settings: Any) -> None:
    settings.QUOTE_SOURCES = ["tencent"]
    assert demo.ensure_login() is None
    assert not User.objects.exists()
