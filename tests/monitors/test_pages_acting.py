"""The buttons of a list: pause for a time, delete and undo, many at once, a level in place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle
from monitors.calendars import Calendar
from monitors.lifecycle import RuleSpec
from monitors.market import Market
from monitors.models import DeletedMonitor, Monitor, Rule, Trigger
from monitors.tasks import expire, prune
from notifications.models import Notification
from tests.conftest import MOUTAI, Trade
from tests.monitors.test_pages import page, watch

SCRIPT = {"Accept": "application/json"}
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, a trading day."""


def aim(user: User, price: str, **fields: Any) -> Monitor:
    """Make a monitor with one level alone."""
    rules = [RuleSpec("take_profit", {"price": price})]
    return lifecycle.create(user.pk, MOUTAI, rules, **fields)


def press(browser: Client, url: str, **data: object):
    """Press a button as a script does; return what is said."""
    answer = browser.post(url, data, headers=SCRIPT)
    assert answer.status_code == 200
    return answer.json()["said"]


def test_monitors_are_put_into_a_group_and_out_of_it(
    browser: Client, user: User, other: User, trade: Trade
) -> None:
    one, two, theirs = aim(user, "1800"), aim(user, "1900", group="Old"), aim(other, "1800")
    trade("1801")
    ids = [one.pk, two.pk, theirs.pk]
    (said,) = press(browser, "/monitors/act/", do="group", group="  My \0 stocks ", id=ids)
    assert said["text"] == "2 monitors moved to My stocks."
    mine = Monitor.objects.of(user.pk)
    assert set(mine.values_list("group", flat=True)) == {"My stocks"}
    assert Monitor.objects.get(pk=theirs.pk).group == ""
    # Where it is sorted into is no reason to arm it anew.
    assert Rule.objects.get(monitor=one).state == "fired"
    assert Notification.objects.filter(user=user).count() == 1
    (said,) = press(browser, "/monitors/act/", do="group", group="My stocks", id=ids)
    assert said["text"] == "0 monitors moved to My stocks."
    (said,) = press(browser, "/monitors/act/", do="group", group="x" * 41, id=ids)
    assert said["text"] == "group: a name has at most 40 characters."
    (said,) = press(browser, "/monitors/act/", do="group", group=" ", id=ids[:1])
    assert said["text"] == "1 monitor is in no group now."
    assert list(Monitor.objects.groups(user.pk)) == ["My stocks"]


def test_a_deleted_monitor_fires_nothing_and_is_had_back(
    browser: Client,
    user: User,
    trade: Trade,
) -> None:
    monitor = aim(user, "1800", note="long", rating="buy")
    before = Monitor.objects.values().get(), Rule.objects.values().get()
    trade("1700")
    (said,) = press(browser, f"/monitors/{monitor.pk}/delete/")
    assert "no longer watched" in said["text"]
    assert not Monitor.objects.exists()
    assert not Trigger.objects.exists()
    trade("1900")
    trade("1700")
    assert not Notification.objects.exists()

    (done,) = press(browser, said["undo"])
    assert "is watched again" in done["text"]
    after = Monitor.objects.values().get(), Rule.objects.values().get()
    assert after[0] | {"updated_at": 0} == before[0] | {"updated_at": 0}
    assert after[1] == before[1]
    trade("1801")
    told = Notification.objects.get()
    assert (told.monitor, told.rule) == (before[0]["id"], before[1]["id"])


@pytest.mark.parametrize(
    ("repeat", "prices", "more"),
    [
        ("once", ["1801", "1700", "1802"], 0),
        ("rearm", ["1801"], 0),
        ("rearm", ["1801", "1700", "1802"], 1),
        ("every", ["1801"], 0),
    ],
)
def test_what_had_fired_does_not_fire_again_for_being_had_back(
    browser: Client, user: User, trade: Trade, repeat: str, prices: list[str], more: int
) -> None:
    rule = RuleSpec("take_profit", {"price": "1800"}, repeat=repeat)
    monitor = lifecycle.create(user.pk, MOUTAI, [rule])
    trade("1700")
    trade("1800")
    before = Rule.objects.values().get(), list(Trigger.objects.values("level", "not_before"))
    (said,) = press(browser, f"/monitors/{monitor.pk}/delete/")
    press(browser, said["undo"])
    after = Rule.objects.values().get(), list(Trigger.objects.values("level", "not_before"))
    assert after == before
    for price in prices:
        trade(price)
    assert Notification.objects.count() == 1 + more


def test_what_had_fired_and_is_over_when_it_is_had_back_fires_the_next_time(
    browser: Client, user: User, trade: Trade
) -> None:
    monitor = aim(user, "1800")
    other = aim(user, "9000")
    trade("1800")
    (said,) = press(browser, f"/monitors/{monitor.pk}/delete/")
    trade("1700")
    press(browser, said["undo"])
    trade("1801")
    assert Notification.objects.count() == 2
    assert not Notification.objects.filter(monitor=other.pk).exists()


