"""A monitor made by one line."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.models import Instrument, Monitor
from tests.conftest import Trade
from tests.monitors.listed import list_known
from tests.monitors.test_pages import page, watch
from tests.monitors.test_pages_acting import aim

QUICK = "/monitors/quick/"


def preview(browser: Client, line: str) -> str:
    answer = browser.get(QUICK, {"line": line}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "<html" not in shown
    return " ".join(shown.split())


def test_a_line_is_previewed_and_made(browser: Client, user: User, trade: Trade) -> None:
    watch(user)
    trade("1700")
    line = "600519 买入 1650-1680 tp 1800 sl -5% once 备注 等财报"
    shown = preview(browser, line)
    for part in (
        "Entry zone",
        "<b>1650</b>",
        "-2.94 %",
        "+5.88 %",
        "<b>1615</b>",
        "Once",
        "等财报",
    ):
        assert part in shown
    assert Monitor.objects.count() == 1
    answer = browser.post(QUICK, {"line": line, "next": "/?search=6"})
    assert (answer.status_code, answer["Location"]) == (302, "/?search=6")
    monitor = Monitor.objects.latest("pk")
    assert (monitor.rating, monitor.note, monitor.status) == ("buy", "等财报", "active")
    assert [(rule.kind, rule.params, rule.repeat) for rule in monitor.rules.all()] == [
        ("entry_zone", {"min": "1650", "max": "1680"}, "rearm"),
        ("take_profit", {"price": "1800"}, "rearm"),
        ("stop_loss", {"price": "1615"}, "once"),
    ]
    assert "is saved" in page(browser)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "Begin with the stock"),
        ("700 tp 1", "Say which market"),
        ("600519", "at least one rule"),
        ("600519 tpp 1800", "<mark>tpp</mark>"),
        ("600519 tp 1800 sl 0.00001", "at most 4 decimal places"),
        ("600519 1650-1650", "must be below"),
        ("ZZZZ +5%", "No price is known yet"),
        ("600519 " + "tp 1 " * 21, "at most 20 rules"),
        ("\x00 tp 1", "Begin with the stock"),
    ],
)
def test_a_line_that_makes_nothing_says_why(
    browser: Client,
    user: User,
    line: str,
    says: str,
) -> None:
    answer = browser.post(QUICK, {"line": line})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Monitor.objects.exists()


def test_where_several_stocks_are_meant_they_are_offered(browser: Client) -> None:
    list_known()
    shown = preview(browser, "payh tp 12")
    assert "000001.SZ" in shown
    assert "000001.SZ tp 12" in shown or "Take profit" in shown


def test_what_looks_like_a_slip_is_said_and_made_all_the_same(
    browser: Client,
    user: User,
    trade: Trade,
) -> None:
    aim(user, "9000")
    trade("1700")
    line = "600519 tp 9000"
    shown = preview(browser, line)
    assert "decimal point" in shown
    assert "already watch" in shown
    browser.post(QUICK, {"line": line})
    assert Monitor.objects.count() == 2
    assert "decimal point" in page(browser)


def test_the_price_of_what_nobody_watches_is_looked_at_and_not_stored(browser: Client) -> None:
    shown = preview(browser, "AAPL +5% -5%")
    assert "+5.00 %" in shown or "+4.99 %" in shown or "+5.01 %" in shown
    assert 'class="price' in shown
    beside = page(browser, "/monitors/quote/", symbol="AAPL")
    assert "data-price>–" not in beside
    assert "DEMO" in beside
    assert not Instrument.objects.exists()


def test_sources_are_not_asked_at_each_letter(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def ask(market: object, symbols: object) -> dict[object, object]:
        asked.append((market, symbols))
        return {}

    monkeypatch.setattr("monitors.instruments.glance.ask_quotes", ask)
    for line in ("ZZZZ", "ZZZZ tp", "ZZZZ tp 1"):
        preview(browser, line)
    assert len(asked) == 1


def test_what_is_doubted_of_a_made_monitor_names_the_rule(
    browser: Client, user: User, trade: Trade
) -> None:
    watch(user)
    trade("1700")
    answer = browser.post(QUICK, {"line": "600519 >1600 sl 1500", "next": "/"}, follow=True)
    assert "Price above 1600: At 1700 this is so already" in answer.content.decode()
