"""The admin's dashboards: what fires, what fails, who has what; the same queries at any size."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors.models import Service, SourceHealth
from monitors.models.source import Report
from notifications import destinations
from notifications.models import Delivery, Destination, Notification
from notifications.socket import census
from stockwatch.audit.models import AuditEntry
from stockwatch.console import bars
from stockwatch.redis import client as store
from tests.conftest import Tell
from tests.monitors.test_pages import watch

PAGES = ("/admin/", "/admin/firing/", "/admin/firing/?days=7", "/admin/failing/")


@pytest.fixture
def root(db: None, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def hook(user: User) -> Destination:
    return destinations.create(
        user.pk, {"url": "https://example.com/hook"}, kind="webhook", name="Hook"
    )


def failed(user: User, tell: Tell, count: int = 1, why: str = "HTTP 500") -> None:
    tell(user, count)
    Delivery.objects.pending().update(state="failed", ended_at=timezone.now(), last_error=why)


def test_bars_fill_what_there_is() -> None:
    assert [one.share for one in bars.lines([("a", 4, ""), ("b", 1, "")])] == [100, 25]
    columns = bars.columns([("10:00", 0), ("11:00", 3)])
    assert [(one.x, one.y, one.height) for one in columns] == [(0, 60, 0), (10, 0, 60)]
    assert bars.lines([]) == []
    assert bars.columns([]) == []


def test_what_fires_is_counted_by_kind_hour_stock_and_user(
    root: Client, user: User, other: User, tell: Tell
) -> None:
    tell(user, 3, kind="stop_loss")
    tell(other, 1, symbol="00700.HK")
    old = timezone.now() - timedelta(days=2)
    Notification.objects.filter(symbol="00700.HK").update(created_at=old)
    text = read(root, "/admin/firing/")
    assert "<strong>3</strong>" in text
    assert "Stop loss" in text
    assert "ann" in text
    assert "600519.SH" in text
    assert "00700.HK" not in text
    assert text.count("<title>") == 24 + 1
    assert ": 3</title>" in text
    week = read(root, "/admin/firing/?days=7")
    assert "00700.HK" in week
    assert "bob" in week


def test_figures_are_a_minute_old_at_most(root: Client, user: User, tell: Tell) -> None:
    tell(user, 2)
    assert "<strong>2</strong>" in read(root, "/admin/firing/")
    tell(user, 2)
    assert "<strong>2</strong>" in read(root, "/admin/firing/")
    cache.clear()
    assert "<strong>4</strong>" in read(root, "/admin/firing/")


def test_what_failed_is_sent_again_by_its_reason(
    root: Client, user: User, hook: Destination, tell: Tell
) -> None:
    failed(user, tell, 2)
    failed(user, tell, 1, "HTTP 403")
    text = read(root, "/admin/failing/")
    assert "HTTP 500" in text
    assert "HTTP 403" in text
    answer = root.post(
        "/admin/failing/again/", {"way": "webhook", "error": "HTTP 500"}, follow=True
    )
    assert "2 deliveries are sent again." in answer.content.decode()
    assert Delivery.objects.pending().count() == 2
    assert list(Delivery.objects.failed().values_list("last_error", flat=True)) == ["HTTP 403"]


def test_a_destination_in_trouble_is_turned_off_and_on(root: Client, hook: Destination) -> None:
    Destination.objects.update(failures=3, last_error="timeout", last_error_at=timezone.now())
    assert "timeout" in read(root, "/admin/failing/")
    root.post("/admin/failing/switch/", {"destination": hook.pk, "on": "0"})
    hook.refresh_from_db()
    assert not hook.enabled
    assert "Turn on" in read(root, "/admin/failing/")
    root.post("/admin/failing/switch/", {"destination": hook.pk, "on": "1"})
    hook.refresh_from_db()
    assert hook.enabled
    deeds = AuditEntry.objects.about(Destination).values_list("deed", "actor")
    assert list(deeds)[:2] == [("turned_on", "root"), ("turned_off", "root")]
    for nonsense in ("", "x", "9" * 30, "9" * 5000, "0"):
        answer = root.post("/admin/failing/switch/", {"destination": nonsense})
        assert answer.status_code in (400, 404)


def test_what_waits_longest_is_named(
    root: Client, user: User, hook: Destination, tell: Tell
) -> None:
    tell(user, title="Fell below 1600")
    Delivery.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert "Fell below 1600" in read(root, "/admin/failing/")


def test_the_front_page_has_each_dashboard_in_short(root: Client, user: User) -> None:
    watch(user)
    SourceHealth.record([Report("demo", 12.0), Report("demo", 12.0, "timeout")])
    Service.switch(running=False)
    text = read(root, "/admin/")
    for said in ("What fires", "Failing deliveries", "Who has what", "Source health"):
        assert said in text
    assert "The monitoring service is stopped." in text
    assert "Monitor: Created" in text
    assert "600519.SH" in text


def test_staff_see_what_they_may(db: None, client: Client) -> None:
    staff = User.objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    text = read(client, "/admin/")
    assert "What fires" not in text
    assert "Newest actions" not in text
    for page in PAGES[1:]:
        assert client.get(page).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_notification"))
    assert "What fires" in read(client, "/admin/")
    assert client.get("/admin/firing/").status_code == 200
    assert client.post("/admin/failing/again/").status_code == 403
    assert client.post("/admin/failing/switch/").status_code == 403


def test_who_has_what(root: Client, user: User, hook: Destination, tell: Tell) -> None:
    watch(user)
    tell(user, 5)
    store().hset(census.COUNTS, "here:1", "3@9999999999")
    store().set(f"stockwatch:{census.BY_USER}:here:1", f'{{"{user.pk}": 3}}', ex=5)
    text = read(root, "/admin/auth/user/?q=ann")
    store().delete(census.COUNTS)
    row = text.partition("ann</a>")[2].partition("</tr>")[0]
    for column, value in (
        ("monitor_count", 1), ("rule_count", 2), ("destination_count", 1), ("told", 5),
        ("sockets", 3),
    ):  # fmt: skip
        assert f'field-{column}">{value}<' in row


def test_the_log_of_actions_is_searched_and_narrowed(root: Client, user: User) -> None:
    watch(user)
    address = "/admin/stockwatch/auditentry/"
    assert "600519.SH" in read(root, f"{address}?deed=created&sort=monitors.monitor")
    assert "600519.SH" not in read(root, f"{address}?deed=deleted")
    assert "600519.SH" in read(root, f"{address}?q=600519")
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert root.get(f"{address}{entry.pk}/change/").status_code == 200
    assert root.post(f"{address}{entry.pk}/change/", {"actor": "x"}).status_code == 403
    assert root.post(f"{address}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_pages_ask_the_same_however_much_there_is(
    root: Client, user: User, hook: Destination, tell: Tell
) -> None:
    def asked() -> dict[str, int]:
        counts = {}
        for page in (*PAGES, "/admin/stockwatch/auditentry/", "/admin/auth/user/"):
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                read(root, page)
            counts[page] = len(captured)
        return counts

    failed(user, tell)
    watch(user)
    asked()
    few = asked()
    failed(user, tell, 30)
    for number in range(12):
        someone = User.objects.create_user(f"user{number}")
        watch(someone)
        tell(someone, 2, symbol=f"60000{number % 9}.SH")
    assert asked() == few


def test_without_redis_the_figures_are_worked_out_anew(
    root: Client, user: User, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: Any) -> None:
        raise OSError

    monkeypatch.setattr("stockwatch.console.remembering.cache.get", away)
    tell(user, 2)
    assert "<strong>2</strong>" in read(root, "/admin/firing/")
