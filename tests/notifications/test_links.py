"""Links in messages: they work without a log-in, once, by a button, and as they were signed."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle, tasks
from monitors.calendars import Calendar
from monitors.lifecycle import RuleSpec, pauses
from monitors.market import Market
from monitors.models import Monitor, Trigger
from notifications import links
from notifications.models import Notification
from notifications.transports.base import Rate
from tests.conftest import MOUTAI, Tell
from tests.notifications.outbox_desk import Desk

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def monitor(user: User) -> Monitor:
    rules = [RuleSpec("take_profit", {"price": "1800"})]
    return lifecycle.create(user.pk, MOUTAI, rules, trading_hours_only=False)


@pytest.fixture
def urls(user: User, monitor: Monitor, tell: Tell, settings) -> dict[str, str]:
    settings.SITE_URL = "https://stocks.example"
    tell(user, monitor=monitor.pk, url=f"/monitors/{monitor.pk}/")
    found = links.actions(Notification.objects.get())
    return {action.label: action.url.removeprefix(settings.SITE_URL) for action in found}


def test_what_links_there_are(urls):
    assert list(urls) == ["I have seen it", "Pause", "Re-arm"]


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
    assert client.post(urls["Pause"], {"choice": "1h"}).status_code == 200
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


@pytest.mark.parametrize(
    ("choice", "label", "until"),
    [
        ("15m", "For 15 minutes", "2026-11-20 10:15"),
        ("1h", "For an hour", "2026-11-20 11:00"),
        ("day", "For the rest of the day", "2026-11-21 00:00"),
        ("session", "Until the next session", "2026-11-20 13:00"),
    ],
)
def test_a_pause_is_as_long_as_it_is_chosen(
    client: Client, urls, monitor: Monitor, time_machine, choice, label, until
):
    time_machine.move_to(datetime(2026, 11, 20, 10, tzinfo=SHANGHAI), tick=False)
    url = links.actions(Notification.objects.get())[1].url.removeprefix("https://stocks.example")
    page = client.get(url).content.decode()
    assert f'<button name="choice" value="{choice}">{label}</button>' in page
    answer = client.post(url, {"choice": choice})
    assert f"paused until {until} (Asia/Shanghai)" in answer.content.decode()
    monitor.refresh_from_db()
    assert monitor.snoozed_until == datetime.fromisoformat(f"{until}:00+08:00")
    assert client.post(url, {"choice": choice}).status_code == 410


def test_after_the_last_session_of_a_week_comes_mondays(urls, monitor: Monitor, time_machine):
    friday = datetime(2026, 11, 20, 15, 30, tzinfo=SHANGHAI)
    end = pauses.pause_end("session", Market.CN, friday, Calendar())
    assert end == datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize("chosen", [{}, {"choice": "2h"}, {"choice": "\x00"}])
def test_a_choice_that_is_none_uses_nothing_up(client: Client, urls, monitor: Monitor, chosen):
    answer = client.post(urls["Pause"], chosen)
    assert answer.status_code == 400
    monitor.refresh_from_db()
    assert monitor.status == "active"
    assert client.post(urls["Pause"], {"choice": "15m"}).status_code == 200


def test_a_pause_by_a_link_goes_on_from_the_link_that_was_pressed_last(
    client: Client, user: User, urls, monitor: Monitor, tell: Tell, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    client.post(urls["Pause"], {"choice": "1h"})
    tell(user, monitor=monitor.pk)
    second = links.actions(Notification.objects.latest("seq"))[1].url
    client.post(second.removeprefix("https://stocks.example"), {"choice": "15m"})
    monitor.refresh_from_db()
    assert monitor.snoozed_until == timezone.now() + timedelta(minutes=15)


def test_a_link_does_not_wake_what_is_paused_for_good(client: Client, urls, monitor: Monitor):
    lifecycle.pause([monitor])
    for label, choice in (("Pause", "1h"), ("Re-arm", "")):
        page = client.post(urls[label], {"choice": choice}).content.decode()
        assert "does not watch" in page
    monitor.refresh_from_db()
    assert (monitor.status, monitor.snoozed_until) == ("paused", None)


def test_who_pauses_it_for_good_is_not_woken_up(client: Client, urls, monitor: Monitor):
    client.post(urls["Pause"], {"choice": "1h"})
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
    assert client.get(urls["Pause"]).status_code == 410
    assert client.post(urls["Pause"]).status_code == 410
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


def test_a_page_offers_all_that_can_be_done_each_once(client: Client, urls, monitor: Monitor):
    page = links.page(Notification.objects.get()).removeprefix("https://stocks.example")
    told = client.get(page).content.decode()
    for label in ("I have seen it", "For an hour", "Re-arm"):
        assert f">{label}</button>" in told
    assert f'<a href="/monitors/{monitor.pk}/">Details</a>' in told
    assert Notification.objects.get().read_at is None
    told = client.post(page, {"deed": "read"}).content.decode()
    assert "marked as read" in told
    assert Notification.objects.get().read_at is not None
    assert ">I have seen it</button>" not in told
    assert ">Re-arm</button>" in told
    # What was done by the page is done for the link of its own, and the other way round.
    assert client.post(urls["I have seen it"]).status_code == 410
    assert client.post(urls["Re-arm"]).status_code == 200
    assert client.post(page, {"deed": "rearm"}).status_code == 400
    assert client.post(page, {"deed": "snooze", "choice": "2h"}).status_code == 400
    assert client.post(page, {"deed": "snooze", "choice": "1h"}).status_code == 200
    assert client.get(page).status_code == 410


def digest_of(desk: Desk, count: int = 3) -> str:
    """Send a digest and an alert of its own; return where the digest's link leads."""
    desk.stub.rates = (Rate(2, 60),)
    desk.destination()
    desk.tell(*[f"event {number}" for number in range(count)])
    desk.work()
    [(_room, message)] = desk.stub.taken
    [action] = message.together
    assert all(not item.actions for item in message.items)
    assert message.text().endswith(f"I have seen all of these: {action.url}")
    desk.tell("another")
    return action.url.removeprefix("https://stocks.example")


