"""What a first start with the demo market brings."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

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


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_examples_are_in_nobodys_language(settings: Any, language: str) -> None:
    settings.LANGUAGE_CODE = language
    demo.ensure_login()
    assert not Monitor.objects.exclude(note="").exists()


def test_the_tour_is_offered_beside_the_examples_until_it_has_ended(client: Client) -> None:
    demo.ensure_login()
    client.force_login(User.objects.get())
    page = client.get("/").content.decode()
    assert page.count('class="watch') >= 3
    assert "See an alert arrive in a minute" in page
    assert "See an alert arrive" not in client.get("/?search=x").content.decode()
    sent = {"symbol": "600519.SH", "kind": "price_above", "level": "1500"}
    assert client.post("/tour/watch/", sent)["Location"] == "/tour/"
    assert 'data-step="3"' in client.get("/tour/").content.decode()
    page = client.get("/").content.decode()
    assert "The tour is not over yet" in page
    assert "See an alert arrive" not in page
    client.post("/tour/end/")
    assert "tour-offer" not in client.get("/").content.decode()


def test_who_needs_no_tour_is_not_asked_again(client: Client) -> None:
    demo.ensure_login()
    client.force_login(User.objects.get())
    client.post("/tour/end/")
    assert "tour-offer" not in client.get("/").content.decode()
    Monitor.objects.all().delete()
    assert "tour-offer" not in client.get("/").content.decode()


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
