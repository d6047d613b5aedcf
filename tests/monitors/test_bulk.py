"""Many monitors from a pasted table, and one's own as a table that can be pasted again."""

import csv
import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors import lifecycle
from monitors.lifecycle import RuleSpec, Wanted
from monitors.models import Monitor, Trigger
from monitors.oneline.reading import read
from monitors.symbols import Symbol
from notifications.models import Notification
from tests.conftest import MOUTAI, Trade
from tests.monitors.listed import list_known
from tests.monitors.test_pages import watch

BULK = "/monitors/bulk/"
GOOD, OTHER, BAD = "600519 1650-1680 tp 1800", "AAPL >200 note long", "600519 tpp 1800"


def send(browser: Client, do: str, code: int = 200, **sent: Any) -> str:
    answer = browser.post(BULK, {"do": do} | sent)
    assert answer.status_code == code
    return " ".join(unescape(answer.content.decode()).split())


def rows(page: str) -> list[str]:
    return re.findall(r'name="line" value="(.*?)" maxlength', page)


def test_a_table_is_looked_at_and_made(browser: Client, user: User, trade: Trade) -> None:
    watch(user)
    trade("1700")
    shown = send(browser, "look", table=f"{GOOD}\n{OTHER}")
    assert rows(shown) == [GOOD, OTHER]
    assert "2 rows can be made" in shown
    assert "+5.88 %" in shown
    assert Monitor.objects.count() == 1
    assert send(browser, "all", 302, line=[GOOD, OTHER]) == ""
    assert "2 monitors are made" in browser.get("/").content.decode()
    made = Monitor.objects.order_by("pk")[1:]
    assert [one.instrument.symbol for one in made] == ["600519.SH", "AAPL.US"]
    assert [one.note for one in made] == ["", "long"]
    trade("1801")
    assert {one.monitor for one in Notification.objects.all()} >= {made[0].pk}


def test_a_row_that_is_wrong_is_corrected_in_place(browser: Client) -> None:
    shown = send(browser, "look", table=f"{GOOD}\n{BAD}\nAAPL 150-160 tp 140")
    assert "did you mean tp?" in shown
    assert "2 rows can be made" in shown
    assert "1 row needs a correction" in shown
    assert "The target is not above the entry zone." in shown
    shown = send(browser, "check", line=[GOOD, "600519 tp 1800", ""])
    assert rows(shown) == [GOOD, "600519 tp 1800"]
    assert "correction" not in shown
    assert not Monitor.objects.exists()


def test_where_several_stocks_are_meant_a_button_puts_the_row_right(browser: Client) -> None:
    list_known()
    shown = send(browser, "look", table=f"{GOOD}\n中国平安 tp 60")
    (first, second) = re.findall(r'name="mean" value="(.*?)"', shown)
    assert sorted([first, second]) == ["2 02318.HK tp 60", "2 601318.SH tp 60"]
    answer = browser.post(
        BULK, {"line": ["", GOOD, "", "中国平安 tp 60"], "mean": "4 601318.SH tp 60"}
    )
    shown = " ".join(unescape(answer.content.decode()).split())
    assert rows(shown) == [GOOD, "601318.SH tp 60"]
    assert "2 rows can be made" in shown
    assert re.search(r'id="line-2"[^>]* autofocus', shown), "the keyboard goes on there"
    assert shown.count(" autofocus") == 1
    assert not Monitor.objects.exists()


@pytest.mark.parametrize("mean", ["", "x", "0 AAPL >200", "9 AAPL >200", "9" * 99, "-1 AAPL >200"])
def test_a_choice_for_no_row_changes_none(browser: Client, mean: str) -> None:
    answer = browser.post(BULK, {"line": [GOOD, OTHER], "mean": mean})
    assert rows(unescape(answer.content.decode())) == [GOOD, OTHER]


