"""The streams of quotes and monitors, over a real socket (contract §6)."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, Quote
from monitors.symbols import Symbol
from tests.conftest import MOUTAI, Trade
from tests.live import Socket

Open = Callable[..., Socket]


@pytest.fixture
def monitor(user: User, transactional_db: None) -> Monitor:
    return lifecycle.create(user.pk, MOUTAI, [RuleSpec("take_profit", {"price": "1800"})])


def prices(frame: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {quote["symbol"]: quote["price"] for quote in frame["data"]}


def test_the_last_quote_comes_at_once_and_then_each_new_one(
    open_socket: Open, monitor: Monitor, trade: Trade
) -> None:
    trade("1700")
    socket = open_socket()
    answer = socket.ask("subscribe", stream="quotes", symbols=["sh600519", "AAPL"])
    assert answer == {"type": "ok", "id": 2, "symbols": ["600519.SH", "AAPL.US"]}
    assert prices(socket.next("quotes")) == {"600519.SH": "1700.00", "AAPL.US": None}
    trade("1701")
    frame = socket.next("quotes")
    assert prices(frame) == {"600519.SH": "1701.00"}
    assert set(frame["data"][0]) == {
        "symbol", "price", "change", "change_pct", "volume", "at", "received_at", "source",
        "delayed", "state",
    }  # fmt: skip


def test_a_frozen_quote_says_so(open_socket: Open, monitor: Monitor, trade: Trade) -> None:
    trade("1700")
    Quote.objects.update(frozen=True)
    socket = open_socket()
    socket.ask("subscribe", stream="quotes", symbols=["600519"])
    assert socket.next("quotes")["data"][0]["frozen"] is True
    trade("1701")
    assert "frozen" not in socket.next("quotes")["data"][0]


def test_quotes_are_conflated_to_the_newest(
    open_socket: Open, monitor: Monitor, trade: Trade
) -> None:
    socket = open_socket()
    socket.ask("subscribe", stream="quotes", symbols=["600519"])
    for price in range(1701, 1721):
        trade(str(price))
    seen = []
    while "1720.00" not in seen:
        seen.append(prices(socket.next("quotes"))["600519.SH"])
    numbers = [price for price in seen if price]
    assert numbers == sorted(numbers)
    assert len(seen) < 20


def test_what_is_unsubscribed_comes_no_more(
    open_socket: Open, monitor: Monitor, user: User, trade: Trade
) -> None:
    tencent = Symbol.parse("700.HK")
    lifecycle.create(user.pk, tencent, [RuleSpec("take_profit", {"price": "999"})])
    socket = open_socket()
    socket.ask("subscribe", stream="quotes", symbols=["600519", "700.HK"])
    socket.next("quotes")
    answer = socket.ask("unsubscribe", stream="quotes", symbols=["600519"])
    assert answer["symbols"] == ["00700.HK"]
    trade("1701")
    trade("440", tencent)
    assert prices(socket.next("quotes")) == {"00700.HK": "440.000"}


def test_a_monitor_brings_its_state_and_its_quotes(
    open_socket: Open, monitor: Monitor, trade: Trade
) -> None:
    socket = open_socket()
    answer = socket.ask("subscribe", stream="monitors", ids=[monitor.pk])
    assert answer["ids"] == [monitor.pk]
    assert socket.next("monitor")["data"]["rules"][0]["state"] == "armed"
    trade("1801")
    assert socket.next("monitor")["data"]["rules"][0]["state"] == "fired"
    lifecycle.pause([monitor])
    assert socket.next("monitor")["data"]["status"] == "paused"
    lifecycle.delete([monitor])
    assert socket.next("monitor")["data"] == {"id": monitor.pk, "deleted": True}
    quotes = socket.next("quotes")
    while prices(quotes) != {"600519.SH": "1801.00"}:
        quotes = socket.next("quotes")


def test_a_monitor_that_moves_brings_its_new_stock(
    open_socket: Open, monitor: Monitor, trade: Trade
) -> None:
    socket = open_socket()
    socket.ask("subscribe", stream="monitors", ids=[monitor.pk])
    socket.next("monitor")
    tencent = Symbol.parse("700.HK")
    lifecycle.edit(monitor, symbol=tencent)
    assert socket.next("monitor")["data"]["symbol"] == "00700.HK"
    trade("440", tencent)
    while "440.000" not in prices(socket.next("quotes")).values():
        pass


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"stream": "quotes", "symbols": ["??"]}, "invalid"),
        ({"stream": "quotes", "symbols": "600519"}, "invalid"),
        ({"stream": "quotes"}, "invalid"),
        ({"stream": "quotes", "symbols": [f"{n:05d}.HK" for n in range(1, 502)]}, "symbol_limit"),
        ({"stream": "monitors", "ids": ["7"]}, "invalid"),
        ({"stream": "monitors", "ids": list(range(1, 202))}, "monitor_limit"),
        ({"stream": "monitors", "ids": [10**12]}, "not_found"),
    ],
    ids=str,
)
def test_a_subscribe_that_fails_changes_nothing(
    open_socket: Open, monitor: Monitor, frame: dict[str, object], code: str
) -> None:
    socket = open_socket()
    socket.ask("subscribe", stream="quotes", symbols=["600519"])
    error = socket.ask("subscribe", **frame)
    assert (error["type"], error["code"]) == ("error", code)
    again = socket.ask("subscribe", stream="quotes", symbols=["AAPL"])
    assert again["symbols"] == ["600519.SH", "AAPL.US"]


def test_someone_elses_monitor_is_not_found(
    open_socket: Open, monitor: Monitor, other: User
) -> None:
    theirs = lifecycle.create(other.pk, MOUTAI, [RuleSpec("take_profit", {"price": "1"})])
    socket = open_socket()
    assert socket.ask("subscribe", stream="monitors", ids=[theirs.pk])["code"] == "not_found"
    both = socket.ask("subscribe", stream="monitors", ids=[10**12, theirs.pk])
    assert both["missing"] == [theirs.pk, 10**12]


def test_a_watchlist_tells_a_version_when_there_are_other_monitors(
    open_socket: Open, user: User, other: User, monitor: Monitor
) -> None:
    socket = open_socket()
    assert socket.ask("subscribe", stream="watchlist")["type"] == "ok"
    versions = [socket.next("watchlist")["version"]]

    def told() -> str:
        versions.append(socket.next("watchlist")["version"])
        return versions[-1]

    rules = [RuleSpec("take_profit", {"price": "1800"})]
    lifecycle.create(other.pk, MOUTAI, rules)
    lifecycle.create_many(user.pk, [lifecycle.Wanted(MOUTAI, rules)])
    assert told() not in versions[:-1]
    lifecycle.regroup([monitor], "Long")
    assert told() not in versions[:-1]
    lifecycle.regroup([monitor], "")
    assert told() == versions[1]
    lifecycle.delete(Monitor.objects.of(user.pk).exclude(pk=monitor.pk))
    assert told() == versions[0]
    lifecycle.pause([monitor])
    assert told() == versions[0]
    socket.ask("unsubscribe", stream="watchlist")
    lifecycle.regroup([monitor], "Short")
    assert socket.ask("subscribe", stream="watchlist")["type"] == "ok"
    assert told() not in versions[:-1]


def test_a_watchlist_has_no_fields(open_socket: Open) -> None:
    answer = open_socket().ask("subscribe", stream="watchlist", ids=[1])
    assert answer["code"] == "invalid"
