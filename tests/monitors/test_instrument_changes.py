"""Renames, suspensions and resumptions that quotes tell: kept, and seen on pages and in the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from monitors import lifecycle
from monitors.calendars import Calendar
from monitors.instruments import references
from monitors.lifecycle import RuleSpec
from monitors.market import QuoteState
from monitors.market.identity import Identity
from monitors.models import Instrument, InstrumentChange
from monitors.symbols import Symbol
from tests.conftest import MOUTAI, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def instrument(user: User) -> Instrument:
    monitor = lifecycle.create(user.pk, MOUTAI, [RuleSpec("price_above", {"price": "9999"})])
    return monitor.instrument


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def changes() -> list[tuple[str, str, str, str]]:
    rows = InstrumentChange.objects.order_by("pk")
    return list(rows.values_list("what", "before", "after", "source"))


def shown(browser: Client) -> str:
    """The card's text, in one line."""
    return " ".join(browser.get("/").content.decode().split())


def test_quotes_tell_names_and_states(instrument: Instrument, trade: Trade) -> None:
    trade("1700")
    assert changes() == []
    trade("1701", name="ST茅台")
    trade("1701", state=QuoteState.SUSPENDED, name="ST茅台")
    trade("1701", state=QuoteState.AUCTION, name="ST茅台")
    trade("1702", name="ST茅台")
    assert changes() == [
        ("name", "贵州茅台", "ST茅台", "demo"),
        ("state", "trading", "suspended", "demo"),
        ("state", "suspended", "trading", "demo"),
    ]
    instrument.refresh_from_db()
    assert instrument.identity == Identity("ST茅台", "demo", "trading")
    assert InstrumentChange.objects.order_by("pk")[1].at < timezone.now()


def test_another_source_s_spelling_is_no_rename(
    instrument: Instrument, trade: Trade, settings: Any
) -> None:
    settings.QUOTE_SOURCES = ["tencent", "sina"]
    trade("1700", source="tencent")
    trade("1700", source="sina", name="贵州茅台A")
    instrument.refresh_from_db()
    assert instrument.name == "贵州茅台"
    trade("1701", source="tencent", name="ST茅台")
    assert changes() == [("name", "贵州茅台", "ST茅台", "tencent")]


def test_a_quote_that_tells_nothing_new_asks_nothing_of_instruments(
    instrument: Instrument, trade: Trade
) -> None:
    trade("1700")
    with CaptureQueriesContext(connection) as queries:
        trade("1701")
        trade("1702", name="")
        trade("1702", state=QuoteState.AUCTION)
    writes = [one["sql"] for one in queries if not one["sql"].startswith(("SELECT", "WITH"))]
    assert not [sql for sql in writes if "monitors_instrument" in sql]


def test_who_is_second_writes_nothing(instrument: Instrument) -> None:
    known = instrument.identity
    at = timezone.now()
    for name in ("first", "second"):
        InstrumentChange.objects.note(
            instrument.pk, known, Identity(name, "demo", "suspended"), at, "demo"
        )
    assert changes() == [("state", "", "suspended", "demo")]
    assert Instrument.objects.get().name == "first"


def test_the_card_says_what_happened(instrument: Instrument, browser: Client, trade: Trade) -> None:
    trade("1700")
    page = shown(browser)
    assert "ST</span>" not in page
    assert "Renamed from" not in page
    trade("1701", name="*ST茅台")
    trade("1701", name="*ST茅台", state=QuoteState.SUSPENDED)
    page = shown(browser)
    today = f"{timezone.localtime():%m/%d/%Y}"
    assert ">ST</span>" in page
    assert f"Renamed from 贵州茅台 on {today}" in page
    assert f"Suspended since {today}" in page
    trade("1702", name="*ST茅台")
    assert "Suspended" not in shown(browser)


def test_a_new_name_grows_old(instrument: Instrument, browser: Client, trade: Trade) -> None:
    trade("1700")
    trade("1701", name="*ST茅台")
    InstrumentChange.objects.update(at=timezone.now() - timedelta(days=90))
    assert "Renamed from" not in shown(browser)


def test_of_one_that_was_suspended_from_the_first_nobody_knows_since_when(
    instrument: Instrument, browser: Client, trade: Trade
) -> None:
    trade("1700", state=QuoteState.SUSPENDED)
    page = shown(browser)
    assert "Suspended" in page
    assert "Suspended since" not in page


def test_limits_are_on_the_card_and_in_the_form(instrument: Instrument, browser: Client) -> None:
    assert "Limits" not in shown(browser)
    references.refresh(timezone.now() + references.GRACE, Calendar())
    instrument.refresh_from_db()
    up, down = instrument.limit_up, instrument.limit_down
    assert f"Limits {down:.2f} – {up:.2f}" in shown(browser)
    form = browser.get(f"/monitors/{instrument.monitors.get().pk}/edit/").content.decode()
    assert f"Limits {down:.2f} – {up:.2f}" in form
    Instrument.objects.update(limits_on=timezone.now().date() - timedelta(days=2))
    assert "Limits" not in shown(browser)


def test_quotes_of_the_api_tell_what_is_known(
    instrument: Instrument, api: APIClient, trade: Trade
) -> None:
    references.refresh(timezone.now() + references.GRACE, Calendar())
    trade("1700", name="*ST茅台")
    instrument.refresh_from_db()
    moutai, star, hong_kong, apple = api.get(
        "/api/v1/quotes?symbols=600519,688981,00700.HK,AAPL"
    ).json()["results"]
    names = ("board", "lot", "lot_step", "tick", "kind", "risk_warning")
    assert [moutai[name] for name in names] == ["main", 100, 100, "0.01", "stock", True]
    assert [star[name] for name in names] == ["star", 200, 1, "0.01", None, False]
    assert [hong_kong[name] for name in names] == [None, None, None, "0.001", None, False]
    assert [apple[name] for name in names] == [None, 1, 1, "0.01", None, False]
    assert moutai["limit_up"] == f"{instrument.limit_up:.2f}"
    assert moutai["limit_down"] == f"{instrument.limit_down:.2f}"
    assert (star["limit_up"], star["english_name"]) == (None, "")


def test_a_lot_that_a_source_told_goes_before_the_board_s(
    user: User, api: APIClient, trade: Trade
) -> None:
    tencent = Symbol.parse("00700.HK")
    lifecycle.create(user.pk, tencent, [RuleSpec("price_above", {"price": "9999"})])
    Instrument.objects.update(lot=100, english_name="TENCENT", kind="stock")
    trade("439.2", tencent)
    [quote] = api.get("/api/v1/quotes?symbols=00700.HK").json()["results"]
    assert (quote["lot"], quote["lot_step"], quote["tick"]) == (100, 100, "0.2")
    assert (quote["english_name"], quote["limit_up"]) == ("TENCENT", None)
