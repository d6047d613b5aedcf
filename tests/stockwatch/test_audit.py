"""Everything that people change is written down: who, when, from where, what, before and after."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FunctionType
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from knox.models import AuthToken
from rest_framework.test import APIClient

from monitors import lifecycle
from monitors.lifecycle import RuleSpec, Wanted
from monitors.models import CalendarOverride, Monitor, Service
from notifications import destinations, links
from notifications.delivery import switching
from notifications.destinations import editing
from notifications.models import Delivery, Destination, Inbox, Wording
from notifications.wordings import saving
from stockwatch import tasks
from stockwatch.attempts import TRIES
from stockwatch.audit import words
from stockwatch.audit.models import AuditEntry, Deed, GrowsOnlyError, Via
from stockwatch.models import Preferences
from tests.conftest import MOUTAI, Tell
from tests.monitors.test_pages import watch

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def told() -> list[tuple[str, str]]:
    """What is written down, oldest first: what was done, and to what sort of thing."""
    entries = AuditEntry.objects.order_by("pk")
    return [(entry.deed, entry.subject_type.partition(".")[2]) for entry in entries]


def newest() -> AuditEntry:
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry is not None
    return entry


@pytest.fixture
def monitor(user: User) -> Monitor:
    return watch(user)


@pytest.fixture
def destination(user: User) -> Destination:
    params = {"url": "https://example.com/hook", "secret": "very secret"}
    return destinations.create(user.pk, params, kind="webhook", name="Hook")


def paused(monitor: Monitor) -> Monitor:
    lifecycle.pause([monitor])
    return monitor


def expired(monitor: Monitor) -> Monitor:
    Monitor.objects.filter(pk=monitor.pk).update(expires_at=timezone.now())
    return monitor


def snoozed(monitor: Monitor) -> Monitor:
    lifecycle.snooze([monitor], timezone.now())
    return monitor


def deleted_and_restored(monitor: Monitor) -> None:
    owner_id, pk = monitor.owner_id, monitor.pk
    lifecycle.delete([monitor])
    lifecycle.restore_one(owner_id, pk)


def spent(monitor: Monitor) -> Monitor:
    monitor.rules.update(state="fired")
    return monitor


WANTED = Wanted(MOUTAI, [RuleSpec("take_profit", {"price": "1800"})])

DOORS: dict[str, tuple[Callable[[Monitor], Any], Deed]] = {
    "create": (lambda one: watch(one.owner), Deed.CREATED),
    "create_many": (lambda one: lifecycle.create_many(one.owner_id, [WANTED] * 2), Deed.CREATED),
    "edit": (lambda one: lifecycle.edit(one, note="bank"), Deed.CHANGED),
    "pause": (lambda one: lifecycle.pause([one]), Deed.PAUSED),
    "snooze": (lambda one: lifecycle.snooze([one], LATER), Deed.SNOOZED),
    "resume": (lambda one: lifecycle.resume([paused(one)]), Deed.RESUMED),
    "wake": (lambda one: lifecycle.wake([snoozed(one)]), Deed.RESUMED),
    "expire": (lambda one: lifecycle.expire([expired(one)]), Deed.EXPIRED),
    "rearm": (lambda one: lifecycle.rearm([spent(one)]), Deed.REARMED),
    "regroup": (lambda one: lifecycle.regroup([one], "Holdings"), Deed.CHANGED),
    "relevel": (
        lambda one: lifecycle.relevel(one.rules.latest("pk"), {"price": "1790"}),
        Deed.CHANGED,
    ),
    "delete": (lambda one: lifecycle.delete([one]), Deed.DELETED),
    "restore": (
        lambda one: lifecycle.delete([one], "undo") and lifecycle.restore(one.owner_id, "undo"),
        Deed.RESTORED,
    ),
    "restore_one": (deleted_and_restored, Deed.RESTORED),
}
NO_DOORS = {"forget"}
"""What follows from another deed, which is recorded itself."""


def test_each_door_of_monitors_is_in_the_table() -> None:
    doors = {
        name for name in lifecycle.__all__ if isinstance(getattr(lifecycle, name), FunctionType)
    }
    assert doors - NO_DOORS == set(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_each_door_of_monitors_leaves_an_entry(door: str, monitor: Monitor) -> None:
    act, deed = DOORS[door]
    key = str(monitor.pk)
    before = AuditEntry.objects.count()
    act(monitor)
    entry = newest()
    assert AuditEntry.objects.count() > before
    assert (entry.deed, entry.subject_type) == (deed, "monitors.monitor")
    assert entry.owner_id == monitor.owner_id
    assert entry.subject.startswith("600519.SH")
    assert door.startswith("create") or entry.subject_id == key


def test_what_changes_nothing_leaves_none(monitor: Monitor) -> None:
    before = told()
    lifecycle.resume([monitor])
    lifecycle.rearm([monitor])
    lifecycle.edit(monitor, note=monitor.note)
    assert told() == before


def test_an_edit_tells_before_and_after_in_the_readers_language(monitor: Monitor) -> None:
    spec = RuleSpec("take_profit", {"price": "1790"}, id=monitor.rules.last().pk)  # type: ignore[union-attr]
    lifecycle.edit(monitor, [spec], status="paused", note="bank")
    changes = {label: (before, after) for label, before, after in words.changes_of(newest())}
    assert changes["status"] == ("Active", "Paused")
    assert changes["note"] == ("–", "bank")
    assert changes["rules"] == (
        "Entry zone 1650–1680; Take profit 1800 (repeat: Once, until I re-arm it)",
        "Take profit 1790",
    )
    with translation.override("zh-hans"):
        changes = {label: (before, after) for label, before, after in words.changes_of(newest())}
        assert changes["状态"] == ("监控中", "已暂停")
        assert "一次" in changes["规则"][0]


def test_an_entry_stands_or_falls_with_the_change(monitor: Monitor) -> None:
    before = told()
    with transaction.atomic():
        lifecycle.pause([monitor])
        assert told() != before
        transaction.set_rollback(True)
    assert told() == before


DESTINATION_DOORS: dict[str, tuple[Callable[[Destination], Any], Deed]] = {
    "create": (
        lambda one: destinations.create(
            one.user_id, {"url": "https://example.com"}, kind="webhook", name="Second"
        ),
        Deed.CREATED,
    ),
    "change": (lambda one: destinations.change(one, name="Other"), Deed.CHANGED),
    "turn_off": (lambda one: switching.turn_off(one, "why"), Deed.TURNED_OFF),
    "turn_on": (
        lambda one: switching.turn_off(one, "why") and switching.turn_on(one),
        Deed.TURNED_ON,
    ),
}
ELSEWHERE = {"give_up", "send_again", "shared_quiet_hours", "too_many"}


def test_each_door_of_destinations_is_in_the_table() -> None:
    doors = {
        name
        for module in (editing, switching)
        for name, one in vars(module).items()
        if isinstance(one, FunctionType) and one.__module__ == module.__name__
    }
    assert {name for name in doors if not name.startswith("_")} == {
        *DESTINATION_DOORS,
        *ELSEWHERE,
    }


@pytest.mark.parametrize("door", DESTINATION_DOORS)
def test_each_door_of_destinations_leaves_an_entry(door: str, destination: Destination) -> None:
    act, deed = DESTINATION_DOORS[door]
    act(destination)
    entry = newest()
    assert (entry.deed, entry.subject_type) == (deed, "notifications.destination")
    assert entry.owner_id == destination.user_id


def test_secrets_are_never_told(destination: Destination) -> None:
    params = {"url": "https://example.com/hook", "secret": "another secret"}
    destinations.change(destination, params)
    ((label, before, after),) = words.changes_of(newest())
    assert (label, before, after) == ("secrets", "••••••••", "••••••••")
    user = User.objects.get()
    user.set_password("another password")
    user.save()
    assert newest().changes == [["password", "••••••••", "••••••••"]]
    everything = str(list(AuditEntry.objects.values_list("changes", "subject")))
    for secret in ("very secret", "another secret", user.password):
        assert secret not in everything


def test_a_destination_that_goes_is_told_whatever_deletes_it(destination: Destination) -> None:
    destination.delete()
    assert told()[-1] == ("deleted", "destination")


def test_what_is_sent_again_is_counted(user: User, destination: Destination, tell: Tell) -> None:
    tell(user, 3)
    Delivery.objects.update(state="failed", ended_at=timezone.now())
    switching.send_again(Delivery.objects.of(user.pk), timezone.now())
    entry = newest()
    assert (entry.deed, entry.owner_id, entry.changes) == (
        Deed.SENT_AGAIN,
        user.pk,
        [["count", None, 3]],
    )


OTHERS: dict[str, tuple[Callable[[User], Any], list[tuple[str, str]]]] = {
    "wording": (
        lambda user: saving.put(Wording(user=user), {"title": "{symbol}"}).delete(),
        [("created", "wording"), ("deleted", "wording")],
    ),
    "calendar": (
        lambda _user: CalendarOverride.objects.create(
            market="CN", date="2026-12-01", kind="closed"
        ).delete(),
        [("created", "calendaroverride"), ("deleted", "calendaroverride")],
    ),
    "preferences": (
        lambda user: Preferences.objects.update_or_create(user=user, defaults={"theme": "dark"}),
        [("created", "preferences")],
    ),
    "language": (
        lambda user: [
            Inbox.objects.update_or_create(user=user, defaults={"language": one})
            for one in ("en", "zh-hans")
        ],
        [("changed", "inbox")],
    ),
    "token": (
        lambda user: AuthToken.objects.create(user)[0].delete(),
        [("created", "authtoken"), ("deleted", "authtoken")],
    ),
    "staff": (
        lambda user: (
            User.objects.filter(pk=user.pk).get().groups.add(Group.objects.create(name="operators"))
        ),
        [("created", "group"), ("changed", "user")],
    ),
    "service": (
        lambda _user: [Service.switch(running=one) for one in (True, False, False, True)],
        [("stopped", "service"), ("started", "service")],
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_else_people_change_leaves_entries(what: str, user: User) -> None:
    act, expected = OTHERS[what]
    before = len(told())
    act(user)
    assert told()[before:] == expected


def test_who_and_where_from(user: User, client: Client, api: APIClient, monitor: Monitor) -> None:
    client.force_login(user)
    client.post(f"/monitors/{monitor.pk}/pause/", REMOTE_ADDR="192.0.2.7")
    entry = newest()
    assert (entry.actor_id, entry.actor) == (user.pk, "ann")
    assert (entry.address, entry.via) == ("192.0.2.7", Via.PAGE)
    api.post(f"/api/v1/realtime/monitors/{monitor.pk}/resume")
    assert (newest().actor, newest().via) == ("ann", Via.API)
    lifecycle.pause([monitor])
    assert (newest().actor, newest().via) == ("", Via.SYSTEM)


def test_a_link_acts_for_its_user(user: User, client: Client, monitor: Monitor, tell: Tell) -> None:
    tell(user, monitor=monitor.pk)
    page = links.page(user.notifications.get())
    assert client.post(page, {"deed": "snooze", "choice": "1h"}).status_code == 200
    entry = newest()
    assert (entry.actor, entry.via, entry.deed) == ("ann", Via.LINK, Deed.SNOOZED)


def test_log_ins_good_and_bad(user: User, client: Client) -> None:
    def log_in(name: str, password: str) -> None:
        client.post("/login/", {"username": name, "password": password})

    start = len(told())
    log_in("ann", "wrong")
    assert (newest().subject, newest().actor, newest().owner_id) == ("ann", "", user.pk)
    log_in("a long password", "ann")
    assert newest().subject == "?"
    log_in("ann", "a long password")
    client.post("/logout/")
    assert [deed for deed, _sort in told()[start:] if deed != "changed"] == [
        "refused",
        "refused",
        "logged_in",
        "logged_out",
    ]
    assert (newest().actor, newest().via) == ("ann", Via.PAGE)


def test_what_staff_edit_is_told_once(db: None, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    client.post(
        "/admin/monitors/instrument/add/", {"symbol": "600519.SH", "name": "茅台", "market": "CN"}
    )
    assert told()[-1] == ("created", "instrument")
    assert newest().via == Via.ADMIN
    client.post(
        "/admin/monitors/calendaroverride/add/",
        {"market": "CN", "date": "2026-12-01", "kind": "closed", "note": "typhoon"},
    )
    entries = [one for one in told() if one[1] == "calendaroverride"]
    assert entries == [("created", "calendaroverride")]


def test_it_only_grows_and_is_pruned_by_age(monitor: Monitor, settings: Any) -> None:
    entry = newest()
    for act in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(GrowsOnlyError):
            act()
    with pytest.raises(GrowsOnlyError):
        AuditEntry.objects.update(actor="nobody")
    settings.AUDIT_RETENTION_DAYS = 30
    old = AuditEntry(at=timezone.now() - timedelta(days=31), via="page", deed="created")
    old.save()
    tasks.prune_audit.apply()
    assert list(AuditEntry.objects.filter(pk__in=[old.pk, entry.pk])) == [entry]


def test_a_user_reads_what_concerns_the_user(user: User, other: User) -> None:
    watch(other)
    mine = watch(user)
    assert newest() in AuditEntry.objects.concerning(user.pk)
    assert {entry.owner_id for entry in AuditEntry.objects.concerning(user.pk)} == {mine.owner_id}


def test_who_tries_names_that_nobody_has_does_not_fill_the_log(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stockwatch.attempts.time.time", lambda: 1_800_000_000.0)
    for number in range(TRIES + 3):
        client.post("/login/", {"username": f"nobody {number}", "password": "x"})
    assert AuditEntry.objects.filter(deed=Deed.REFUSED).count() == TRIES
