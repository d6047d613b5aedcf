"""How sources fare, as people and programs are told."""

import re
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.test import APIClient

from monitors.asking import gates, latencies, source_states
from monitors.asking.gates import Gate, Verdict
from monitors.asking.latencies import KEPT, Recent
from monitors.kinds import source_kinds
from monitors.models import SourceHealth
from monitors.models.source import Report
from stockwatch.background import background_loop
from tests.standin.market import StandInMarket
from tests.standin.server import StandIn

LIMITS = source_kinds()["tencent"].limits


@pytest.fixture
def standin(settings):
    """A stand-in that serves Moutai by tencent's endpoint, and nothing by the others'."""
    server = StandIn(StandInMarket())
    background_loop().run(server.__aenter__())
    for name in ("TENCENT_URL", "SINA_URL", "EASTMONEY_URL", "YAHOO_URL", "ALPACA_URL"):
        setattr(settings, name, server.url)
    quote = {"price": "1680.5", "open": "1680", "low": "1680", "previous_close": "1670"}
    server.control({"set": {"600519.SH": quote | {"name": "贵州茅台"}}})
    yield server
    background_loop().run(server.__aexit__())


def checked(*arguments: str) -> str:
    out = StringIO()
    call_command("sources", "check", *arguments, stdout=out)
    return out.getvalue()


def test_the_newest_requests_are_summed_up():
    latencies.note([Report("x", float(ms)) for ms in range(1, 101)])
    latencies.note([Report("x", 1000.0, "timeout"), Report("y", 5.0)])
    assert latencies.recent("x") == Recent(101, 100, (51.0, 96.0, 100.0))
    assert latencies.recent("y") == Recent(1, 1, (5.0, 5.0, 5.0))
    assert latencies.recent("z").success_rate is None


def test_only_so_many_requests_are_kept():
    latencies.note([Report("x", 1.0)] * 50 + [Report("x", 2.0)] * KEPT)
    assert latencies.recent("x") == Recent(KEPT, KEPT, (2.0, 2.0, 2.0))


@pytest.mark.django_db
def test_averages_follow_the_newest_requests():
    SourceHealth.record([Report("x", 100.0), Report("y", 7.0)])
    SourceHealth.record([Report("x", 200.0, "HTTP 503: busy")] * 2)
    health = SourceHealth.objects.get(pk="x")
    assert (health.requests, health.errors, health.state) == (3, 2, "failing")
    assert health.last_error == "HTTP 503: busy"
    assert health.latency_ms == pytest.approx(119)
    assert health.error_rate == pytest.approx(0.19)
    assert SourceHealth.objects.get(pk="y").state == "ok"


@pytest.mark.django_db
def test_a_source_is_shown_with_its_gate_and_its_newest_requests(settings):
    settings.QUOTE_SOURCES = ["tencent"]
    latencies.note([Report("tencent", 40.0), Report("tencent", 50.0, "timeout")])
    gate = Gate("tencent", LIMITS)
    gate.leave(gate.enter(), Verdict.BANNED, retry_after=60)
    [state] = source_states.source_states()
    assert state["markets"] == ["CN", "HK", "US"]
    assert state["delays"] == {"HK": 900}
    assert (state["breaker"], state["success_rate"]) == ("open", 0.5)
    assert 50 < state["retry_in"] <= 60
    assert state["budget_left"] < state["budget"] == 600
    assert state["latency"] == {"p50": 40.0, "p95": 50.0, "p99": 50.0}


@pytest.mark.django_db
def test_the_demo_market_has_no_gate(settings):
    settings.QUOTE_SOURCES = ["demo"]
    [state] = source_states.source_states()
    assert state["breaker"] is state["budget"] is None


@pytest.mark.django_db
def test_without_redis_the_rest_is_shown(settings, monkeypatch):
    def away():
        raise RedisConnectionError

    settings.QUOTE_SOURCES = ["tencent"]
    for module in (gates, latencies):
        monkeypatch.setattr(module, "client", away)
    [state] = source_states.source_states()
    assert (state["name"], state["breaker"], state["latency"]) == ("tencent", None, None)


@pytest.mark.django_db
def test_the_admin_and_prometheus_show_a_source_that_is_left_alone(settings, client: Client):
    settings.QUOTE_SOURCES = ["tencent"]
    latencies.note([Report("tencent", 40.0)])
    SourceHealth.record([Report("tencent", 40.0, "HTTP 456: too often")])
    gate = Gate("tencent", LIMITS)
    gate.leave(gate.enter(), Verdict.BANNED, retry_after=60)
    client.force_login(User.objects.create_superuser("root"))
    page = client.get("/admin/monitors/service/").content.decode()
    assert re.search(r"Left alone for \d\d s", page)
    assert "HTTP 456: too often" in page
    metrics = APIClient().get("/metrics").content.decode()
    assert 'stockwatch_source_usable{source="tencent"} 0.0' in metrics
    assert 'stockwatch_source_recent_latency_seconds{percent="95",source="tencent"} 0.04' in metrics


def test_sources_are_compared_side_by_side(standin, settings):
    settings.QUOTE_SOURCES = ["tencent"]
    lines = checked("600519").splitlines()
    assert lines[0] == "600519.SH, in use: tencent"
    assert lines[1].split() == ["tencent", "eastmoney", "sina", "yahoo"]
    rows = {line[:14].strip(): line[14:].split() for line in lines[2:]}
    assert rows["answer"] == ["ok"] * 4
    assert [Decimal(price) for price in rows["price"]] == [Decimal("1680.5")] * 4
    assert rows["state"] == ["trading"] * 4


def test_a_source_without_its_key_says_so(standin, settings):
    settings.QUOTE_SOURCES, settings.ALPACA_KEY = ["tencent"], ""
    assert "set ALPACA_KEY and ALPACA_SECRET" in checked("AAPL")


def test_what_a_source_has_against_it_is_said(standin, settings):
    settings.QUOTE_SOURCES = ["tencent"]
    standin.control({"misbehave": {"kind": "status", "status": 456, "source": "tencent"}})
    assert "HTTP 456: no" in checked("600519.SH", "--configured")
    standin.control({"behave": True})
    assert "unknown symbol" in checked("600000.SH", "--configured")


def test_the_demo_market_may_be_asked_where_it_is_in_use(settings):
    settings.QUOTE_SOURCES = ["demo"]
    assert "贵州茅台" in checked("600519.SH", "--configured")


@pytest.mark.parametrize("arguments", [("茅台",), ("600519.SH", "--configured")])
def test_bad_input_is_refused_in_a_line(settings, arguments, monkeypatch):
    settings.QUOTE_SOURCES = []
    with pytest.raises(CommandError, match=r"^(symbol: |no source serves 600519\.SH)"):
        checked(*arguments)
