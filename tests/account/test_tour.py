"""The first minutes, step by step, and the levels that the demo market is sure to reach."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from monitors import lifecycle
from monitors.evaluation import ingest
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor
from monitors.sources import demo
from notifications.models import Delivery, Destination, Inbox, Notification
from stockwatch.account import tour
from stockwatch.account.looking_ahead import is_reached, prices_from, propose, steps_seen
from stockwatch.account.models import Tour
from tests.conftest import MOUTAI

NOON = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


def decimals(*numbers: float) -> list[Decimal]:
    return [Decimal(str(number)) for number in numbers]


def test_a_level_above_is_proposed_that_holds_long_enough_to_be_seen() -> None:
    prices = decimals(10, 10, 10, 10, 10, 10.5, 10.2, 10.3, 10, 10)
    found = propose(prices, run=2)
    assert (found.kind, found.level) == ("price_above", Decimal("10.2"))


def test_where_the_price_only_falls_one_below_is() -> None:
    prices = decimals(10, 9.9, 9.8, 9.7, 9.6, 9.5, 9.4, 9.3, 9.2, 9.1)
    found = propose(prices, run=2)
    assert (found.kind, found.level) == ("price_below", Decimal("9.2"))


def test_where_nothing_moves_the_price_itself_is() -> None:
    found = propose(decimals(*[10] * 12), run=3)
    assert (found.kind, found.level) == ("price_above", Decimal(10))


@pytest.mark.parametrize("symbol", tour.LIVELY)
@pytest.mark.parametrize("seconds", [0.5, 3])
def test_on_the_demo_market_every_proposal_is_seen_within_forty_seconds(
    symbol: Any, seconds: float
) -> None:
    run = steps_seen(seconds)
    for minute in range(0, 1440, 7):
        now = NOON + timedelta(minutes=minute, seconds=minute % 11)
        found = propose(prices_from(lambda at: demo.price(symbol, at), now, run), run)
        # As a sweep sees it that begins at any moment.
        for phase in (0, 0.4 * seconds, 0.9 * seconds):
            seen = [
                demo.price(symbol, now + timedelta(seconds=phase + seconds * number))
                for number in range(int(40 / seconds))
            ]
            assert is_reached(seen, found.kind, found.level, 1), (now, found)


def step(client: Client) -> str:
    page = client.get("/tour/").content.decode()
    return re.search(r'data-step="(\d)"', page)[1]  # type: ignore[index]


def shown(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]  # type: ignore[index]


def watch(client: Client, symbol: str = "600519.SH") -> Any:
    page = client.get(f"/tour/?symbol={symbol}").content.decode()
    sent = {name: shown(page, name) for name in ("symbol", "kind", "level")}
    return client.post("/tour/watch/", sent)


def trade_until_told(now: datetime) -> datetime:
    """Let the demo market trade as its sweeps see it; return when it told."""
    for number in range(20):
        at = now + timedelta(seconds=3 * number)
        with time_machine.travel(at, tick=False):
            ingest([demo.snapshot(MOUTAI, at)])
        if Notification.objects.exists():
            return at
    raise AssertionError("no alert came within a minute")


def test_the_whole_way(ann: Client, user: User) -> None:
    assert "Start the tour" in ann.get("/").content.decode()
    with time_machine.travel(NOON, tick=False):
        assert step(ann) == "1"
        assert "1" in ann.get("/tour/prices/").json()["600519.SH"]["price"]
        assert watch(ann)["Location"] == "/tour/"
        assert step(ann) == "3"
        monitor = Monitor.objects.get()
        assert (str(monitor.instrument.symbol), monitor.trading_hours_only) == ("600519.SH", False)
        assert "Go on with it" in ann.get("/").content.decode()
    told = trade_until_told(NOON)
    assert told - NOON < timedelta(seconds=45)
    assert step(ann) == "4"
    assert Notification.objects.get().title in ann.get("/tour/").content.decode()
    assert "Go on with it" not in ann.get("/").content.decode(), "who has seen it is done"
    assert ann.post("/tour/end/")["Location"] == "/"
    assert ann.get("/tour/")["Location"] == "/"
    assert "Go on with it" not in ann.get("/").content.decode()


def test_a_level_that_the_price_has_left_is_chosen_anew(ann: Client) -> None:
    with time_machine.travel(NOON, tick=False):
        sent = {"symbol": "600519.SH", "kind": "price_above", "level": "999999"}
        ann.post("/tour/watch/", sent)
    level = Decimal(Monitor.objects.get().rules.get().params["price"])
    assert abs(level / demo.price(MOUTAI, NOON) - 1) < Decimal("0.02")
    trade_until_told(NOON)


def test_pressing_twice_makes_one_monitor(ann: Client) -> None:
    sent = {"symbol": "600519.SH", "kind": "price_above", "level": "1500"}
    for _ in range(2):
        assert ann.post("/tour/watch/", sent).status_code == 302
    assert Monitor.objects.count() == 1


@pytest.mark.parametrize(
    "sent",
    [{"level": "a lot"}, {"level": "-1"}, {"level": ""}, {"kind": "stop_the_world"}],
)
def test_nonsense_is_said_and_makes_nothing(ann: Client, sent: dict[str, str]) -> None:
    good = {"symbol": "600519.SH", "kind": "price_above", "level": "1500"}
    answer = ann.post("/tour/watch/", good | sent)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not Monitor.objects.exists()
    assert ann.post("/tour/watch/", good | {"symbol": "XXX"})["Location"] == "/tour/"
    assert ann.get("/tour/?symbol=%00").status_code == 200


def test_it_is_offered_once_and_only_where_nothing_is_watched(ann: Client, user: User) -> None:
    monitor = lifecycle.create(user.pk, MOUTAI, [RuleSpec("price_above", {"price": "1800"})])
    assert "Start the tour" not in ann.get("/").content.decode()
    lifecycle.delete([monitor])
    assert "Start the tour" in ann.get("/").content.decode()
    ann.post("/tour/end/")
    assert "Start the tour" not in ann.get("/").content.decode()
    assert Tour.objects.get().ended_at is not None


def test_the_example_goes_where_one_wants_that(ann: Client) -> None:
    watch(ann)
    ann.post("/tour/end/", {"forget": "1"})
    assert not Monitor.objects.exists()


def test_on_a_real_market_nothing_is_promised(
    ann: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.QUOTE_SOURCES = ["tencent"]
    seen = {MOUTAI: demo.snapshot(MOUTAI, NOON)}
    monkeypatch.setattr(tour, "glances", lambda _symbols: seen)
    told = ann.get("/tour/prices/").json()
    price, level = (Decimal(told["600519.SH"][name]) for name in ("price", "level"))
    assert price == seen[MOUTAI].price < level < price * Decimal("1.002")
    assert told["AAPL.US"]["price"] == "–"
    assert "under a minute" not in ann.get("/tour/").content.decode()
    page = ann.get("/tour/?symbol=600519.SH").content.decode()
    assert 'id="level"' in page
    ann.post("/tour/watch/", {"symbol": "600519.SH", "kind": "price_above", "level": "1500.5"})
    monitor = Monitor.objects.get()
    assert monitor.rules.get().params == {"price": "1500.5"}
    assert monitor.trading_hours_only
    assert "within half a minute" not in ann.get("/tour/").content.decode()


SATURDAY = datetime(2026, 11, 28, 2, 0, 0, tzinfo=UTC)
TRADING = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
LUNCH = NOON


@pytest.fixture
def real(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real market, of whose stocks one has a price."""
    settings.QUOTE_SOURCES = ["tencent"]
    seen = {MOUTAI: demo.snapshot(MOUTAI, NOON)}
    monkeypatch.setattr(tour, "glances", lambda _symbols: seen)


