"""What a page takes on the server for somebody who watches much and was told much.

The floor is a page with nothing on it behind the same middleware, asked in turn with the page. Both
by a clock on the wall, so that what the database takes counts.
"""

import statistics
import time
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from monitors import lifecycle
from monitors.calendars import Calendar
from monitors.evaluation import ingest
from monitors.lifecycle import RuleSpec
from monitors.market import Market
from monitors.models import Bar, Instrument, Monitor, Service
from monitors.symbols import Symbol
from notifications.models import Inbox, Notification
from tests.bench.figures import progress, report
from tests.market import analyse, batch, make_instruments

MONITORS, NOTIFICATIONS = 1_000, 100_000
RUNS = 31
EMPTY = "/banners/"


def run() -> None:
    """Report the median of each page, in milliseconds."""
    progress(f"{connection.vendor}, pages: {MONITORS:,} monitors, {NOTIFICATIONS:,} notifications")
    user = User.objects.create_user("ann", is_staff=True, is_superuser=True)
    prepare(user)
    with override_settings(ALLOWED_HOSTS=["*"]):
        client = Client()
        client.force_login(user)
        for name, address in addresses():
            taken, floor = _medians(client, address)
            size = f"{MONITORS:,} monitors, {NOTIFICATIONS:,} notifications"
            report(f"{connection.vendor}, {name}: {size}", taken, "ms", floor)


def addresses() -> list[tuple[str, str]]:
    """Return what is measured."""
    some = Monitor.objects.order_by("pk").values_list("pk", flat=True)[MONITORS // 2]
    return [
        ("the list", "/?sort=-added&group=&size=50"),
        ("the list, 200 rows", "/?sort=-added&group=&size=200"),
        ("the list by distance", "/?sort=distance&group=market&size=50"),
        ("the list by own groups", "/?sort=name&group=own&size=50"),
        ("the list by name, searched", "/?sort=name&group=&size=50&search=6000"),
        ("the notifications", "/notifications/"),
        ("the notifications, searched", "/notifications/?search=6000"),
        ("the notifications, searched in vain", "/notifications/?search=xyzzy"),
        ("the notifications of a stock", "/notifications/?symbol=600000"),
        ("the deliveries", "/deliveries/"),
        ("the form", f"/monitors/{some}/edit/"),
        ("the settings", "/settings/"),
        ("the status", "/status/"),
        ("the admin", "/admin/"),
        ("the admin's monitors", "/admin/monitors/monitor/"),
        ("the admin's notifications", "/admin/notifications/notification/"),
        ("the log of actions", "/admin/stockwatch/auditentry/"),
        ("a monitor", f"/monitors/{some}/"),
    ]


def _medians(client: Client, address: str) -> tuple[float, float]:
    """Return what the page takes, and what the empty one takes in turn with it."""
    both = [(_taken(client, address), _taken(client, EMPTY)) for _ in range(RUNS + 1)]
    pages, floors = zip(*both[1:], strict=True)
    return statistics.median(pages), statistics.median(floors)


def _taken(client: Client, address: str) -> float:
    begun = time.perf_counter()
    answer = client.get(address)
    taken = 1000 * (time.perf_counter() - begun)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return taken


def prepare(user: User) -> None:
    """Give a user a thousand monitors with a day of minutes, and a long log."""
    Service.switch(running=False)
    now = timezone.now().replace(microsecond=0)
    symbols = make_instruments(MONITORS)
    with transaction.atomic():
        _trade(symbols, now)
        for symbol in symbols:
            lifecycle.create(user.pk, symbol, _rules(symbol), note="a note", rating="buy")
    _fill_bars(now)
    _fill_log(user, now)
    analyse()


def _trade(symbols: list[Symbol], now: datetime) -> None:
    prices = [Decimal(100) + Decimal(at % 400) / 100 for at, _symbol in enumerate(symbols)]
    ingest(batch(symbols, now, prices))


def _rules(symbol: Symbol) -> list[RuleSpec]:
    away = int(symbol.code) % 30
    return [
        RuleSpec("entry_zone", {"min": str(80 - away), "max": str(95 - away)}),
        RuleSpec("take_profit", {"price": str(110 + away)}),
        RuleSpec("stop_loss", {"price": str(60 - away)}),
    ]


def _fill_bars(now: datetime) -> None:
    calendar = Calendar()
    day = calendar.newest_day(Market.CN, now)
    price = Decimal(100)
    for instrument in Instrument.objects.all():
        Bar.objects.bulk_create(
            Bar(
                instrument=instrument,
                at=start + timedelta(minutes=minute),
                open=price,
                high=price + 1,
                low=price - 1,
                close=price + Decimal(minute % 17) / 10,
                volume=100,
            )
            for start, end in calendar.sessions(Market.CN, day)
            for minute in range(int((end - start).total_seconds()) // 60)
        )


def _fill_log(user: User, now: datetime) -> None:
    ids = list(Monitor.objects.values_list("pk", "instrument__symbol"))
    Inbox.objects.update_or_create(pk=user.pk, defaults={"head": NOTIFICATIONS})
    for start in range(0, NOTIFICATIONS, 10_000):
        Notification.objects.bulk_create(
            Notification(
                user=user,
                seq=seq,
                key=f"event {seq}",
                kind="take_profit",
                monitor=ids[seq % MONITORS][0],
                symbol=ids[seq % MONITORS][1],
                title="Take profit: a stock rose to 110",
                body="Now 110.5, by the demo market.",
                url=f"/monitors/{ids[seq % MONITORS][0]}/",
                created_at=now - timedelta(seconds=NOTIFICATIONS - seq),
                read_at=None if seq % 100 == 0 else now,
            )
            for seq in range(start + 1, start + 10_001)
        )
