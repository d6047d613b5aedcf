"""The pages of destinations, as a browser without JavaScript uses them."""

import re
from datetime import time
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import HIDDEN, Delivery, Destination
from notifications.severity import Severity
from notifications.transports.base import TransportError
from tests.notifications.outbox_desk import Desk, failing

NEW = "/destinations/new/?kind=stub"


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(**changed: Any) -> dict[str, Any]:
    usual = {
        "name": "My phone",
        "least_severity": "1",
        "zone": "Asia/Shanghai",
        "params-room": "a",
        "params-token": "a secret",
    }
    return usual | {name.replace("params_", "params-"): value for name, value in changed.items()}


def text(answer: Any) -> str:
    assert answer.status_code in (200, 422), answer
    return unescape(answer.content.decode())


def test_a_way_is_chosen_and_a_destination_added(browser: Client, desk: Desk) -> None:
    assert "?kind=stub" in text(browser.get("/destinations/new/"))
    assert 'name="params-token"' in text(browser.get(NEW))
    times = {"quiet_from": "22:00", "quiet_until": "07:00", "kinds": ["stop_loss"]}
    answer = browser.post(NEW, sent(escalate_after="15", **times), follow=True)
    made = Destination.objects.get()
    assert (made.user, made.kind, made.name) == (desk.user, "stub", "My phone")
    assert (made.kinds, made.quiet_from, made.escalate_after) == (["stop_loss"], time(22), 15)
    assert made.transport.params == {"room": "a", "token": "a secret"}
    page = text(answer)
    for words in (
        "My phone is saved.",
        "Only: Stop loss.",
        "still unread after 15 minutes",
        "Quiet from 22:00 to 07:00 (Asia/Shanghai).",
        "Not used yet",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "a\r\nb"}, "Write it on one line"),
        ({"params_token": ""}, "This field is required."),
        ({"params_token": HIDDEN}, "This field is required."),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus is no time zone"),
        ({"zone": "localtime"}, "localtime is no time zone"),
        ({"quiet_from": "22:00"}, "Give both times, or neither."),
        ({"quiet_from": "noon"}, "Enter a valid time."),
        ({"kinds": ["nonsense"]}, "nonsense is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(browser: Client, desk: Desk, wrong, said) -> None:
    answer = browser.post(NEW, sent(**wrong))
    assert (answer.status_code, Destination.objects.count()) == (422, 0)
    assert said in text(answer)


def test_a_test_of_what_is_typed_tells_the_answer_and_keeps_all(
    browser: Client, desk: Desk
) -> None:
    page = text(browser.post(NEW, sent(name="", test="1")))
    assert desk.told() == [["Stockwatch: a test message"]]
    assert "The test was taken." in page
    assert "thanks" in page
    assert 'value="a secret"' in page
    assert "This field is required." not in page
    assert Destination.objects.count() == 0


def test_a_refused_test_tells_why(browser: Client, desk: Desk) -> None:
    desk.stub.fail = failing(TransportError("bad token", permanent=True, answer="code 310000"))
    page = text(browser.post(NEW, sent(test="1")))
    assert "The test was not taken." in page
    assert "bad token" in page
    assert "code 310000" in page


def test_tests_are_limited(browser: Client, desk: Desk) -> None:
    for _try in range(6):
        browser.post(NEW, sent(test="1"))
    assert "That were many tests" in text(browser.post(NEW, sent(test="1")))
    assert len(desk.stub.taken) == 6


def test_a_secret_is_never_shown_again_and_stays_where_it_is_not_typed(
    browser: Client, desk: Desk
) -> None:
    destination = desk.destination()
    url = f"/destinations/{destination.pk}/"
    page = text(browser.get(url))
    assert HIDDEN in page
    assert "secret of a" not in page
    for kept in ("", HIDDEN):
        page = text(browser.post(url, sent(params_token=kept, test="1")))
        assert "secret of a" not in page
        assert desk.stub.tried
        browser.post(url, sent(params_token=kept, params_room="b"))
        assert Destination.objects.get().transport.params == {"room": "b", "token": "secret of a"}
    assert "secret of a" not in text(browser.post(url, sent(params_token="", name="")))
    browser.post(url, sent(params_token="another"))
    assert Destination.objects.get().transport.params["token"] == "another"


def test_a_destination_is_turned_off_and_on_and_deleted(browser: Client, desk: Desk) -> None:
    url = f"/destinations/{desk.destination().pk}"
    browser.post(f"{url}/off/")
    assert not Destination.objects.get().enabled
    assert "Turn on" in text(browser.get("/destinations/"))
    browser.post(f"{url}/on/")
    assert Destination.objects.get().enabled
    assert "Delete a?" in text(browser.get(f"{url}/delete/"))
    browser.post(f"{url}/delete/")
    assert Destination.objects.count() == 0


def test_the_list_tells_how_each_fares(browser: Client, desk: Desk) -> None:
    desk.destination(least_severity=Severity.URGENT)
    desk.tell("Sent", severity=Severity.URGENT)
    desk.work()
    page = text(browser.get("/destinations/"))
    assert "Works" in page
    assert "Last success" in page
    assert "from severity “Urgent” on" in page
    desk.stub.fail = failing(*[TransportError("room is gone", permanent=True)] * 3)
    desk.tell("1", "2", "3", "4", severity=Severity.URGENT)
    desk.work()
    page = text(browser.get("/destinations/"))
    assert "Turned off after several refusals: room is gone" in page
    assert "1 waits to be sent" in page


def test_a_saved_one_is_tested_from_the_list(browser: Client, desk: Desk) -> None:
    url = f"/destinations/{desk.destination().pk}/test/"
    assert "a took the test. Its answer: thanks" in text(browser.post(url, follow=True))
    desk.stub.fail = failing(TransportError("bad token"))
    assert "a did not take the test: bad token" in text(browser.post(url, follow=True))


@pytest.mark.parametrize("path", ["", "on/", "off/", "test/", "delete/"])
def test_what_belongs_to_someone_else_is_not_found(desk: Desk, other: User, path: str) -> None:
    destination = desk.destination()
    stranger = Client()
    stranger.force_login(other)
    assert stranger.post(f"/destinations/{destination.pk}/{path}", sent()).status_code == 404
    assert "secret" not in text(stranger.get("/destinations/"))
    assert Destination.objects.get().enabled


def test_a_way_that_is_not_installed(browser: Client, desk: Desk) -> None:
    assert browser.get("/destinations/new/?kind=pigeon").status_code == 404
    Destination.objects.create(user=desk.user, kind="pigeon", name="Old")
    assert "no longer installed" in text(browser.get("/destinations/"))


def test_the_log_shows_each_try_and_sends_again(browser: Client, desk: Desk) -> None:
    desk.destination("a")
    desk.stub.fail = failing(TransportError("full", permanent=True, answer="507"))
    desk.tell("Reached")
    desk.work()
    page = text(browser.get("/deliveries/"))
    for words in ("Reached", "Failed", "full", "507", " ms", "Send again"):
        assert words in page, words
    browser.post(f"/deliveries/{Delivery.objects.get().pk}/again/")
    desk.work()
    assert desk.told() == [["Reached"]]
    assert re.search(
        r"\d+ ms</span>\s*<span>taken</span>\s*<code>thanks", text(browser.get("/deliveries/"))
    )
    browser.post(f"/deliveries/{Delivery.objects.get().pk}/again/")
    assert Delivery.objects.get().state == "sent"


def test_the_log_is_narrowed(browser: Client, desk: Desk) -> None:
    a = desk.destination("a")
    desk.tell("First")
    desk.work()
    desk.tell("Second")
    narrowings: list[tuple[dict[str, str], str]] = [
        ({"state": "sent"}, "First"),
        ({"state": "pending"}, "Second"),
        ({"search": "fir", "destination": str(a.pk)}, "First"),
    ]
    for query, shown in narrowings:
        page = text(browser.get("/deliveries/", query))
        assert {"First", "Second"} & set(re.findall("First|Second", page)) == {shown}
    nothing: list[dict[str, str]] = [
        {"destination": str(a.pk + 1)},
        {"state": "lost"},
        {"destination": "x"},
    ]
    for asked in nothing:
        assert "No delivery is like that." in text(browser.get("/deliveries/", asked))


def test_a_delivery_of_someone_else_or_to_what_is_off_is_not_sent(
    browser: Client, desk: Desk, other: User
) -> None:
    destination = desk.destination()
    desk.stub.fail = failing(TransportError("full", permanent=True))
    desk.tell("Reached")
    desk.work()
    url = f"/deliveries/{Delivery.objects.get().pk}/again/"
    stranger = Client()
    stranger.force_login(other)
    assert stranger.post(url).status_code == 404
    assert "Reached" not in text(stranger.get("/deliveries/"))
    browser.post(f"/destinations/{destination.pk}/off/")
    assert "a is off: turn it on first." in text(browser.post(url, follow=True))
    assert Delivery.objects.get().state == "failed"
