"""Logging in and out, the language, and the pages that say what went wrong."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from monitors.models import Service
from notifications.models import Inbox

PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ann", password=PASSWORD)


def log_in(client: Client, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/login/", {"username": "ann", "password": password} | fields)


def test_log_in_goes_where_one_wanted_to_and_log_out_ends_it(user: User, client: Client) -> None:
    answer = log_in(client, next="/notifications/")
    assert (answer.status_code, answer["Location"]) == (302, "/notifications/")
    assert client.get("/").status_code == 200
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/").status_code == 302


def test_log_in_never_leads_to_another_site(user: User, client: Client) -> None:
    assert log_in(client, next="https://evil.example/")["Location"] == "/"


def test_a_wrong_password_is_said_and_the_eleventh_try_waits(
    user: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Tries are counted by the minute, and none ends in between.
    monkeypatch.setattr("stockwatch.attempts.time.time", lambda: 1_800_000_000.0)
    for _ in range(10):
        assert "correct username and password" in log_in(client, "wrong").content.decode()
    assert "Too many failed tries" in log_in(client).content.decode()


def test_the_language_is_kept_for_pages_and_for_notifications(user: User, client: Client) -> None:
    log_in(client)
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert "监控" in client.get("/").content.decode()
    assert Inbox.objects.get(pk=user.pk).language == "zh-hans"
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Monitors" in client.get("/").content.decode()
    assert Inbox.objects.get(pk=user.pk).language == "en"


@pytest.mark.parametrize("language", ["", "xx", "de", "\x00", "zh-hans" * 99])
def test_a_language_that_is_not_ours_changes_nothing(
    user: User, client: Client, language: str
) -> None:
    log_in(client)
    client.post("/language/", {"language": language})
    assert Inbox.objects.get().language == "en"


def test_the_language_comes_along_to_another_browser(user: User, client: Client) -> None:
    log_in(client)
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    another = Client()
    log_in(another)
    assert "监控" in another.get("/").content.decode()


def test_who_is_not_logged_in_may_choose_a_language_too(db: None, client: Client) -> None:
    client.post("/language/", {"language": "zh-hans", "next": "/login/"})
    assert "登录" in client.get("/login/").content.decode()
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("address", ["/", "/monitors/new/", "/notifications/", "/login/"])
def test_pages_have_no_script_or_style_of_their_own(
    user: User, client: Client, address: str
) -> None:
    if address != "/login/":
        log_in(client)
    text = client.get(address).content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count('<script type="module" src=')


def test_the_banners_alone_cost_two_queries_beside_the_log_in(
    user: User, client: Client, django_assert_num_queries: Any
) -> None:
    assert client.get("/banners/").status_code == 302
    log_in(client)
    with django_assert_num_queries(2 + 3):  # the session, the user, their preferences
        answer = client.get("/banners/")
    assert answer.content.decode().strip() == ""
    assert "no-store" in answer["Cache-Control"]
    Service.switch(running=False)
    assert "service is stopped" in client.get("/banners/").content.decode()
    assert "service is stopped" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("shown", "leads"),
    [
        ("http://testserver/monitors/7/?a=b", "/monitors/7/%3Fa%3Db"),
        ("http://evil.example//evil.example/x", "/evil.example/x"),
        ("http://[::1", "/"),
        ("%ff\N{LATIN SMALL LETTER Y WITH DIAERESIS}", "/%25ff%C3%BF"),
    ],
)
def test_htmx_is_led_to_the_log_in_and_back_to_a_page_of_ours(
    db: None, client: Client, shown: str, leads: str
) -> None:
    answer = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": shown})
    assert answer["HX-Redirect"] == f"/login/?next={leads}"


PRIVATE = (
    "/",
    "/monitors/rows/",
    "/monitors/bulk/",
    "/monitors/download/",
    "/notifications/",
    "/destinations/",
    "/deliveries/",
    "/settings/",
    "/settings/tokens/",
    "/api/v1/realtime/monitors",
    "/api/v1/deliveries/",
)


@pytest.mark.parametrize("path", PRIVATE)
def test_browsers_keep_nothing_of_anybody_for_who_comes_after(
    user: User, client: Client, path: str
) -> None:
    log_in(client)
    answer = client.get(path)
    assert answer.status_code == 200
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_browsers_still_keep_what_is_everybodys(db: None, client: Client) -> None:
    assert client.get("/offline/")["Cache-Control"] == "no-cache"
    assert "max-age=3600" in client.get("/manifest.webmanifest")["Cache-Control"]
    assert "no-store" not in client.get("/static/favicon.svg").get("Cache-Control", "")


def test_a_page_that_is_not_there_is_said_kindly(db: None, client: Client) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_body_that_is_too_large_is_said_kindly(db: None, client: Client) -> None:
    body = b"x" * (settings.MAX_BODY_BYTES + 1)
    answer = client.post("/login/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "The body is larger than 1048576 bytes." in answer.content.decode()


def test_a_broken_server_says_so_without_help_of_the_rest(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_arguments: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("monitors.views.listing.rows", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()


def test_a_browser_that_asks_for_an_icon_by_its_old_name_gets_ours(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/favicon")