@pytest.fixture
def site(settings) -> None:
    settings.SITE_URL = "https://stocks.example"


def test_a_digest_is_seen_at_once_and_once(client: Client, desk: Desk, site: None):
    url = digest_of(desk)
    page = client.get(url).content.decode()
    assert all(f"<li>event {number}</li>" in page for number in range(3))
    assert ">I have seen all of these</button>" in page
    assert not Notification.objects.filter(read_at__isnull=False).exists()
    told = client.post(url).content.decode()
    assert "They are marked as read" in told
    assert "<button" not in told
    unread = Notification.objects.filter(read_at__isnull=True)
    assert [one.title for one in unread] == ["another"]  # it was not among them
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 410
        assert "This link has been used." in answer.content.decode()


def test_what_was_seen_in_a_digest_does_not_escalate(client: Client, desk: Desk, site: None):
    desk.destination("b", escalate_after=5)
    url = digest_of(desk)
    client.post(url)
    desk.later(301)
    desk.work()
    assert desk.told("b") == [["another"]]


def test_a_digests_link_is_of_its_user_and_time(
    client: Client, desk: Desk, site: None, other: User, tell: Tell
):
    tell(other)
    url = digest_of(desk)
    assert client.post(url[:-3] + "/").status_code == 410
    client.post(url)
    assert Notification.objects.get(user=other).read_at is None
    User.objects.update(is_active=False)
    assert client.get(url).status_code == 410


def test_a_digests_link_is_short_whatever_its_numbers(desk: Desk, site: None):
    far = [Notification(user_id=1, seq=2_000_000_000 + n * 9973 % 99991) for n in range(100)]
    near = [Notification(user_id=1, seq=2_000_000_000 + n) for n in range(100)]
    [longest], [usual] = links.together(far), links.together(near)
    assert len(usual.url) < 160
    assert len(longest.url) < 600
