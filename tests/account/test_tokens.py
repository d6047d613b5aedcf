"""API tokens: made, shown once, used, revoked."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from stockwatch.account import tokens
from stockwatch.account.models import NamedToken
from tests.account.conftest import cost
from tests.live import Socket

PAGE = "/settings/tokens/"


def make(client: Client, name: str = "My NAS", days: str = "30") -> str:
    answer = client.post(PAGE, {"name": name, "days": days}, follow=True)
    assert answer.status_code == 200
    return re.search(r'id="made-token" value="(\w+)"', answer.content.decode())[1]  # type: ignore[index]


def info(token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return Client(headers=headers).get("/api/v1/auth/info").status_code


def test_a_token_is_shown_once_and_works(ann: Client) -> None:
    token = make(ann)
    assert token.startswith("sw_")
    assert info(token) == 200
    again = ann.get(PAGE).content.decode()
    assert token not in again
    assert token[:11] in again
    assert "My NAS" in again


def test_neither_database_nor_session_has_the_secret(ann: Client) -> None:
    answer = ann.post(PAGE, {"name": "My NAS", "days": "30"})
    assert answer.status_code == 302
    kept = str(dict(ann.session))
    token = re.search(r'value="(sw_\w+)"', ann.get(PAGE).content.decode())[1]  # type: ignore[index]
    assert token[3:] not in kept
    assert "token_shown_once" not in ann.session
    assert all(token != value for value in AuthToken.objects.values_list("token_key", flat=True))


@pytest.mark.parametrize(("days", "ends"), [("30", 30), ("365", 365), ("", None)])
def test_it_ends_when_it_should(ann: Client, days: str, ends: int | None) -> None:
    make(ann, days=days)
    expiry = AuthToken.objects.get().expiry
    if ends is None:
        assert expiry is None
        assert "without end" in ann.get(PAGE).content.decode()
    else:
        assert abs(expiry - timezone.now() - timedelta(days=ends)) < timedelta(minutes=1)


@pytest.mark.parametrize("sent", [{"name": "", "days": "30"}, {"name": "a\nb"}, {"days": "7"}])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    ann: Client, sent: dict[str, str]
) -> None:
    answer = ann.post(PAGE, {"name": "Kept", "days": "30"} | sent)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert ("Kept" in answer.content.decode()) is ("name" not in sent)
    assert not AuthToken.objects.exists()


def test_there_is_an_end_to_them(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 1)
    make(ann)
    answer = ann.post(PAGE, {"name": "Another", "days": "30"})
    assert "which is the most" in answer.content.decode()
    assert AuthToken.objects.count() == 1


def test_it_is_noted_when_it_was_used_but_not_at_each_request(
    ann: Client, django_assert_num_queries: Any
) -> None:
    token = make(ann)
    assert "not used yet" in ann.get(PAGE).content.decode()
    assert info(token) == 200
    used = NamedToken.objects.get().used_at
    assert used is not None
    assert "last used" in ann.get(PAGE).content.decode()
    client = Client(headers={"Authorization": f"Bearer {token}"})
    client.get("/api/v1/auth/info")
    first = NamedToken.objects.get().used_at
    client.get("/api/v1/auth/info")
    assert NamedToken.objects.get().used_at == first


def test_a_revoked_token_works_no_more_and_only_ones_own_can_be(ann: Client, other: User) -> None:
    token = make(ann)
    digest = AuthToken.objects.get().pk
    stranger = Client()
    stranger.force_login(other)
    address = f"{PAGE}{digest}/revoke/"
    assert stranger.post(address).status_code == 404
    assert info(token) == 200
    assert ann.get(address).status_code == 405
    assert ann.post(address).status_code == 302
    assert info(token) == 401


def test_log_ins_of_programs_are_there_too_and_ended_ones_are_not(ann: Client, user: User) -> None:
    AuthToken.objects.create(user)
    assert "Log-in of a program" in ann.get(PAGE).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        ann = Client()
        ann.force_login(user)
        assert "No token yet." in ann.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_one_and_for_many(ann: Client, user: User) -> None:
    before = cost(ann, PAGE)
    for number in range(20):
        tokens.create(user, f"Token {number}", 30)
    assert cost(ann, PAGE) == before


def test_a_revoked_token_closes_its_socket(server: Any, user: User, open_socket: Any) -> None:
    secret = tokens.create(user, "A socket", 30)
    socket: Socket = open_socket(secret)
    assert tokens.revoke(user.pk, AuthToken.objects.exclude(named=None).get().pk)
    assert socket.closed()[1] == 4005
