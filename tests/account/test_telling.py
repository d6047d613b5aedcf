"""Where one is told, and quiet hours for all of it."""

from datetime import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import Destination
from stockwatch.models import AuditEntry, Preferences
from tests.account.conftest import cost

PAGE = "/settings/telling/"
NIGHT = {"quiet_from": "22:00", "quiet_until": "07:00"}


def destination(user: User, name: str, **fields: Any) -> Destination:
    return Destination.objects.create(user=user, kind="ntfy", name=name, **fields)


def test_quiet_hours_are_set_for_those_that_were_chosen(ann: Client, user: User) -> None:
    phone, chat = destination(user, "My phone"), destination(user, "The chat")
    answer = ann.post(PAGE, NIGHT | {"destinations": [phone.pk]}, follow=True)
    assert "The quiet hours are saved." in answer.content.decode()
    phone.refresh_from_db()
    chat.refresh_from_db()
    assert (phone.quiet_from, phone.quiet_until) == (time(22), time(7))
    assert not phone.quiet_lets_urgent
    assert chat.quiet_from is None
    assert "22:00–07:00 Asia/Shanghai" in answer.content.decode()
    assert "no quiet hours" in answer.content.decode()


def test_what_all_have_is_where_the_form_begins(ann: Client, user: User) -> None:
    for name in ("My phone", "The chat"):
        destination(user, name, quiet_from=time(23), quiet_until=time(6))
    assert 'value="23:00"' in ann.get(PAGE).content.decode()
    Destination.objects.filter(name="The chat").update(quiet_from=time(21))
    assert 'value="23:00"' not in ann.get(PAGE).content.decode()


def test_a_new_destination_begins_with_what_all_have(ann: Client, user: User) -> None:
    destination(user, "My phone", quiet_from=time(23), quiet_until=time(6))
    new = "/destinations/new/?kind=ntfy"
    assert 'value="23:00"' in ann.get(new).content.decode()
    destination(user, "The chat")
    assert 'value="23:00"' not in ann.get(new).content.decode()


def test_they_are_taken_away_by_leaving_both_empty(ann: Client, user: User) -> None:
    phone = destination(user, "My phone", quiet_from=time(23), quiet_until=time(6))
    ann.post(PAGE, {"quiet_from": "", "quiet_until": "", "destinations": [phone.pk]})
    phone.refresh_from_db()
    assert phone.quiet_from is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"quiet_until": ""}, "Give both times, or neither."),
        ({"quiet_until": "22:00"}, "Give another time than the beginning."),
        ({"quiet_from": "25:00"}, "Enter a valid time."),
        ({"destinations": []}, "Choose at least one destination."),
        ({"destinations": ["999"]}, "999 is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said(ann: Client, user: User, sent: Any, said: str) -> None:
    phone = destination(user, "My phone")
    answer = ann.post(PAGE, NIGHT | {"destinations": [phone.pk]} | sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    phone.refresh_from_db()
    assert phone.quiet_from is None


def test_anothers_destination_cannot_be_changed(ann: Client, user: User, other: User) -> None:
    his = destination(other, "His phone")
    assert ann.post(PAGE, NIGHT | {"destinations": [his.pk]}).status_code == 422
    assert "His phone" not in ann.get(PAGE).content.decode()
    his.refresh_from_db()
    assert his.quiet_from is None


def test_what_fails_is_told_with_where_to_look(ann: Client, user: User) -> None:
    assert "Add your phone" in ann.get(PAGE).content.decode()
    destination(user, "My phone", failures=2)
    page = ann.get(PAGE).content.decode()
    assert "1 fails" in page
    assert "/deliveries/" in page


def test_the_page_costs_the_same_for_one_and_for_many(ann: Client, user: User) -> None:
    destination(user, "My phone")
    before = cost(ann, PAGE)
    for number in range(20):
        destination(user, f"Place {number}")
    assert cost(ann, PAGE) == before


PAGES = {"of": "pages", "pages-quiet_from": "22:00", "pages-quiet_until": "07:00"}


def test_open_pages_have_quiet_hours_of_their_own(ann: Client, user: User) -> None:
    phone = destination(user, "My phone")
    assert 'data-quiet=""' in ann.get("/").content.decode()
    answer = ann.post(PAGE, PAGES, follow=True)
    assert "The quiet hours are saved." in answer.content.decode()
    assert 'value="22:00"' in answer.content.decode()
    assert 'data-quiet="22:00-07:00" data-head' in ann.get("/").content.decode()
    ann.post(PAGE, PAGES | {"pages-quiet_lets_urgent": "on"})
    page = ann.get("/destinations/").content.decode()
    assert 'data-quiet="22:00-07:00" data-quiet-lets-urgent data-head' in page
    phone.refresh_from_db()
    assert phone.quiet_from is None
    [changed, created] = AuditEntry.objects.about(Preferences)
    assert changed.changes == [["quiet_lets_urgent", False, True]]
    assert ["quiet_from", None, "22:00:00"] in created.changes
    ann.post(PAGE, {"of": "pages"})
    assert 'data-quiet=""' in ann.get("/").content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pages-quiet_until": ""}, "Give both times, or neither."),
        ({"pages-quiet_from": "07:00"}, "Give another time than the beginning."),
        ({"pages-quiet_from": "night"}, "Enter a valid time."),
    ],
)
def test_what_is_wrong_with_those_of_pages_is_said(ann: Client, sent: Any, said: str) -> None:
    answer = ann.post(PAGE, PAGES | sent)
    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 1
    assert not Preferences.objects.exists()


def test_looks_are_saved_without_a_change_of_quiet_hours(ann: Client) -> None:
    ann.post(PAGE, PAGES)
    looks = {"language": "en", "theme": "dark", "colours": "auto", "sound": "all"}
    ann.post("/settings/", looks)
    assert Preferences.objects.get().quiet_hours == "22:00-07:00"
    ann.post(PAGE, {"of": "pages"})
    assert Preferences.objects.get().theme == "dark"
