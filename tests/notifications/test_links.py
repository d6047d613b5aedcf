"""Links in messages: they work without a log-in, once, by a button, and as they were signed."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle, tasks
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, Trigger
from notifications import links
from notifications.models import Notification
from tests.conftest import MOUTAI, Tell
from tests.notifications.outbox_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(user: User) -> Monitor:
    rules = [RuleSpec("take_profit", {"price": "1800"})]
    return lifecycle.create(user.pk, MOUTAI, rules, trading_hours_only=False)


@pytest.fixture
def urls(user: User, monitor: Monitor, tell: Tell, settings) -> dict[str, str]:
    settings.SITE_URL = "https://stocks.example"
    tell(user, monitor=monitor.pk)
    found = links.actions(Notification.objects.get())
    return {action.label: action.url.removeprefix(settings.SITE_URL) for action in found}


def test_what_links_there_are(urls):
    assert list(urls) == ["Pause for an hour", "Re-arm", "I have seen it"]


def test_opening_a_link_does_nothing_and_the_button_does_it_once(client: Client, urls):
    url = urls["I have seen it"]
    page = client.get(url)
    assert (page.status_code, Notification.objects.get().read_at) == (200, None)
    assert re.search(r"<button[^>]*>I have seen it</button>", page.content.decode())
    assert client.post(url).status_code == 200
    assert Notification.objects.get().read_at is not None
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 410
        assert "This link has been used." in answer.content.decode()


def test_a_pause_ends_by_itself(client: Client, urls, monitor: Monitor, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    assert client.post(urls["Pause for an hour"]).status_code == 200
    monitor.refresh_from_db()
    assert (monitor.status, Trigger.objects.count()) == ("paused", 0)
    time_machine.shift(timedelta(minutes=59))
    tasks.expire()
    monitor.refresh_from_db()
    assert monitor.status == "paused"
    time_machine.shift(timedelta(minutes=1))
    tasks.expire()
    monitor.refresh_from_db()
    assert (monitor.status, monitor.snoozed_until, Trigger.objects.count()) == ("active", None, 1)


def test_who_pauses_it_for_good_is_not_woken_up(client: Client, urls, monitor: Monitor):
    client.post(urls["Pause for an hour"])
    lifecycle.resume([monitor])
    lifecycle.pause([monitor])
    monitor.refresh_from_db()
    assert monitor.snoozed_until is None


def test_arming_again(client: Client, urls, monitor: Monitor):
    monitor.rules.update(state="fired")
    Trigger.objects.all().delete()
    assert client.post(urls["Re-arm"]).status_code == 200
    assert monitor.rules.get().state == "armed"
    assert Trigger.objects.count() == 1


def test_a_monitor_that_is_gone(client: Client, urls, monitor: Monitor):
    lifecycle.delete([monitor])
    answer = client.post(urls["Re-arm"])
    assert answer.status_code == 410
    assert "no longer there" in answer.content.decode()


def test_a_forged_or_old_link_does_nothing(client: Client, urls, time_machine):
    url = urls["Re-arm"]
    for wrong in (url.replace("/a/", "/a/x"), url[:-3] + "/", "/a/x/", "/a/%00/"):
        assert client.post(wrong).status_code in (404, 410)
    time_machine.move_to(timezone.now() + links.VALID_FOR + timedelta(seconds=1))
    assert "too old" in client.post(url).content.decode()


def test_a_link_of_who_may_not_log_in_any_more_does_nothing(client: Client, urls, user: User):
    User.objects.update(is_active=False)
    assert client.get(urls["Pause for an hour"]).status_code == 410
    assert client.post(urls["Pause for an hour"]).status_code == 410
    assert Trigger.objects.count() == 1


def test_messages_have_them_where_the_server_knows_its_address(desk: Desk, settings):
    desk.destination()
    desk.tell("first", url="/monitors/1/")
    desk.work()
    assert "/a/" not in desk.stub.taken[0][1].text()
    settings.SITE_URL = "https://stocks.example"
    desk.tell("second", url="/monitors/1/")
    desk.work()
    text = desk.stub.taken[1][1].text()
    assert "https://stocks.example/monitors/1/" in text
    assert "I have seen it: https://stocks.example/a/" in text
