"""Log-in, log-out and who am I, for programs."""

from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache
from knox.models import AuthToken
from redis.exceptions import ConnectionError as RedisAway
from rest_framework.test import APIClient

LOGIN = "/api/v1/auth/login"
LOGOUT = "/api/v1/auth/logout"
INFO = "/api/v1/auth/info"
GOOD = {"username": "ann", "password": "a long password"}
BAD = GOOD | {"password": "wrong"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def user() -> User:
    cache.clear()
    return User.objects.create_user("ann", password="a long password")


def with_token(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_a_name_and_a_password_give_a_token(user: User) -> None:
    answer = APIClient().post(LOGIN, GOOD).json()
    assert answer.keys() == {"token", "expiry", "user"}
    assert answer["user"] == {"id": user.pk, "username": "ann"}
    info = with_token(answer["token"]).get(INFO).json()
    assert info["user"] == answer["user"] | {"is_staff": False, "language": "en"}
    assert info["expiry"] == answer["expiry"]
    user.refresh_from_db()
    assert user.last_login is not None


def test_a_new_password_ends_the_tokens_of_its_user_alone(user: User) -> None:
    User.objects.create_user("bob", password="a long password")
    hers, his = (
        APIClient().post(LOGIN, GOOD | {"username": name}).json()["token"]
        for name in ("ann", "bob")
    )
    user.set_password("another long password")
    user.save()
    assert with_token(hers).get(INFO).status_code == 401
    assert with_token(his).get(INFO).status_code == 200


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"username": "nobody"}])
def test_who_is_not_known_gets_none(change: dict[str, str]) -> None:
    answer = APIClient().post(LOGIN, GOOD | change)
    assert answer.status_code == 400
    assert list(answer.json()) == ["non_field_errors"]


def test_an_inactive_user_gets_none(user: User) -> None:
    User.objects.update(is_active=False)
    assert APIClient().post(LOGIN, GOOD).status_code == 400


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, {"username", "password"}),
        ({"username": "ann"}, {"password"}),
        (GOOD | {"usrname": "ann"}, {"usrname"}),
        ({"username": ["ann"], "password": {}}, {"username", "password"}),
        (GOOD | {"username": "a\0"}, {"username"}),
        (GOOD | {"password": "a\0"}, {"password"}),
        (GOOD | {"username": "x" * 10_000}, {"username"}),
        (["ann"], {"non_field_errors"}),
    ],
)
def test_what_is_wrong_is_named(sent: Any, named: set[str]) -> None:
    answer = APIClient().post(LOGIN, sent)
    assert answer.status_code == 400
    assert answer.json().keys() == named


def test_failed_tries_are_limited_for_that_name_and_for_a_minute() -> None:
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        for _ in range(10):
            assert APIClient().post(LOGIN, BAD).status_code == 400
        refused = APIClient().post(LOGIN, GOOD | {"username": "ANN"})
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 61
        assert APIClient().post(LOGIN, GOOD | {"username": "bob"}).status_code == 400
        elsewhere = APIClient(REMOTE_ADDR="192.0.2.1").post(LOGIN, GOOD)
        assert elsewhere.status_code == 200
        clock.shift(61)
        assert APIClient().post(LOGIN, GOOD).status_code == 200


def test_good_tries_are_not_limited() -> None:
    assert {APIClient().post(LOGIN, GOOD).status_code for _ in range(12)} == {200}


def test_without_redis_one_can_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise RedisAway("away")

    for name in ("get", "add", "incr"):
        monkeypatch.setattr(cache, name, away)
    assert APIClient().post(LOGIN, BAD).status_code == 400
    assert APIClient().post(LOGIN, GOOD).status_code == 200


def test_logging_out_ends_this_token_only(user: User) -> None:
    one, two = (with_token(AuthToken.objects.create(user)[1]) for _ in range(2))
    assert one.post(LOGOUT).status_code == 204
    assert one.get(INFO).status_code == 401
    assert two.get(INFO).status_code == 200


def test_logging_out_ends_a_session() -> None:
    browser = APIClient()
    browser.login(**GOOD)
    assert browser.get(INFO).json()["expiry"]
    assert browser.post(LOGOUT).status_code == 204
    assert browser.get(INFO).status_code == 401


def test_a_session_needs_its_csrf_token() -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.login(**GOOD)
    refused = browser.post(LOGOUT)
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/json")


@pytest.mark.parametrize("token", ["", "x", "a b", "\xff\xfe", "x" * 9000])
def test_a_token_that_is_none_is_401(token: str) -> None:
    answer = with_token(token).get(INFO)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
