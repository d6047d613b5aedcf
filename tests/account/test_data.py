"""A user's own data: all of it to keep, and the end of it."""

import json
from http.client import HTTPConnection
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from knox.models import AuthToken

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Trigger
from notifications import destinations
from notifications.delivery.dispatch import Draft, notify
from notifications.models import Attempt, Delivery, Notification, UsedLink, Wording
from stockwatch.account import tokens
from stockwatch.models import Preferences
from tests.account.conftest import IPHONE, logged_in
from tests.conftest import MOUTAI
from tests.live import Daphne, Socket

DELETE = "/settings/data/delete/"
SECRET = "tk_averysecrettoken1234567890abc"


def fill(user: User, count: int = 3) -> None:
    """Give a user something in every table that can have something of a user."""
    lifecycle.create(user.pk, MOUTAI, [RuleSpec("price_above", {"price": "1800"})], note="watch")
    destinations.create(
        user.pk,
        {"server": "https://ntfy.sh", "topic": "stocks", "token": SECRET},
        kind="ntfy",
        name=f"Phone of {user.username}",
    )
    with transaction.atomic():
        notify(
            [
                Draft(user_id=user.pk, key=f"{at}", kind="price_above", title=f"Told {at}")
                for at in range(count)
            ]
        )
    delivery = Delivery.objects.filter(user=user).earliest("pk")
    Attempt.objects.create(delivery=delivery, latency_ms=5, ok=False, error="no")
    UsedLink.objects.create(notification=delivery.notification, name="seen")
    Wording.objects.create(user=user, title="{name}!")
    tokens.create(user, "My NAS", 30)
    content = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=user, content_type=content, object_id="1", action_flag=2)
    Preferences.objects.create(user=user, theme="dark")
    user.groups.add(Group.objects.get_or_create(name="watchers")[0])
    user.user_permissions.add(Permission.objects.earliest("pk"))


def download(server: Daphne, client: Client) -> Any:
    """Fetch the export from a server that answers as it does in real life."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=60)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    line.request("GET", "/settings/data/download/", headers={"Cookie": cookie})
    answer = line.getresponse()
    body = answer.read()
    line.close()
    assert answer.status == 200
    return answer, ZipFile(BytesIO(body))


def test_the_download_has_everything_but_secrets(server: Daphne, user: User, other: User) -> None:
    fill(user)
    fill(other)
    answer, archive = download(server, logged_in())
    assert answer.headers["Content-Type"] == "application/zip"
    assert 'filename="stockwatch-' in answer.headers["Content-Disposition"]
    assert archive.testzip() is None
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert not any(SECRET in text or "bob" in text for text in files.values())
    found = {name: json.loads(text) for name, text in files.items()}
    assert found["account.json"]["username"] == "ann"
    assert found["account.json"]["preferences"]["theme"] == "dark"
    [monitor] = found["monitors.json"]
    assert (monitor["symbol"], monitor["rules"][0]["price"]) == ("600519.SH", "1800")
    assert [one["seq"] for one in found["notifications.json"]] == [1, 2, 3]
    assert found["destinations.json"][0]["params"]["server"] == "https://ntfy.sh"
    assert len(found["deliveries.json"]) == 3
    assert found["deliveries.json"][0]["tries"][0]["error"] == "no"
    assert found["wordings.json"][0]["title"] == "{name}!"
    assert found["tokens.json"][0]["name"] == "My NAS"
    assert found["log-ins.json"][0]["device"] == "Firefox · Windows"


def test_much_comes_whole_in_pieces(server: Daphne, user: User) -> None:
    count = 5_000
    Notification.objects.bulk_create(
        Notification(user=user, seq=at, key=f"{at}", kind="price_above", title=f"Told {at}" * 9)
        for at in range(1, count + 1)
    )
    answer, archive = download(server, logged_in())
    assert answer.headers["Content-Length"] is None
    told = json.loads(archive.read("notifications.json"))
    assert [one["seq"] for one in told] == list(range(1, count + 1))


def test_nothing_at_all_is_an_archive_too(server: Daphne, user: User) -> None:
    _answer, archive = download(server, logged_in())
    assert json.loads(archive.read("monitors.json")) == []


def left_of(user_id: int) -> list[str]:
    """Name what any table still has of a user."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not getattr(field, "concrete", False) or field.related_model is not User:
                continue
            if model._base_manager.filter(**{field.name: user_id}).exists():
                found.append(f"{model._meta.label}.{field.name}")
    return found


def test_the_account_goes_with_all_that_is_its_own(ann: Client, user: User, other: User) -> None:
    fill(user)
    fill(other)
    phone = logged_in(agent=IPHONE)
    his = {model: model._base_manager.count() for model in apps.get_models()}
    before = left_of(user.pk)
    assert len(before) >= 9, "the test has something to look for"
    answer = ann.post(DELETE, {"password": "a long password"})
    assert answer["Location"] == "/goodbye/"
    assert "Nothing of it is left" in ann.get("/goodbye/").content.decode()
    assert left_of(user.pk) == []
    assert not User.objects.filter(pk=user.pk).exists()
    assert all(
        str(session.get_decoded().get("_auth_user_id")) != str(user.pk)
        for session in Session.objects.all()
    )
    assert phone.get("/").status_code == 302
    # What hangs by two steps is gone with it, and what is another's is not.
    for model in (Trigger, Attempt, UsedLink, Delivery, Notification, AuthToken):
        assert model._base_manager.count() * 2 == his[model], model
    assert set(left_of(other.pk)) >= set(before) - {"account.LogIn.user"}


def test_the_page_says_exactly_what_goes(ann: Client, user: User) -> None:
    fill(user)
    page = ann.get(DELETE).content.decode()
    for words in ("1 monitor with", "3 notifications", "1 destination<", "3 deliveries", "1 token"):
        assert words in page
    assert "only administrator" not in page
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    assert "only administrator" in ann.get(DELETE).content.decode()


@pytest.mark.parametrize(
    ("password", "said"), [("wrong", "not your password"), ("", "This field is required")]
)
def test_without_the_password_nothing_goes(
    ann: Client, user: User, password: str, said: str
) -> None:
    answer = ann.post(DELETE, {"password": password})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.filter(pk=user.pk).exists()
    assert ann.get("/").status_code == 200


def test_the_password_cannot_be_guessed_in_bulk(
    ann: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stockwatch.attempts.time.time", lambda: 1_800_000_000.0)
    for _ in range(10):
        ann.post(DELETE, {"password": "wrong"})
    answer = ann.post(DELETE, {"password": "a long password"})
    assert "Too many failed tries" in answer.content.decode()
    assert User.objects.filter(pk=user.pk).exists()


def test_the_sockets_close_with_the_account(server: Daphne, user: User) -> None:
    client = logged_in()
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    with Socket(server, cookie=cookie, origin=server.origin) as socket:
        client.post(DELETE, {"password": "a long password"})
        assert socket.closed()[1] == 4005
