"""Every list of the admin asks as much of the database with 100,000 rows as with 300."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monitors.models import Instrument, InstrumentChange, Monitor, Quote, Rule, Trigger
from notifications.models import Attempt, Delivery, Destination, Notification
from stockwatch.audit.models import AuditEntry
from stockwatch.changelists import EstimatingPaginator
from tests.market import analyse

pytestmark = pytest.mark.django_db

MANY = 100_000

PAGES = [
    ("monitors_instrument", ""), ("monitors_instrument", "?q=00"),
    ("monitors_instrument", "?market__exact=CN&quote__state__exact=trading"),
    ("monitors_quote", ""), ("monitors_quote", "?q=00"),
    ("monitors_quote", "?source=tencent&instrument__market=CN"),
    ("monitors_instrumentchange", ""), ("monitors_instrumentchange", "?q=00"),
    ("monitors_instrumentchange", "?what__exact=name&instrument__market=CN"),
    ("monitors_monitor", ""), ("monitors_monitor", "?q=00"), ("monitors_monitor", "?p=2"),
    ("monitors_monitor", "?status__exact=active&rules__kind__exact=take_profit"),
    ("monitors_monitor", "?o=1"),
    ("notifications_notification", ""), ("notifications_notification", "?q=00"),
    ("notifications_notification", "?read=no&o=7"),
    ("notifications_destination", ""), ("notifications_destination", "?q=00"),
    ("notifications_destination", "?way=webhook&enabled__exact=1&o=7"),
    ("notifications_delivery", ""), ("notifications_delivery", "?q=00"),
    ("notifications_delivery", "?p=2"), ("notifications_delivery", "?q=user1"),
    ("notifications_delivery", "?state__exact=sent&way=webhook&o=7"),
    ("notifications_attempt", ""), ("notifications_attempt", "?q=00"),
    ("notifications_attempt", "?ok__exact=1&way=webhook"),
    ("auth_user", ""), ("auth_user", "?q=user"),
    ("stockwatch_auditentry", ""), ("stockwatch_auditentry", "?q=00"),
    ("stockwatch_auditentry", "?deed=created&sort=monitors.monitor&p=2"),
]  # fmt: skip


VARYING: list[tuple[type[Model], dict[str, str]]] = [
    (User, {"id": "10 + n.i", "username": "'user' || n.i"}),
    (Instrument, {"id": "1 + n.i", "symbol": "substr(CAST(1000000 + n.i AS text), 2) || '.SZ'"}),
    (Quote, {"instrument_id": "1 + n.i"}),
    (InstrumentChange, {"id": "1 + n.i", "instrument_id": "1 + n.i"}),
    (Monitor, {"id": "1 + n.i", "owner_id": "10 + n.i", "instrument_id": "1 + n.i"}),
    (Rule, {"id": "1 + n.i", "monitor_id": "1 + n.i"}),
    (Trigger, {"id": "10000000 - n.i", "rule_id": "1 + n.i", "instrument_id": "1 + n.i"}),
    (Notification, {"id": "1 + n.i", "user_id": "10 + n.i", "title": "'00' || n.i"}),
    (Destination, {"id": "1 + n.i", "user_id": "10 + n.i", "name": "'00' || n.i"}),
    (
        Delivery,
        {
            "id": "1 + n.i",
            "user_id": "10 + n.i",
            "notification_id": "1 + n.i",
            "destination_id": "1 + n.i",
        },
    ),
    (Attempt, {"id": "1 + n.i", "delivery_id": "1 + n.i"}),
    (AuditEntry, {"id": "10000000 - n.i", "owner_id": "10 + n.i", "subject": "'00' || n.i"}),
]


def first() -> None:
    """Make a user with an instrument, a monitor of one armed rule, and a notification."""
    User.objects.create(pk=10, username="user0", password="!")
    Instrument.objects.create(pk=1, symbol="000000.SZ", market="CN")
    Quote.objects.create(instrument_id=1, price="9", source="tencent", state="trading")
    InstrumentChange.objects.create(
        pk=1,
        instrument_id=1,
        what="name",
        before="000",
        after="00",
        at=timezone.now(),
        source="demo",
    )
    Monitor.objects.create(pk=1, owner_id=10, instrument_id=1)
    Rule.objects.create(pk=1, monitor_id=1, kind="take_profit", params={"price": "12"})
    Trigger.objects.create(
        pk=10_000_000,
        rule_id=1,
        instrument_id=1,
        metric=1,
        direction=1,
        level="12",
        in_session_only=True,
    )
    Notification.objects.create(pk=1, user_id=10, seq=1, key="k", kind="take_profit", title="000")
    at = timezone.now()
    Destination.objects.create(pk=1, user_id=10, kind="webhook", name="000", last_ok_at=at)
    Delivery.objects.create(
        pk=1, user_id=10, notification_id=1, destination_id=1, state="sent", ended_at=at
    )
    Attempt.objects.create(pk=1, delivery_id=1, latency_ms=12, ok=True, answer="00")
    AuditEntry(
        pk=10_000_000, via="page", deed="created", subject_type="monitors.monitor", subject="000"
    ).save()


def fill(start: int, end: int) -> None:
    """Make as many more, numbered so, by copying the first inside the database."""
    if start == 0:
        first()
    for model, varying in VARYING:
        columns = [field.column for field in model._meta.concrete_fields]
        copied = ", ".join(varying.get(str(name), f't."{name}"') for name in columns)
        table, key = model._meta.db_table, model._meta.pk.column
        names = ", ".join(f'"{name}"' for name in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH RECURSIVE n(i) AS (SELECT {max(start, 1)} UNION ALL "
                f"SELECT i + 1 FROM n WHERE i < {end - 1}) "
                f"INSERT INTO {table} ({names}) SELECT {copied} FROM n, {table} t "
                f"WHERE t.{key} = {varying[str(key)].replace('n.i', '0')}"
            )


@pytest.fixture
def admin():
    client = Client()
    client.force_login(User.objects.create_superuser("root", pk=1))
    return client


def asked(admin: Client) -> dict[str, int]:
    """Open every page; return how many queries each took."""
    chosen = list(Monitor.objects.order_by("pk").values_list("pk", flat=True)[5:10])
    queries: dict[str, int] = {}
    for name, query in PAGES:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = admin.get(reverse(f"admin:{name}_changelist") + query)
        assert answer.status_code == 200
        assert answer.context["cl"].result_list, (name, query)
        assert len(answer.content) < 1_000_000, (name, query)
        queries[name + query] = len(captured)
    for name, data in [
        ("pause", {"action": "pause"}),
        ("resume", {"action": "resume"}),
        ("delete", {"action": "delete_selected"}),
    ]:
        with CaptureQueriesContext(connection) as captured:
            admin.post(
                reverse("admin:monitors_monitor_changelist"), data | {"_selected_action": chosen}
            )
        queries[name] = len(captured)
    for name, key in [
        ("monitors_monitor_change", chosen[0]),
        ("monitors_monitor_delete", chosen[0]),
        ("monitors_instrument_change", 1),
        ("auth_user_delete", 10),
        ("monitors_monitor_add", None),
    ]:
        address = reverse(f"admin:{name}", args=[] if key is None else [key])
        with CaptureQueriesContext(connection) as captured:
            answer = admin.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 200_000, name
        queries[name] = len(captured)
    return queries


def test_pages_ask_the_same_of_300_rows_and_of_100_000(admin):
    fill(0, 300)
    asked(admin)  # what is remembered once, such as content types
    few = asked(admin)
    fill(300, MANY)
    analyse()  # without it PostgreSQL plans for a table of 300 rows
    assert Trigger.objects.count() > MANY - 10
    assert asked(admin) == few
    assert max(few[name + query] for name, query in PAGES) <= 9


def test_an_autocomplete_offers_a_page_not_the_table(admin):
    fill(0, 300)
    answer = admin.get(
        reverse("admin:autocomplete"),
        {"app_label": "monitors", "model_name": "monitor", "field_name": "instrument", "term": "0"},
    ).json()
    assert len(answer["results"]) == 20
    assert answer["pagination"]["more"]


def test_a_list_is_counted_exactly_unless_it_is_very_long(monkeypatch):
    fill(0, 30)
    assert EstimatingPaginator(Instrument.objects.order_by("pk"), 10).count == 30
    monkeypatch.setattr(EstimatingPaginator, "_estimate", lambda _paginator: 1_000_000)
    assert EstimatingPaginator(Instrument.objects.order_by("pk"), 10).count == 1_000_000


def test_postgresql_estimates_a_long_list_and_counts_a_filtered_one(monkeypatch):
    fill(0, 300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE monitors_instrument")
    monkeypatch.setattr("stockwatch.changelists.COUNTED_UP_TO", 100)
    with CaptureQueriesContext(connection) as captured:
        assert EstimatingPaginator(Instrument.objects.order_by("pk"), 10).count == 300
    estimated = connection.vendor == "postgresql"
    assert ("reltuples" in captured[0]["sql"]) == estimated
    assert len(captured) == 1
    some = Instrument.objects.filter(symbol__startswith="00000").order_by("pk")
    assert EstimatingPaginator(some, 10).count == 10
