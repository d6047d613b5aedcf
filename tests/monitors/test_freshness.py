"""Late and frozen quotes: seen as such everywhere, and refused by the rules that say so."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors import lifecycle
from monitors.evaluation import ingest
from monitors.lifecycle import RuleSpec
from monitors.market import QuoteState, Snapshot
from monitors.models import Quote, Rule
from monitors.symbols import Symbol
from notifications.models import Notification

STOCK, OTHER = Symbol.parse("600519.SH"), Symbol.parse("000001.SZ")
OPEN = datetime(2030, 3, 4, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FROZEN_AFTER = timedelta(seconds=300)

pytestmark = pytest.mark.django_db


def quote(symbol: Symbol, at: datetime, price: str = "10", **fields: object) -> Snapshot:
    values: dict[str, object] = {
        "symbol": symbol, "at": at, "price": Decimal(price), "previous_close": Decimal(10),
        "open": Decimal(10), "high": None, "low": None, "volume": 100, "amount": None,
        "state": QuoteState.TRADING, "name": "", "source": "tencent", "delay": 0,
    }  # fmt: skip
    return Snapshot(**values | fields)  # type: ignore[arg-type]


@pytest.fixture
def owner(settings) -> int:
    settings.QUOTE_FROZEN_AFTER = FROZEN_AFTER.seconds
    return User.objects.create(username="ann").pk


def watch(owner: int, symbol: Symbol, kind: str, price: str, **demands: object) -> Rule:
    spec = RuleSpec(kind, {"price": price}, **demands)  # type: ignore[arg-type]
    monitor = lifecycle.create(owner, symbol, [spec], trading_hours_only=False)
    return monitor.rules.get()


def both(owner: int) -> None:
    for symbol in (STOCK, OTHER):
        watch(owner, symbol, "price_above", "9999")


def frozen(symbol: Symbol = STOCK) -> bool:
    return Quote.objects.get(instrument__symbol=str(symbol)).frozen


def trade(at: datetime, *, moving: bool = True, price: str = "10", source: str = "tencent") -> None:
    """One stock as it stands, and the other one, which moves or not."""
    volume = int(at.timestamp()) if moving else 7
    ingest(
        [quote(STOCK, at, price, source=source), quote(OTHER, at, volume=volume, source=source)], at
    )


def test_a_stock_that_stands_still_while_another_moves_is_frozen(owner):
    both(owner)
    trade(OPEN)
    trade(OPEN + FROZEN_AFTER - timedelta(seconds=1))
    assert not frozen()
    trade(OPEN + FROZEN_AFTER)
    assert frozen()
    assert not frozen(OTHER)
    trade(OPEN + FROZEN_AFTER + timedelta(seconds=3), price="10.01")
    assert not frozen()


def test_nobody_is_frozen_where_nobody_moves(owner):
    both(owner)
    trade(OPEN, moving=False)
    trade(OPEN + 2 * FROZEN_AFTER, moving=False)
    assert not frozen()


def test_only_the_time_of_sessions_counts(owner):
    both(owner)
    noon, afternoon = OPEN.replace(hour=11, minute=29), OPEN.replace(hour=13, minute=0)
    trade(noon)
    trade(afternoon + timedelta(seconds=3))
    assert not frozen()
    trade(afternoon + FROZEN_AFTER)
    assert frozen()


def test_outside_of_sessions_nothing_is_frozen(owner):
    both(owner)
    evening = OPEN.replace(hour=20)
    trade(evening)
    trade(evening + 2 * FROZEN_AFTER)
    assert not frozen()


def test_the_demo_market_is_always_open(owner):
    both(owner)
    evening = OPEN.replace(hour=20)
    trade(evening, source="demo")
    trade(evening + FROZEN_AFTER, source="demo")
    assert frozen()


def test_zero_turns_it_off(owner, settings):
    settings.QUOTE_FROZEN_AFTER = 0
    both(owner)
    trade(OPEN)
    trade(OPEN + 10 * FROZEN_AFTER)
    assert not frozen()


def test_a_rule_may_refuse_what_is_frozen(owner):
    both(owner)
    trade(OPEN)
    watch(owner, STOCK, "price_above", "9.5", refuse_frozen=True)
    watch(owner, STOCK, "price_above", "9.6")
    trade(OPEN + FROZEN_AFTER)
    assert [one.level for one in Notification.objects.all()] == ["9.6"]
    trade(OPEN + FROZEN_AFTER + timedelta(seconds=3), price="9.7")
    assert [one.level for one in Notification.objects.order_by("seq")] == ["9.6", "9.5"]


def later(seconds: int) -> datetime:
    return OPEN + timedelta(seconds=seconds)


def test_a_rule_may_refuse_what_is_late_by_design(owner):
    watch(owner, STOCK, "stop_loss", "9.5", refuse_delayed=True)
    watch(owner, STOCK, "stop_loss", "9.6")
    ingest([quote(STOCK, OPEN, "9", delay=900)], OPEN)
    assert [one.level for one in Notification.objects.all()] == ["9.6"]
    ingest([quote(STOCK, later(3), "9.1")], later(3))
    assert [one.level for one in Notification.objects.order_by("seq")] == ["9.6", "9.5"]


def test_touch_looks_back_beyond_the_late_quotes_that_a_rule_refuses(owner):
    """The high comes with a late quote; the next prompt one shows it as well, and it is new."""
    watch(owner, STOCK, "take_profit", "12", refuse_delayed=True)
    everyday = watch(owner, STOCK, "take_profit", "12")
    ingest([quote(STOCK, OPEN, high=Decimal(10))], OPEN)
    ingest([quote(STOCK, later(60), "11", high=Decimal(12), delay=900)], later(60))
    assert [one.rule for one in Notification.objects.all()] == [everyday.pk]
    ingest([quote(STOCK, later(90), "11", high=Decimal(12), delay=900)], later(90))
    ingest([quote(STOCK, later(120), high=Decimal(12))], later(120))
    assert Notification.objects.count() == 2
    # For everybody else that high was over.
    ingest([quote(STOCK, later(123), "10.5", high=Decimal(12))], later(123))
    assert Notification.objects.count() == 2


def test_a_rule_that_was_armed_among_late_quotes_knows_nothing_of_before(owner):
    watch(owner, STOCK, "price_above", "9999")
    ingest([quote(STOCK, OPEN, high=Decimal(10))], OPEN)
    ingest([quote(STOCK, later(60), "11", high=Decimal(12), delay=900)], later(60))
    watch(owner, STOCK, "take_profit", "12", refuse_delayed=True)
    ingest([quote(STOCK, later(120), high=Decimal(12))], later(120))
    assert not Notification.objects.exists()


def test_a_refused_quote_does_not_arm_again(owner):
    rule = watch(owner, STOCK, "take_profit", "12", refuse_delayed=True)
    ingest([quote(STOCK, OPEN, "12")], OPEN)
    rule.refresh_from_db()
    assert rule.state == "fired"
    ingest([quote(STOCK, later(60), "11", delay=900)], later(60))
    rule.refresh_from_db()
    assert rule.state == "fired"
    ingest([quote(STOCK, later(63), "11")], later(63))
    rule.refresh_from_db()
    assert rule.state == "armed"


def test_api_and_page_say_so(user: User, client: Client, settings) -> None:
    settings.QUOTE_FROZEN_AFTER = FROZEN_AFTER.seconds
    client.force_login(user)
    both(user.pk)

    def shown() -> bool:
        answer = client.get("/api/v1/quotes", {"symbols": str(STOCK)}).json()
        return bool(answer["results"][0]["frozen"])

    trade(OPEN)
    assert not shown()
    trade(OPEN + FROZEN_AFTER)
    assert shown()
    page = client.get("/").content.decode()
    assert page.count("data-frozen>") == 1
    assert page.count("data-frozen hidden>") == 1
