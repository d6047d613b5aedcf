"""The password, and where one is logged in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from knox.models import AuthToken

from stockwatch.account.models import LogIn
from tests.account.conftest import IPHONE, cost, logged_in
from tests.live import Daphne, Socket

PAGE = "/settings/security/"
NEW = {
    "old_password": "a long password",
    "new_password1": "a longer password",
    "new_password2": "a longer password",
}


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def text(client: Client, address: str = PAGE) -> str:
    return client.get(address).content.decode()


def test_each_log_in_is_told_with_its_device_and_this_one_first(ann: Client) -> None:
    logged_in(agent=IPHONE, address="2001:db8::1")
    page = text(ann)
    assert page.index("Firefox · Windows") < page.index("Safari · iPhone")
    assert "2001:db8::1" in page
    assert page.count("This one") == 1
    assert page.count("Active now") == 1


def test_others_see_only_their_own(ann: Client, other: User) -> None:
    bob = logged_in("bob", IPHONE)
    assert "iPhone" not in text(ann)
    assert "Windows" not in text(bob)
    assert bob.post(f"{PAGE}{LogIn.objects.get(user__username='ann').pk}/end/").status_code == 404
    assert is_in(ann)


def test_one_log_in_ends_and_the_others_do_not(ann: Client) -> None:
    phone, tablet = logged_in(agent=IPHONE), logged_in(address="192.0.2.8")
    pk = LogIn.objects.get(agent=IPHONE).pk
    assert ann.post(f"{PAGE}{pk}/end/").status_code == 302
    assert [is_in(one) for one in (ann, phone, tablet)] == [True, False, True]
    assert ann.post(f"{PAGE}{pk}/end/").status_code == 404


def test_all_others_end_also_those_that_were_never_noted(ann: Client, user: User) -> None:
    phone, old = logged_in(agent=IPHONE), Client()
    old.force_login(user)
    LogIn.objects.filter(session_key=old.session.session_key).delete()
    answer = ann.post(f"{PAGE}others/", follow=True)
    assert "2 other log-ins have ended." in answer.content.decode()
    assert [is_in(one) for one in (ann, phone, old)] == [True, False, False]


def test_who_was_logged_in_before_this_was_noted_is_noted_on_the_way(user: User) -> None:
    client = Client(headers={"User-Agent": IPHONE})
    client.force_login(user)
    session = client.session
    del session["seen"]
    session.save()
    LogIn.objects.all().delete()
    assert is_in(client)
    assert LogIn.objects.get().agent == IPHONE


def test_it_is_noted_when_one_was_seen_but_not_at_each_request(ann: Client) -> None:
    begun = LogIn.objects.get().seen_at
    before = cost(ann, "/banners/")
    assert cost(ann, "/banners/") == before
    with time_machine.travel(begun + timedelta(seconds=301)):
        assert cost(ann, "/banners/") > before
        assert LogIn.objects.get().seen_at - begun >= timedelta(seconds=301)


def test_log_ins_that_are_over_are_neither_shown_nor_kept(ann: Client) -> None:
    phone = logged_in(agent=IPHONE)
    phone.post("/logout/")
    assert "iPhone" not in text(ann)
    logged_in()
    assert not LogIn.objects.filter(agent=IPHONE).exists()


def test_the_page_costs_the_same_for_one_and_for_many(ann: Client) -> None:
    before = cost(ann, PAGE)
    for number in range(8):
        logged_in(address=f"192.0.2.{number}")
    assert cost(ann, PAGE) == before


def test_a_new_password_ends_everything_but_this_log_in(ann: Client, user: User) -> None:
    phone = logged_in(agent=IPHONE)
    AuthToken.objects.create(user)
    answer = ann.post(PAGE, NEW, follow=True)
    assert "Every other log-in has ended." in answer.content.decode()
    assert "Firefox · Windows" in answer.content.decode()
    assert "iPhone" not in answer.content.decode()
    assert [is_in(ann), is_in(phone)] == [True, False]
    assert not AuthToken.objects.exists()
    assert Session.objects.count() == LogIn.objects.count() == 1
    user.refresh_from_db()
    assert user.check_password("a longer password")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"old_password": "wrong"}, "old password was entered incorrectly"),
        ({"new_password2": "another one"}, "didn’t match"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
        ({"new_password1": "password123", "new_password2": "password123"}, "too common"),
        ({"old_password": ""}, "This field is required"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    ann: Client, user: User, sent: dict[str, str], said: str
) -> None:
    phone = logged_in(agent=IPHONE)
    answer = ann.post(PAGE, NEW | sent)
    assert answer.status_code == 422
    assert said in re.sub(r"&#x27;", "'", answer.content.decode())
    assert is_in(phone)
    user.refresh_from_db()
    assert user.check_password("a long password")


def test_the_old_password_cannot_be_guessed_in_bulk(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stockwatch.attempts.time.time", lambda: 1_800_000_000.0)
    for _ in range(10):
        ann.post(PAGE, NEW | {"old_password": "wrong"})
    assert "Too many failed tries" in ann.post(PAGE, NEW).content.decode()


def test_the_sockets_of_a_log_in_close_with_it(server: Daphne, user: User) -> None:
    phone, desk = logged_in(agent=IPHONE), logged_in()
    cookie = f"sessionid={phone.cookies['sessionid'].value}"
    with Socket(server, cookie=cookie, origin=server.origin) as socket:
        desk.post(f"{PAGE}{LogIn.objects.get(agent=IPHONE).pk}/end/")
        assert socket.closed()[1] == 4005


def test_nobody_sees_it_who_is_not_logged_in(db: None, client: Client) -> None:
    for address in (PAGE, "/settings/tokens/", "/settings/data/", "/settings/telling/"):
        assert client.get(address)["Location"] == f"/login/?next={address}"