def test_all_or_nothing(browser: Client) -> None:
    shown = send(browser, "all", 422, line=[GOOD, BAD])
    assert "Nothing is made yet" in shown
    assert rows(shown) == [GOOD, BAD]
    assert not Monitor.objects.exists()


def test_the_good_rows_alone(browser: Client) -> None:
    shown = send(browser, "good", line=[GOOD, BAD, OTHER])
    assert "2 monitors are made" in shown
    assert rows(shown) == [BAD]
    assert Monitor.objects.count() == 2
    assert "0 monitors are made" in send(browser, "good", line=[BAD])
    assert Monitor.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "paste at least one row"),
        ({"table": " \n"}, "paste at least one row"),
        ({"table": f"{GOOD}\n" * 501}, "501 rows are too many"),
    ],
)
def test_a_table_that_cannot_be_says_why(browser: Client, sent: dict[str, str], says: str) -> None:
    shown = send(browser, "look", 422, **sent)
    assert says in shown
    assert shown.count(GOOD) >= sent.get("table", "").count(GOOD)


def test_the_most_rows_that_may_be(
    browser: Client, user: User, django_assert_max_num_queries: Any
) -> None:
    """Each row is written into the log of actions; beside that there are few queries."""
    assert rows(send(browser, "look", table=f"{GOOD}\n" * 500)) == [GOOD] * 500
    with django_assert_max_num_queries(545):
        send(browser, "all", 302, line=[GOOD] * 500)
    assert Monitor.objects.of(user.pk).count() == 500
    assert Trigger.objects.count() == 1000


def test_what_goes_wrong_half_way_leaves_nothing(user: User) -> None:
    fine = Wanted(MOUTAI, [RuleSpec("take_profit", {"price": "1800"})])
    broken = Wanted(Symbol.parse("AAPL"), [RuleSpec("take_profit", {"price": "x"})])
    with pytest.raises(ArithmeticError):
        lifecycle.create_many(user.pk, [fine, broken])
    assert not Monitor.objects.exists()


def test_what_is_downloaded_can_be_pasted(browser: Client, user: User, other: User) -> None:
    watch(user, rating="buy", group="=My #1, A股", note='two\nlines, "quoted"')
    lifecycle.create(user.pk, Symbol.parse("AAPL"), [RuleSpec("price_below", {"price": "150"})])
    watch(other)
    answer = browser.get("/monitors/download/")
    assert answer["Content-Disposition"] == 'attachment; filename="monitors.csv"'
    table = answer.content.decode()
    Monitor.objects.of(user.pk).delete()
    shown = send(browser, "look", table=table)
    assert "2 rows can be made" in shown
    send(browser, "all", 302, line=[unescape(row) for row in rows(shown)])
    one, two = Monitor.objects.of(user.pk).order_by("pk")
    assert (one.rating, one.group) == ("buy", "=My #1, A股")
    assert one.note == 'two lines, "quoted"'
    assert [(rule.kind, rule.params, rule.repeat) for rule in one.rules.all()] == [
        ("entry_zone", {"min": "1650", "max": "1680"}, "rearm"),
        ("take_profit", {"price": "1800"}, "once"),
    ]
    assert [rule.params for rule in two.rules.all()] == [{"price": "150"}]


@pytest.mark.parametrize("note", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'=1", "''=1"])
def test_no_note_is_a_formula_in_a_spreadsheet(browser: Client, user: User, note: str) -> None:
    watch(user, note=note)
    table = browser.get("/monitors/download/").content.decode()
    (_heading, row) = csv.reader(StringIO(table.lstrip("\ufeff")))
    assert row[-1] == f"'{note}"
    (line,) = rows(send(browser, "look", table=table))
    assert read(line).note == note


def test_a_character_that_no_database_keeps_is_a_blank(browser: Client) -> None:
    send(browser, "all", 302, line=['600519 tp\0 1800 note "a\0b"'])
    assert Monitor.objects.get().note == "a b"
