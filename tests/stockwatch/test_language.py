"""The language is the account's: chosen on one device, it holds on all."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import Inbox
from stockwatch.models import AuditEntry, Preferences

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
MONITORS = {"en": "Monitors", "zh-hans": "监控"}


def log_in(client: Client) -> Any:
    told = {"username": "ann", "password": "a long password"}
    answer = client.post("/login/", told)
    assert answer.status_code == 302
    return answer


def choose(client: Client, language: str) -> Any:
    return client.post("/language/", {"language": language, "next": "/login/"})


def reads(client: Client, language: str) -> bool:
    """Whether the next page is in a language, and says so."""
    answer = client.get("/")
    assert answer["Content-Language"] == language
    return f'<html lang="{language}"' in (text := answer.content.decode()) and (
        MONITORS[language] in text
    )


def changes() -> list[Any]:
    entries = AuditEntry.objects.about(Inbox)
    return list(entries.values_list("changes", flat=True))


def test_an_account_that_chose_none_takes_the_browsers_and_no_log_tells_it(user: User) -> None:
    client = Client(headers=CHINESE)
    log_in(client)
    assert reads(client, "zh-hans")
    assert Inbox.objects.get().language == "zh-hans"
    assert changes() == []


def test_what_was_chosen_meets_its_user_in_a_browser_that_has_another_language(user: User) -> None:
    first = Client()
    log_in(first)
    choose(first, "zh-hans")
    second = Client()
    second.cookies["django_language"] = "en"
    log_in(second)
    assert second.cookies["django_language"].value == "zh-hans"
    assert reads(second, "zh-hans")
    assert Inbox.objects.get().language == "zh-hans"
    assert changes() == [[["language", "en", "zh-hans"]]]
    second.post("/logout/")
    assert "登录" in second.get("/login/").content.decode()


def test_what_was_chosen_on_the_page_of_the_log_in_goes_before_the_account(user: User) -> None:
    first = Client()
    log_in(first)
    second = Client()
    choose(second, "zh-hans")
    assert not AuditEntry.objects.about(Inbox).exists()
    log_in(second)
    assert reads(second, "zh-hans")
    assert reads(first, "zh-hans")
    assert changes() == [[["language", "en", "zh-hans"]]]
    # That was for one log-in: the next one goes by the account again.
    choose(first, "en")
    second.post("/logout/")
    log_in(second)
    assert reads(second, "en")


def test_another_device_that_is_logged_in_follows_at_its_next_page(user: User) -> None:
    devices = [Client(), Client()]
    for client in devices:
        log_in(client)
    for language in ("zh-hans", "en"):
        choose(devices[0], language)
        for client in devices:
            assert reads(client, language)
            assert client.cookies["django_language"].value == language
    chosen = {"language": "zh-hans", "theme": "auto", "colours": "auto", "sound": "off"}
    devices[1].post("/settings/", chosen)
    for client in devices:
        assert reads(client, "zh-hans")


def test_an_account_is_of_no_matter_to_others(user: User, other: User, client: Client) -> None:
    Inbox.objects.create(user=other, language="zh-hans")
    log_in(client)
    assert reads(client, "en")
    Inbox.objects.filter(pk=user.pk).update(language="xx")  # one that there was, but is no more
    assert reads(client, "en")


@pytest.mark.parametrize("nonsense", ["xx", "", "zh-hans; x=1"])
def test_a_cookie_that_names_no_language_chooses_none(
    user: User, client: Client, nonsense: str
) -> None:
    Inbox.objects.create(user=user, language="zh-hans")
    client.cookies["language_chosen"] = nonsense
    log_in(client)
    assert reads(client, "zh-hans")


def test_it_is_read_with_the_preferences(user: User) -> None:
    for made in (
        lambda: None,
        lambda: Inbox.objects.create(user=user, language="zh-hans"),
        lambda: Preferences.objects.create(user=user, theme="dark"),
    ):
        made()
        with CaptureQueriesContext(connection) as queries:
            found = Preferences.of(user.pk)
            assert found.pk == user.pk
        assert len(queries) == 1
    assert (found.language, found.theme) == ("zh-hans", "dark")


def test_the_api_answers_in_the_language_of_the_request(user: User, client: Client) -> None:
    log_in(client)
    choose(client, "zh-hans")
    answer = client.get("/api/v1/auth/info", headers={"Accept-Language": "en"})
    assert answer.json()["user"]["language"] == "zh-hans"
