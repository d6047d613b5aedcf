"""The pages of wordings of one's own, as a browser without JavaScript uses them."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import Wording
from tests.conftest import Tell

NEW = "/wording/new/"


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer
    return unescape(answer.content.decode())


def test_a_wording_is_added_shown_changed_and_deleted(browser: Client) -> None:
    assert 'href="/wording/"' in text(browser.get("/destinations/"))
    assert "Stockwatch words your alerts" in text(browser.get("/wording/"))
    assert "{{ price }}" in text(browser.get(NEW))
    sent = {"kind": "stop_loss", "transport": "telegram", "title": "{{name}}!", "text": ""}
    shown = text(browser.post(NEW, sent, follow=True))
    for part in ("Stop loss", "Telegram bot", "{{name}}!", "The wording is saved."):
        assert part in shown
    made = Wording.objects.get()
    page = f"/wording/{made.pk}/"
    assert "Example Ltd!" in text(browser.get(page))
    browser.post(page, sent | {"kind": "", "text": "{{level}}"})
    made.refresh_from_db()
    assert (made.kind, made.transport, made.text) == ("", "telegram", "{{level}}")
    assert browser.get(f"{page}delete/").status_code == 405
    browser.post(f"{page}delete/")
    assert not Wording.objects.exists()


def test_a_preview_saves_nothing(browser: Client, user: User, tell: Tell) -> None:
    tell(user, price="1800.10")
    sent = {"title": "<b>{{price}}</b>", "text": "{{note}}", "preview": "1"}
    answer = browser.post(NEW, sent)
    assert "<b>1800.10</b>" in text(answer)
    assert b"<b>1800.10" not in answer.content
    assert "With the values of your notification 1." in text(answer)
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("sent", "mend"),
    [
        ({"text": "{{prize}}"}, "{{ prize }} is not known, write one of title"),
        ({"title": "{{price"}, "“{{price” is not closed"),
        ({}, "Write a title, a text, or both."),
        ({"text": "x", "kind": "nothing"}, "nothing"),
        ({"text": "x" * 2001}, "2000"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
def test_what_will_not_do_is_said_at_its_field(
    browser: Client, sent: dict[str, str], mend: str, button: dict[str, str]
) -> None:
    assert mend in text(browser.post(NEW, sent | button), 422)
    assert not Wording.objects.exists()


def test_a_second_one_for_the_same_is_refused(browser: Client, user: User) -> None:
    Wording.objects.create(user=user, text="first")
    assert "change that one" in text(browser.post(NEW, {"text": "second"}), 422)
    assert Wording.objects.get().text == "first"


def test_a_broken_one_is_marked_and_can_be_mended(browser: Client, user: User) -> None:
    made = Wording.objects.create(user=user, kind="gone", transport="pigeon", text="{{ of_old }}")
    for page in ("/wording/", f"/wording/{made.pk}/"):
        assert "{{ of_old }} is not known" in text(browser.get(page))
    mended = {"kind": "gone", "transport": "pigeon", "text": "{{ price }}"}
    assert browser.post(f"/wording/{made.pk}/", mended).status_code == 302


def test_what_is_someone_elses_is_not_found(browser: Client, other: User) -> None:
    theirs = Wording.objects.create(user=other, text="theirs")
    assert "theirs" not in text(browser.get("/wording/"))
    assert browser.get(f"/wording/{theirs.pk}/").status_code == 404
    assert browser.post(f"/wording/{theirs.pk}/", {"text": "mine"}).status_code == 404
    assert browser.post(f"/wording/{theirs.pk}/delete/").status_code == 404
    assert Client().get("/wording/").status_code == 302


def test_the_admin_shows_it_and_changes_nothing(user: User) -> None:
    made = Wording.objects.create(user=user, title="{{ of_old }}", transport="telegram")
    admin = Client()
    admin.force_login(User.objects.create_superuser("root"))
    page = "/admin/notifications/wording/"
    assert "{{ of_old }} is not known" in text(admin.get(f"{page}?way=telegram"))
    assert "{{ of_old }}" not in text(admin.get(f"{page}?way=mail"))
    assert text(admin.get(f"{page}{made.pk}/change/"))
    assert admin.get(f"{page}add/").status_code == 403