def pages_at(ann: Client, at: datetime) -> list[str]:
    """The pages of the tour at a time: choosing, the level, and waiting for it."""
    with time_machine.travel(at, tick=False):
        pages = [ann.get(address).content.decode() for address in ("/tour/", LEVEL)]
        ann.post("/tour/watch/", {"symbol": "600519.SH", "kind": "price_above", "level": "1500.5"})
        return [*pages, ann.get("/tour/").content.decode()]


LEVEL = "/tour/?symbol=600519.SH"


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize(
    ("language", "at", "says"),
    [
        ("en", SATURDAY, "Market closed, opens Mon, November 30, 09:30"),
        ("zh-hans", SATURDAY, "现已休市，11月30日（星期一）09:30 开盘"),
        ("en", LUNCH, "Market closed, opens Mon, November 23, 13:00"),
    ],
)
def test_a_closed_market_says_when_it_opens(
    ann: Client, language: str, at: datetime, says: str
) -> None:
    ann.post("/language/", {"language": language})
    for page in pages_at(ann, at):
        assert says in page
        assert page.count("09:30") + page.count("13:00") > 0


@pytest.mark.usefixtures("real")
def test_a_market_that_trades_does_not(ann: Client) -> None:
    choosing, level, waiting = pages_at(ann, TRADING)
    assert choosing.count("Market closed") == 1, "of the three only New York's is"
    assert "Market closed" not in level + waiting
    assert "Show me a test alert now" in waiting


@pytest.mark.usefixtures("real")
def test_a_test_alert_takes_the_way_of_any_other(ann: Client, user: User) -> None:
    pages_at(ann, SATURDAY)
    phone = Destination.objects.create(user=user, kind="ntfy", name="My phone")
    for _ in range(2):  # pressed twice
        assert ann.post("/tour/alert/")["Location"] == "/tour/"
    told, monitor = Notification.objects.get(), Monitor.objects.get()
    assert (told.seq, told.kind, told.monitor, told.rule) == (1, "test", monitor.pk, None)
    assert told.title.startswith("Test: ")
    assert "1500.5" in told.title
    assert "This is a test. Nothing has fired" in told.body
    assert Delivery.objects.get().destination == phone
    page = ann.get("/tour/").content.decode()
    assert 'data-step="4"' in page
    assert "This is what an alert looks like" in page
    assert told.title in page
    assert told.title in ann.get("/notifications/?kind=test").content.decode()
    assert monitor.rules.get().state == "armed"
    assert f'"seq": {told.seq}' not in ann.get(f"/monitors/{monitor.pk}/").content.decode()


@pytest.mark.usefixtures("real")
def test_a_test_alert_is_told_in_the_readers_language(ann: Client, user: User) -> None:
    pages_at(ann, SATURDAY)
    Inbox.objects.filter(user=user).update(language="zh-hans")
    ann.post("/tour/alert/")
    told = Notification.objects.get()
    assert told.title.startswith("测试：")
    assert "这是一条测试提醒" in told.body


def test_without_a_monitor_of_the_tour_no_test_is_told(ann: Client, user: User) -> None:
    ann.post("/tour/alert/")
    lifecycle.create(user.pk, MOUTAI, [RuleSpec("price_above", {"price": "1800"})])
    ann.post("/tour/alert/")
    assert ann.get("/tour/alert/").status_code == 405
    assert Client().post("/tour/alert/")["Location"].startswith("/login/")
    assert not Notification.objects.exists()


def test_a_monitor_that_was_deleted_on_the_way_is_made_again(ann: Client) -> None:
    watch(ann)
    lifecycle.delete(Monitor.objects.all())
    assert step(ann) == "1"
    watch(ann)
    assert step(ann) == "3"
