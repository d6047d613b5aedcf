"""The form on which a monitor and its rules are made and changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors.models import Monitor, MonitorStatus, Trigger
from notifications.models import Destination
from tests.conftest import Trade
from tests.monitors.listed import list_known
from tests.monitors.test_pages import browser, page, watch  # noqa: F401

NEW = "/monitors/new/"


def form(*rules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return what a browser sends: fields, and the rows of the rules."""
    sent: dict[str, Any] = {
        "symbol": "600519", "check_interval": "0", "trading_hours_only": "on",
        "notifications_enabled": "on", "row": [str(at) for at in range(len(rules))],
    }  # fmt: skip
    for at, rule in enumerate(rules):
        row = {"repeat": "rearm", "rearm_gap": "0", "cooldown": "3600", "touch": "on"} | rule
        sent |= {f"rule-{at}-{name}": value for name, value in row.items() if value is not None}
    return sent | fields


PROFIT = {"kind": "take_profit", "price": "1800"}
ZONE = {"kind": "entry_zone", "min": "1650", "max": "1680"}


def test_a_monitor_is_made(browser: Client, user: User) -> None:  # noqa: F811
    answer = browser.post(
        NEW,
        form(
            PROFIT | {"repeat": "once"},
            ZONE | {"touch": None, "rearm_gap": "0.5"},
            symbol="sh600519",
            rating="buy",
            note="long",
            trading_hours_only="",
        ),
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    monitor = Monitor.objects.get(owner=user)
    assert monitor.instrument.symbol == "600519.SH"
    assert (monitor.rating, monitor.note, monitor.trading_hours_only) == ("buy", "long", False)
    profit, zone = monitor.rules.all()
    assert (profit.params, profit.repeat, profit.touch) == ({"price": "1800"}, "once", True)
    assert (zone.params, str(zone.rearm_gap)) == ({"min": "1650", "max": "1680"}, "0.5000")
    assert not zone.touch
    assert Trigger.objects.count() == 2
    assert "is saved" in page(browser)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (form(PROFIT, symbol=""), "Enter a symbol"),
        (form(PROFIT, symbol="700"), "Say which market"),
        (form(PROFIT, symbol="\x00"), "Enter the code"),
        (form(PROFIT, symbol="<b>"), "Not a symbol"),
        (form(PROFIT, symbol="没有这个"), "Nothing is called so"),
        (form(), "at least one rule"),
        (form(PROFIT | {"price": "0"}), "above 0"),
        (form(PROFIT | {"price": "abc"}), "such as 1680.50"),
        (form(PROFIT | {"price": "1e30"}), "at most 1000000000"),
        (form(PROFIT | {"price": "NaN"}), "such as 1680.50"),
        (form(PROFIT | {"price": None}), "A price is needed"),
        (form(ZONE | {"min": "1700"}), "must be below"),
        (form(PROFIT | {"repeat": "x"}), "Choose once"),
        (form(PROFIT | {"cooldown": "-1"}), "Enter from 1"),
        (form(PROFIT | {"rearm_gap": "100"}), "from 0 to 99"),
        (form(PROFIT | {"id": "123"}), "no rule 123"),
        (form(PROFIT | {"id": "x"}), "Enter a whole number"),
        (form(*[PROFIT] * 21), "at most 20 rules"),
        (form(PROFIT, rating="x"), "Select a valid choice"),
        (form(PROFIT, note="x" * 2001), "at most 2000"),
        (form(PROFIT, note="\x00"), "Null characters"),
        (form(PROFIT, check_interval="86401"), "86400"),
        (form(PROFIT, check_interval="1e999"), "whole number"),
        (form(PROFIT, expires_at="2001-01-01T00:00"), "in the future"),
        (form(PROFIT, expires_at="0001-01-01T00:00"), "in the future"),
        (form(PROFIT, expires_at="9999-12-31T23:59"), "before the year 2200"),
        (form(PROFIT, expires_at="soon"), "valid date/time"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(
    browser: Client,  # noqa: F811
    sent: dict[str, Any],
    says: str,
) -> None:
    answer = browser.post(NEW, sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Monitor.objects.exists()


@pytest.mark.parametrize("symbol", ["茅台", "贵州茅台", "gzmt", "GZMT", "600519", "moutai co."])
def test_the_symbol_may_be_named(browser: Client, symbol: str) -> None:  # noqa: F811
    list_known()
    assert browser.post(NEW, form(PROFIT, symbol=symbol)).status_code == 302
    assert Monitor.objects.get().instrument.symbol == "600519.SH"


def test_of_several_that_are_called_so_one_is_to_be_picked(browser: Client) -> None:  # noqa: F811
    list_known()
    answer = browser.post(NEW, form(PROFIT, symbol="中国平安"))
    assert answer.status_code == 422
    assert "601318.SH 中国平安, 02318.HK 中国平安" in answer.content.decode()
    assert not Monitor.objects.exists()


@pytest.mark.parametrize(
    "rows",
    [["<script>"], ["\x00"], ["a" * 500], ["0"] * 500, ["1", "2"], [str(at) for at in range(900)]],
)
def test_rows_that_no_form_of_ours_has_do_no_harm(browser: Client, rows: list[str]) -> None:  # noqa: F811
    answer = browser.post(NEW, {"symbol": "600519", "row": rows, "rule-0-kind": "nonsense"})
    assert answer.status_code == 422
    assert "at least one rule" in answer.content.decode()


def test_what_was_typed_comes_back_with_the_error(browser: Client) -> None:  # noqa: F811
    answer = browser.post(NEW, form(PROFIT | {"price": "-5"}, ZONE, note="keep me"))
    text = answer.content.decode()
    assert 'value="-5"' in text
    assert 'value="1650"' in text
    assert "keep me" in text


def test_an_edit_keeps_the_state_of_rules_whose_levels_stay(
    browser: Client,  # noqa: F811
    user: User,
    trade: Trade,
) -> None:
    monitor = watch(user)
    trade("1801")
    zone, profit = monitor.rules.all()
    assert profit.state == "fired"
    browser.post(
        f"/monitors/{monitor.pk}/edit/",
        form(
            ZONE | {"id": zone.pk, "min": "1640"},
            PROFIT | {"id": profit.pk, "price": "1800.00", "repeat": "once"},
            note="changed",
        ),
    )
    monitor.refresh_from_db()
    assert monitor.note == "changed"
    assert [(rule.pk, rule.state) for rule in monitor.rules.all()] == [
        (zone.pk, "armed"),
        (profit.pk, "fired"),
    ]


def test_the_form_sent_back_unchanged_changes_nothing(
    browser: Client,  # noqa: F811
    user: User,
    trade: Trade,
) -> None:
    monitor = watch(user, note="n", expires_at=timezone.now() + timedelta(days=3))
    trade("1801")
    before = list(monitor.rules.values())
    answer = browser.get(f"/monitors/{monitor.pk}/edit/")
    sent: dict[str, Any] = {"row": []}
    for shown in [answer.context["form"], *_forms(answer.context["rows"])]:
        for field in shown:
            value = field.value()
            text = field.field.widget.format_value(value) if value is not None else None
            if (
                getattr(field.field.widget, "input_type", "") == "checkbox"
            ):  # as a browser: off is not sent
                text = "on" if value else None
            if text is not None:
                sent[field.html_name] = text
    sent["row"] = [row.key for row in answer.context["rows"]]
    assert browser.post(f"/monitors/{monitor.pk}/edit/", sent).status_code == 302
    expires_at = monitor.expires_at
    monitor.refresh_from_db()
    assert monitor.expires_at == expires_at
    assert list(monitor.rules.values()) == before


def _forms(rows: list[Any]) -> list[Any]:
    return [part for row in rows for part in (row.life, row.params)]


def test_an_expired_monitor_keeps_its_past_expiry_or_gets_a_new_one(
    browser: Client,  # noqa: F811
    user: User,
) -> None:
    past = timezone.now() - timedelta(days=1)
    monitor = watch(user, expires_at=past)
    shown = timezone.localtime(past).strftime("%Y-%m-%dT%H:%M")
    address = f"/monitors/{monitor.pk}/edit/"
    assert browser.post(address, form(PROFIT, expires_at=shown)).status_code == 302
    assert Monitor.objects.get().status == MonitorStatus.EXPIRED
    browser.post(address, form(PROFIT, expires_at=""))
    assert Monitor.objects.get().status == MonitorStatus.ACTIVE


def test_rules_come_and_go_without_javascript_and_nothing_is_saved(browser: Client) -> None:  # noqa: F811
    sent = form(PROFIT, symbol="not yet", note="typed")
    answer = browser.post(NEW, sent | {"add": "1", "new_kind": "entry_zone"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert [row.kind for row in answer.context["rows"]] == ["take_profit", "entry_zone"]
    assert "not yet" in text
    assert "typed" in text
    assert 'class="error"' not in text
    answer = browser.post(NEW, sent | {"remove": "0"})
    assert answer.context["rows"] == []
    assert not Monitor.objects.exists()


def test_a_monitor_that_is_deleted_meanwhile_is_not_found(
    browser: Client,  # noqa: F811
    user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monitor = watch(user)

    def gone(*_: Any, **__: Any) -> None:
        raise Monitor.DoesNotExist

    monkeypatch.setattr("monitors.lifecycle.edit", gone)
    assert browser.post(f"/monitors/{monitor.pk}/edit/", form(PROFIT)).status_code == 404


def test_the_price_is_shown_beside_the_symbol(
    browser: Client,  # noqa: F811
    user: User,
    trade: Trade,
) -> None:
    monitor = watch(user)
    trade("1712.5")
    assert "1712.50" in page(browser, f"/monitors/{monitor.pk}/edit/")


def test_every_kind_has_its_own_fields(browser: Client) -> None:  # noqa: F811
    text = page(browser, NEW)
    for kind in ("entry_zone", "take_profit", "stop_loss", "price_above", "price_below"):
        assert f'<template data-kind="{kind}">' in text
    assert 'name="rule-blank-min"' in text


def test_a_rule_too_many_is_refused_with_its_reason(browser: Client) -> None:  # noqa: F811
    hidden = 'id="rules-full" role="alert" hidden'
    answer = browser.post(NEW, form(*[PROFIT] * 19) | {"add": "1", "new_kind": "stop_loss"})
    assert hidden in answer.content.decode()
    answer = browser.post(NEW, form(*[PROFIT] * 20) | {"add": "1", "new_kind": "stop_loss"})
    assert len(answer.context["rows"]) == 20
    assert "at most 20 rules: remove one first" in answer.content.decode()
    assert hidden not in answer.content.decode()


@pytest.mark.parametrize(
    ("symbol", "says"),
    [
        ("sh600519", "1712.50"),
        ("AAPL", 'data-quote="AAPL.US"'),
        ("700", "Say which market"),
        ("", "Enter a symbol"),
        ("长江电力", 'data-quote="600900.SH"'),
        ("cjdl", "长江电力"),
        ("<b>\x00", "Enter the code"),
    ],
)
def test_what_is_known_of_a_symbol_is_shown_while_it_is_typed(
    browser: Client,  # noqa: F811
    user: User,
    trade: Trade,
    symbol: str,
    says: str,
) -> None:
    list_known()
    watch(user)
    trade("1712.5")
    assert says in page(browser, "/monitors/quote/", symbol=symbol)
    assert Monitor.objects.count() == 1


def test_a_monitor_names_the_only_places_where_to_tell(
    browser: Client,  # noqa: F811
    user: User,
    other: User,
) -> None:
    mine = Destination.objects.create(user=user, kind="mail", name="My mailbox")
    theirs = Destination.objects.create(user=other, kind="mail", name="Their mailbox")
    shown = page(browser, NEW)
    assert "My mailbox" in shown
    assert "Their mailbox" not in shown
    chosen = {"where": "these", "destinations": [str(mine.pk)]}
    browser.post(NEW, form(PROFIT, **chosen))
    monitor = Monitor.objects.get()
    assert monitor.destinations == [mine.pk]
    edit = f"/monitors/{monitor.pk}/edit/"
    assert f'value="{mine.pk}" id="id_destinations_0" checked' in page(browser, edit)
    refused = browser.post(edit, form(PROFIT, where="these", destinations=[str(theirs.pk)]))
    assert refused.status_code == 422
    browser.post(edit, form(PROFIT, where="usual", destinations=[str(mine.pk)]))
    assert Monitor.objects.get().destinations is None
