"""Quotes, bars, the service and health, through HTTP (contract §4)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from monitors import lifecycle, tasks
from monitors.calendars import Calendar
from monitors.instruments.bars import derive
from monitors.lifecycle import RuleSpec
from monitors.market import Candle, Market, QuoteState
from monitors.models import Service, SourceHealth, Sweep
from monitors.models.source import Report
from monitors.symbols import Symbol
from stockwatch import heartbeat
from stockwatch.redis import client
from tests.conftest import MOUTAI, Trade

TENCENT_HK = Symbol.parse("700.HK")


@pytest.fixture
def watched(user: User) -> None:
    for symbol in (MOUTAI, TENCENT_HK):
        lifecycle.create(user.pk, symbol, [RuleSpec("take_profit", {"price": "9999"})])


def test_quotes_come_in_the_order_asked_for(api: APIClient, watched: None, trade: Trade) -> None:
    trade("1712.5", high=Decimal(1720), low=Decimal("1690.1"))
    answer = api.get("/api/v1/quotes?symbols=AAPL,sh600519").json()
    apple, moutai = answer["results"]
    assert (apple["symbol"], apple["state"], apple["price"]) == ("AAPL.US", "unknown", None)
    assert (moutai["symbol"], moutai["state"], moutai["price"]) == (
        "600519.SH",
        "trading",
        "1712.50",
    )
    assert (moutai["change"], moutai["change_pct"]) == ("12.50", "0.74")
    assert (moutai["high"], moutai["low"], moutai["open"]) == ("1720.00", "1690.10", "1700.00")
    assert (moutai["source"], moutai["delayed"], moutai["stale"]) == ("demo", False, False)
    assert moutai["market_open"] is True  # demo never closes
    assert datetime.fromisoformat(moutai["at"]).utcoffset() == timedelta(hours=8)


def test_a_delayed_source_says_so(api: APIClient, watched: None, trade: Trade) -> None:
    trade("440.2", TENCENT_HK, source="tencent", delay=900)
    (quote,) = api.get("/api/v1/quotes?symbols=700.HK").json()["results"]
    assert (quote["delayed"], quote["delay"], quote["stale"]) == (True, 900, False)
    assert quote["price"] == "440.200"


def test_an_old_quote_is_stale(api: APIClient, watched: None, trade: Trade) -> None:
    trade("1712.5", at=timezone.now() - timedelta(hours=1))
    (quote,) = api.get("/api/v1/quotes?symbols=600519").json()["results"]
    assert quote["stale"] is True


def test_a_bad_symbol_of_bars_is_named(api: APIClient) -> None:
    answer = api.get("/api/v1/quotes/%3F%3F/bars")
    assert (answer.status_code, list(answer.json())) == (400, ["symbol"])


BAD_SYMBOLS = pytest.mark.parametrize(
    "query", ["", "?symbols=", "?symbols=%3F%3F", "?symbols=" + ",".join(["AAPL"] * 501)]
)


@BAD_SYMBOLS
def test_bad_symbols_are_named(api: APIClient, query: str) -> None:
    answer = api.get(f"/api/v1/quotes{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["symbols"])


def test_accepted_quotes_make_bars(api: APIClient, watched: None, trade: Trade) -> None:
    minute = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    for second, price, volume in ((1, "10", 100), (20, "12", 150), (40, "9", 180), (59, "11", 300)):
        trade(price, at=minute + timedelta(seconds=second), volume=volume)
    trade("13", at=minute + timedelta(seconds=61), volume=310)
    trade("8", at=minute + timedelta(seconds=62), state=QuoteState.AUCTION, volume=310)
    bars = api.get("/api/v1/quotes/600519/bars").json()["results"]
    assert [
        (bar["open"], bar["high"], bar["low"], bar["close"], bar["volume"]) for bar in bars
    ] == [
        ("10.00", "12.00", "9.00", "11.00", 200),
        ("13.00", "13.00", "13.00", "13.00", 10),
    ]
    assert datetime.fromisoformat(bars[0]["at"]) == minute
    (newest,) = api.get("/api/v1/quotes/600519/bars?limit=1").json()["results"]
    assert newest["open"] == "13.00"


def test_longer_bars_start_at_full_local_intervals() -> None:
    start = datetime.fromisoformat("2026-11-23T09:33:00+08:00")
    price = Decimal(10)
    ones = [
        Candle(start + timedelta(minutes=at), price + at, price + at, price - at, price + at, 5)
        for at in range(4)
    ]
    five = derive(ones, 5, Market.CN, Calendar())
    assert [bar.at.strftime("%H:%M") for bar in five] == ["09:30", "09:35"]
    assert [five[0].open, five[0].high, five[0].low, five[0].close] == [10, 11, 9, 11]
    assert [bar.volume for bar in five] == [10, 10]
    assert (
        derive(ones, 1440, Market.CN, Calendar())[0].at.isoformat() == "2026-11-23T00:00:00+08:00"
    )


@pytest.mark.parametrize("query", ["?interval=2m", "?limit=0", "?limit=1001", "?limit=many"])
def test_a_bad_bar_query_is_named(api: APIClient, query: str) -> None:
    answer = api.get(f"/api/v1/quotes/600519/bars{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query[1 : query.index("=")]])


def test_only_staff_switch_the_service_and_both_are_idempotent(api: APIClient, user: User) -> None:
    assert api.post("/api/v1/realtime/stop").status_code == 403
    User.objects.filter(pk=user.pk).update(is_staff=True)
    stopped = api.post("/api/v1/realtime/stop").json()
    assert stopped["running"] is False
    assert api.post("/api/v1/realtime/stop").json() == stopped
    assert api.get("/api/v1/realtime/status").json()["running"] is False
    assert api.post("/api/v1/realtime/start").json()["running"] is True
    assert Service.state().running


def test_status_tells_how_the_service_does(api: APIClient, watched: None) -> None:
    SourceHealth.record([Report("demo", 12.0), Report("demo", 12.0, "HTTP 503")])
    tasks.sweep.apply()
    status = api.get("/api/v1/realtime/status").json()
    assert {"running", "since", "last_sweep", "sources", "markets", "connections"} <= set(status)
    assert (status["monitors"], status["armed_rules"]) == (2, 2)
    (source,) = status["sources"]
    assert (source["name"], source["state"], source["last_error"]) == (
        "demo",
        "failing",
        "HTTP 503",
    )
    assert 0 < source["error_rate"] < 1
    markets = {market["market"]: market["sources"] for market in status["markets"]}
    assert markets == {"CN": ["demo"], "HK": ["demo"], "US": ["demo"]}
    assert Sweep.objects.get().instruments == 2


def test_health(db: None) -> None:
    anyone = APIClient()
    assert anyone.get("/healthz").json() == {"status": "ok"}
    client().delete(heartbeat.KEY)
    unready = anyone.get("/readyz")
    assert unready.status_code == 503
    assert unready.json()["parts"] | {"worker": ""} == {
        "database": "ok",
        "redis": "ok",
        "worker": "",
    }
    heartbeat.beat()
    assert anyone.get("/readyz").json()["status"] == "ok"


def test_metrics_are_prometheus_text(watched: None) -> None:
    SourceHealth.record([Report("demo", 12.0)])
    text = APIClient().get("/metrics").content.decode()
    assert 'stockwatch_monitors{status="active"} 2.0' in text
    assert 'stockwatch_source_requests_total{source="demo"} 1.0' in text
    assert "stockwatch_armed_rules 2.0" in text
