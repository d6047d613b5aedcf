"""In which order the sources of a market are asked, and where that is shown."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from monitors import kinds
from monitors.market import Market
from monitors.polling.status import status
from monitors.sources.base import ConfigurationError, Source

HONG_KONG, MAINLAND = Market.HK, Market.CN


def asked(market: Market) -> list[str]:
    return list(kinds.preferred_sources(market))


@pytest.fixture
def orders(settings):
    """An order of its own for Hong Kong, where tencent is late by design."""
    settings.QUOTE_SOURCES = ["tencent", "sina"]
    settings.QUOTE_SOURCES_HK = ["tencent", "eastmoney", "sina"]


def test_a_market_may_have_an_order_of_its_own(orders):
    assert asked(HONG_KONG) == ["tencent", "eastmoney", "sina"], "exactly as it says"
    assert asked(MAINLAND) == ["tencent", "sina"]
    assert list(kinds.configured_sources()) == ["tencent", "sina", "eastmoney"]


def test_without_one_those_that_are_late_by_design_come_last(settings):
    settings.QUOTE_SOURCES = ["tencent", "sina"]
    assert asked(HONG_KONG) == ["sina", "tencent"]


def test_what_no_market_asks_is_not_in_use(settings):
    for market in Market:
        setattr(settings, kinds.order_setting(market), ["sina"])
    assert settings.QUOTE_SOURCES == ["demo"]
    assert list(kinds.configured_sources()) == ["sina"]


@pytest.mark.django_db
def test_the_order_of_each_market_is_shown(orders, client: Client):
    shown = {market["market"]: market["sources"] for market in status()["markets"]}
    assert shown["HK"] == ["tencent", "eastmoney", "sina"]
    assert shown["US"] == ["tencent", "sina"]
    client.force_login(User.objects.create_superuser("root"))
    page = client.get("/admin/monitors/service/").content.decode()
    assert "<td>tencent, eastmoney, sina</td>" in page


def test_the_order_is_printed_with_what_each_source_says(orders, monkeypatch):
    monkeypatch.setattr(
        "monitors.management.commands.sources.ask", lambda name, *_: {"answer": name}
    )
    out = StringIO()
    call_command("sources", "check", "00700.HK", stdout=out)
    first, columns, *_rows = out.getvalue().splitlines()
    assert first == "00700.HK, in use: tencent, eastmoney, sina"
    assert columns.split() == ["tencent", "eastmoney", "sina", "yahoo"]


def test_a_source_that_cannot_be_used_as_it_is_set_up_stops_the_start(settings, monkeypatch):
    class Broken(Source):
        markets = frozenset(Market)

        async def fetch(self, symbols, http):
            raise NotImplementedError

        def check(self):
            raise ConfigurationError("BROKEN_FILE", "name another file")

    from monitors.asking import source_settings

    installed = kinds.source_kinds() | {"broken": Broken}
    monkeypatch.setattr(source_settings, "source_kinds", lambda: installed)
    settings.QUOTE_SOURCES_US = ["broken"]
    with pytest.raises(SystemExit, match="setting BROKEN_FILE: name another file"):
        source_settings.check()