def test_what_is_undone_is_undone_once(browser: Client, user: User) -> None:
    monitor = watch(user)
    (said,) = press(browser, f"/monitors/{monitor.pk}/delete/")
    press(browser, said["undo"])
    (again,) = press(browser, said["undo"])
    assert "too late" in again["text"]
    assert Monitor.objects.count() == 1


def test_somebody_else_undoes_nothing(browser: Client, other: User) -> None:
    lifecycle.delete([watch(other)], "theirs")
    press(browser, "/monitors/undo/theirs/")
    assert not Monitor.objects.exists()


def test_what_was_deleted_is_forgotten(
    browser: Client,
    user: User,
    time_machine,
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    lifecycle.delete([watch(user)], "mine")
    time_machine.move_to(MONDAY + timedelta(minutes=4), tick=False)
    prune()
    assert DeletedMonitor.objects.count() == 1
    time_machine.move_to(MONDAY + timedelta(minutes=6), tick=False)
    assert lifecycle.restore(user.pk, "mine") == []
    prune()
    assert not DeletedMonitor.objects.exists()


def test_without_a_script_the_next_page_has_the_button(
    browser: Client,
    user: User,
) -> None:
    monitor = watch(user)
    answer = browser.post(f"/monitors/{monitor.pk}/delete/", {"next": "/?search=x"})
    assert answer["Location"] == "/?search=x"
    batch = DeletedMonitor.objects.get().batch
    shown = page(browser)
    assert f'formaction="/monitors/undo/{batch}/"' in shown
    assert '<form id="undo" method="post">' in shown
    browser.post(f"/monitors/undo/{batch}/")
    assert Monitor.objects.get().pk == monitor.pk


def test_a_paused_monitor_comes_back_paused(browser: Client, user: User) -> None:
    monitor = aim(user, "1800")
    lifecycle.pause([monitor])
    (said,) = press(browser, f"/monitors/{monitor.pk}/delete/")
    press(browser, said["undo"])
    assert Monitor.objects.get().status == "paused"
    assert Rule.objects.get().state == "off"
    assert not Trigger.objects.exists()


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ({"until": "1h"}, datetime(2026, 11, 23, 3, 0, tzinfo=UTC)),
        ({"until": "close"}, datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        ({"until": "open"}, datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
        ({"at": "2026-11-25T09:00"}, datetime(2026, 11, 25, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_pause_ends_when_it_was_said(
    browser: Client,
    user: User,
    time_machine,
    sent,
    until,
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    monitor = watch(user)
    (said,) = press(browser, f"/monitors/{monitor.pk}/snooze/", **sent)
    assert "is paused until" in said["text"]
    monitor.refresh_from_db()
    assert (monitor.status, monitor.snoozed_until) == ("paused", until)
    time_machine.move_to(until - timedelta(seconds=1), tick=False)
    expire()
    monitor.refresh_from_db()
    assert monitor.status == "paused"
    time_machine.move_to(until, tick=False)
    expire()
    monitor.refresh_from_db()
    assert (monitor.status, monitor.snoozed_until) == ("active", None)


@pytest.mark.parametrize(("hour", "day"), [(2, 23), (4, 23), (5, 23), (6, 23), (7, 24), (12, 24)])
def test_the_close_is_the_days_last(hour: int, day: int) -> None:
    at = datetime(2026, 11, 23, hour, tzinfo=UTC)
    assert Calendar().close_after(Market.CN, at) == datetime(2026, 11, day, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose how long"),
        ({"until": "never"}, "choose 1h, close or open"),
        ({"at": "soon"}, "Enter a date and a time"),
        ({"at": "2020-01-01T00:00"}, "in the future"),
        ({"at": "2999-01-01T00:00"}, "within a year"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(
    browser: Client,
    user: User,
    sent,
    says,
) -> None:
    monitor = watch(user)
    answer = browser.post(f"/monitors/{monitor.pk}/snooze/", sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    monitor.refresh_from_db()
    assert monitor.status == "active"


def test_many_are_acted_on_at_once(browser: Client, user: User, other: User) -> None:
    mine, theirs = [watch(user).pk for _ in range(3)], watch(other).pk
    ids = [*mine, theirs, "x"]
    assert press(browser, "/monitors/act/", do="pause", id=ids)[0]["text"] == "3 monitors paused."
    assert set(Monitor.objects.filter(status="paused").values_list("pk", flat=True)) == set(mine)
    press(browser, "/monitors/act/", do="resume", id=ids[:1])
    press(browser, "/monitors/act/", do="snooze", id=ids, until="1h")
    assert Monitor.objects.filter(snoozed_until__gt=timezone.now()).count() == 1
    (said,) = press(browser, "/monitors/act/", do="delete", id=ids)
    assert said["text"] == "3 monitors deleted."
    assert Monitor.objects.get().pk == theirs
    press(browser, said["undo"])
    assert Monitor.objects.count() == 4


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"do": "pause"}, "Nothing is selected"),
        ({"do": "explode", "id": "own"}, "do: choose pause"),
        ({"do": "snooze", "id": "own"}, "Choose how long"),
    ],
)
def test_acts_that_make_no_sense_say_so(
    browser: Client,
    user: User,
    sent,
    says,
) -> None:
    own = watch(user).pk
    sent = {name: own if value == "own" else value for name, value in sent.items()}
    assert says in press(browser, "/monitors/act/", **sent)[0]["text"]


def test_the_menu_of_a_row_is_a_page_too(browser: Client, user: User, other: User) -> None:
    url = f"/monitors/{watch(user).pk}/actions/"
    assert "<html" in page(browser, url)
    alone = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in alone
    assert "Until the close" in alone
    assert browser.get(f"/monitors/{watch(other).pk}/actions/").status_code == 404


def test_note_group_and_rating_are_changed_and_arm_nothing(
    browser: Client, user: User, other: User, trade: Trade
) -> None:
    monitor = aim(user, "1800", trading_hours_only=False)
    trade("1801")
    url = f"/monitors/{monitor.pk}/about/"
    (said,) = press(browser, url, note="Why", group=" My  stocks ", rating="buy")
    assert "is saved" in said["text"]
    monitor.refresh_from_db()
    assert (monitor.note, monitor.group, monitor.rating) == ("Why", "My stocks", "buy")
    assert monitor.rules.get().state == "fired"
    (said,) = press(browser, url, note="x" * 2001)
    assert said["tags"] == "error"
    refused = browser.post(url, {"note": "x" * 2001})
    assert (refused.status_code, refused.content.count(b"x" * 2001)) == (422, 1)
    assert 'name="note"' in page(browser, url)
    gone = browser.post(f"/monitors/{aim(other, '1800').pk}/about/", {"note": "Mine"})
    assert gone.status_code == 404
    monitor.refresh_from_db()
    assert monitor.note == "Why"


def test_a_level_is_moved_and_armed_anew(
    browser: Client,
    user: User,
    trade: Trade,
) -> None:
    monitor = aim(user, "1800")
    trade("1801")
    rule = monitor.rules.get()
    assert rule.state == "fired"
    url = f"/monitors/{monitor.pk}/rules/{rule.pk}/level/"
    answer = browser.post(url, {"was": "1800.00", "value": "1790"}, headers=SCRIPT)
    assert answer.json()["level"] == "1790"
    assert "tells you at once" in answer.json()["cautions"][0]
    rule.refresh_from_db()
    assert (rule.params, rule.state) == ({"price": "1790"}, "armed")
    answer = browser.post(url, {"was": "1790", "value": "+10%"}, headers=SCRIPT)
    assert answer.json() == {"level": "1981.1", "cautions": []}


def test_a_level_that_makes_another_rule_look_like_a_slip_says_so(
    browser: Client, user: User, trade: Trade
) -> None:
    zone = RuleSpec("entry_zone", {"min": "1650", "max": "1680"})
    stop = RuleSpec("stop_loss", {"price": "1600"})
    monitor = lifecycle.create(user.pk, MOUTAI, [zone, stop])
    trade("1700")
    rule = monitor.rules.get(kind="entry_zone")
    url = f"/monitors/{monitor.pk}/rules/{rule.pk}/level/"
    answer = browser.post(url, {"was": "1650", "value": "1590"}, headers=SCRIPT)
    assert answer.json()["cautions"] == ["The stop loss is not below the entry zone."]
    # What looked so before is no news.
    answer = browser.post(url, {"was": "1680", "value": "1670"}, headers=SCRIPT)
    assert answer.json()["cautions"] == []


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({"was": "1800", "value": "x"}, 422, "Enter a price such as"),
        ({"was": "1800", "value": ""}, 422, "A price is needed"),
        ({"was": "1800", "value": "-5"}, 422, "above 0"),
        ({"was": "1799", "value": "5"}, 409, "meanwhile"),
        ({"was": "x", "value": "5"}, 409, "meanwhile"),
        ({"was": "sNaN", "value": "5"}, 409, "meanwhile"),
        ({}, 409, "meanwhile"),
    ],
)
def test_a_level_that_cannot_be_is_refused(
    browser: Client,
    user: User,
    sent,
    status,
    says,
) -> None:
    monitor = aim(user, "1800")
    rule = monitor.rules.get()
    answer = browser.post(f"/monitors/{monitor.pk}/rules/{rule.pk}/level/", sent, headers=SCRIPT)
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert Rule.objects.get().params == {"price": "1800"}


def test_who_changed_a_level_first_is_right(user: User) -> None:
    aim(user, "1800")
    seen, also_seen = Rule.objects.get(), Rule.objects.get()
    assert lifecycle.relevel(seen, {"price": "1790"})
    assert not lifecycle.relevel(also_seen, {"price": "1780"})
    assert Rule.objects.get().params == {"price": "1790"}


def test_somebody_elses_level_is_not_found(browser: Client, other: User) -> None:
    monitor = aim(other, "1800")
    url = f"/monitors/{monitor.pk}/rules/{monitor.rules.get().pk}/level/"
    assert browser.post(url, {"was": "1800", "value": "1"}).status_code == 404
