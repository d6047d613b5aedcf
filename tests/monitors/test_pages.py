"""The list of monitors and its buttons, as a browser without JavaScript uses them."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Instrument, Monitor, MonitorStatus, Service
from monitors.symbols import Symbol
from monitors.views.cards import distance
from tests.conftest import Trade
from tests.monitors.listed import list_known


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def watch(user: User, symbol: str = "600519.SH", **fields: Any) -> Monitor:
    rules = [
        RuleSpec("entry_zone", {"min": "1650", "max": "1680"}),
        RuleSpec("take_profit", {"price": "1800"}, repeat="once"),
    ]
    return lifecycle.create(user.pk, Symbol.parse(symbol), rules, **fields)


def page(client: Client, address: str = "/", code: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == code
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/monitors/new/", "/monitors/1/", "/notifications/"])
def test_pages_are_for_who_is_logged_in(db: None, address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={address}")


def test_a_row_shows_price_change_rules_and_the_nearest_level(
    browser: Client, user: User, trade: Trade
) -> None:
    watch(user, rating="buy", note="for the pension")
    trade("1700.00", previous_close=Decimal(1717))
    text = page(browser)
    for part in ("600519.SH", "1700.00", "-17.00", "-0.99 %", "-1.18 %", "Entry zone",
                 ">1650<", ">1680<", ">1800<", "Armed", "Buy", "for the pension"):  # fmt: skip
        assert part in text


def test_a_row_without_a_quote_says_unknown(browser: Client, user: User) -> None:
    watch(user)
    text = page(browser)
    assert "Unknown" in text
    assert "–" in text


def test_a_fired_rule_is_shown_as_fired(browser: Client, user: User, trade: Trade) -> None:
    watch(user)
    trade("1801")
    assert 'class="label fired">Fired' in page(browser)


def test_someone_elses_monitors_are_neither_listed_nor_found(browser: Client, other: User) -> None:
    monitor = watch(other)
    assert "600519.SH" not in page(browser)
    for what in ("", "edit/", "delete/"):
        page(browser, f"/monitors/{monitor.pk}/{what}", code=404)
    for what in ("edit/", "pause/", "resume/", "rearm/", "delete/"):
        assert browser.post(f"/monitors/{monitor.pk}/{what}").status_code == 404
    assert Monitor.objects.get().status == MonitorStatus.ACTIVE


def test_the_buttons_pause_resume_and_rearm(browser: Client, user: User, trade: Trade) -> None:
    monitor = watch(user)
    trade("1801")
    back = "/?search=600&page=1"

    def press(what: str) -> Monitor:
        answer = browser.post(f"/monitors/{monitor.pk}/{what}/", {"next": back})
        assert (answer.status_code, answer["Location"]) == (302, back)
        return Monitor.objects.get()

    assert press("rearm").rules.get(kind="take_profit").state == "armed"
    assert press("pause").status == MonitorStatus.PAUSED
    assert press("resume").status == MonitorStatus.ACTIVE
    assert "is watched again" in page(browser)


def test_a_button_never_leads_to_another_site(browser: Client, user: User) -> None:
    monitor = watch(user)
    answer = browser.post(f"/monitors/{monitor.pk}/pause/", {"next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_what_changes_something_is_no_get(browser: Client, user: User) -> None:
    monitor = watch(user)
    for what in ("pause", "resume", "rearm"):
        page(browser, f"/monitors/{monitor.pk}/{what}/", code=405)


def test_a_form_without_its_token_is_refused(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    answer = client.post(f"/monitors/{watch(user).pk}/pause/")
    assert answer.status_code == 403
    assert "Please try again" in answer.content.decode()


def test_deleting_asks_first(browser: Client, user: User) -> None:
    monitor = watch(user)
    assert "Delete the monitor of 600519.SH" in page(browser, f"/monitors/{monitor.pk}/delete/")
    assert Monitor.objects.exists()
    browser.post(f"/monitors/{monitor.pk}/delete/")
    assert not Monitor.objects.exists()


def test_the_list_is_searched_and_narrowed(browser: Client, user: User) -> None:
    watch(user, note="wine")
    lifecycle.pause([watch(user, "AAPL")])
    assert "AAPL.US" not in page(browser, search="wine")
    assert "600519.SH" not in page(browser, status="paused")
    assert "No monitor is like that" in page(browser, search="x")


@pytest.mark.parametrize("words", ["gzmt", "guizhou", "茅台", "moutai", "gzmt wine"])
def test_the_list_is_searched_by_initials_too(browser: Client, user: User, words: str) -> None:
    list_known()
    watch(user, note="wine")
    watch(user, "AAPL", note="wine")
    text = page(browser, search=words)
    assert "600519.SH" in text
    assert "AAPL.US" not in text


@pytest.mark.parametrize("query", [{"status": "x"}, {"search": "\x00"}, {"page": "x" * 99},
                                   {"page": "-1"}, {"search": "%" * 5000}])  # fmt: skip
def test_nonsense_in_the_address_is_no_error(
    browser: Client, user: User, query: dict[str, str]
) -> None:
    watch(user)
    assert browser.get("/", query).status_code == 200


def test_numbers_beyond_the_database_are_not_found(browser: Client) -> None:
    page(browser, f"/monitors/{10**30}/", code=404)


def test_a_long_list_is_paged_and_keeps_its_search(browser: Client, user: User) -> None:
    for _ in range(51):
        watch(user)
    text = page(browser, search="600", size="50")
    assert text.count("data-monitor=") == 50
    assert 'href="?search=600&amp;size=50&amp;page=2"' in text
    assert page(browser, search="600", page="2").count("data-monitor=") == 1


def test_queries_do_not_grow_with_the_list(
    browser: Client, user: User, django_assert_num_queries: Any
) -> None:
    page(browser)
    for symbol in ("600519", "AAPL", "700.HK"):
        watch(user, symbol)
    with django_assert_num_queries(QUERIES):
        page(browser)
    for symbol in ("MSFT", "KO", "000001", "300750"):
        watch(user, symbol)
    with django_assert_num_queries(QUERIES):
        page(browser)


QUERIES = 16
"""Session, user, version, preferences, count, calendar, monitors, rules, changes, sparklines,
own groups, markets, inbox, service, feeds, tour."""


@pytest.mark.parametrize("address", ["/", "/monitors/new/", "/notifications/"])
def test_a_stopped_service_is_said_on_each_page(browser: Client, address: str) -> None:
    assert "service is stopped" not in page(browser, address)
    Service.switch(running=False)
    assert "service is stopped" in page(browser, address)


def test_the_rows_alone_are_what_an_open_page_fetches(
    browser: Client, user: User, other: User
) -> None:
    ids = [watch(user).pk, watch(user).pk, watch(other).pk]
    text = page(browser, "/monitors/rows/", ids=f"x,{10**30},-1,{','.join(map(str, ids))}").strip()
    assert text.startswith("<li")
    assert text.endswith("</li>")
    assert text.count("data-monitor=") == 2
    assert page(browser, "/monitors/rows/").strip() == ""


def test_staff_sees_calendar_warnings_others_do_not(
    browser: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitors.calendars.Calendar.warnings", lambda _self, _at: ["Look out"])
    assert "Look out" not in page(browser)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    assert "Look out" in page(browser)


def test_made_up_prices_are_labelled_on_each_page_and_at_the_price(
    browser: Client, user: User, trade: Trade, settings: Any
) -> None:
    settings.QUOTE_SOURCES = ["demo"]
    monitor = watch(user)
    trade("1700", source="demo")
    for address in ("/", f"/monitors/{monitor.pk}/", "/notifications/", "/monitors/new/"):
        assert "made up" in page(browser, address)
    assert 'class="label disclaimer">DEMO' in page(browser)
    settings.QUOTE_SOURCES = ["tencent"]
    assert "made up" not in page(browser)


def test_a_late_source_and_an_old_quote_are_said(
    browser: Client, user: User, trade: Trade, settings: Any
) -> None:
    settings.QUOTE_MAX_AGE = 1
    watch(user)
    trade("1700", delay=0)
    assert "Stale" in page(browser)
    trade("1701", delay=900)
    assert "15 min late" in page(browser)


def test_text_of_a_user_is_never_markup(browser: Client, user: User) -> None:
    watch(user, note="<script>alert(1)</script>")
    assert "<script>alert" not in page(browser)


def test_a_symbol_that_no_source_knows_is_said_once_it_was_asked_for(
    browser: Client, user: User, trade: Trade
) -> None:
    monitor = watch(user)
    said = "No source knows this symbol."
    assert said not in page(browser)
    Instrument.objects.update(polled_at=timezone.now())
    for address in ("/", f"/monitors/{monitor.pk}/"):
        assert said in page(browser, address)
    trade("1700")
    assert said not in page(browser)


def test_a_level_that_is_reached_is_not_minus_nothing_away() -> None:
    assert distance(Decimal("1699.99"), Decimal(1700)) == "+0.00"
    assert distance(Decimal("1700.01"), Decimal(1700)) == "+0.00"
    assert distance(Decimal(1690), Decimal(1700)) == "-0.59"


def test_a_status_is_said_where_it_is_not_the_usual_one(browser: Client, user: User) -> None:
    monitor = watch(user)
    assert 'class="label status' not in page(browser)
    lifecycle.pause([monitor])
    assert 'class="label status paused"' in page(browser)


@pytest.mark.parametrize("word", ["600519", "sh600519", "SH600519", "519.sh"])
def test_the_search_knows_other_spellings(browser: Client, user: User, word: str) -> None:
    watch(user)
    assert "600519.SH" in page(browser, search=word)


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        ("1705", ("+5.00", "+0.29 %")),
        ("1700", ("+0.00", "+0.00 %")),
        ("1695", ("-5.00", "-0.29 %")),
    ],
)
def test_a_change_is_drawn_with_its_sign(
    browser: Client, user: User, trade: Trade, price: str, shown: tuple[str, str]
) -> None:
    watch(user)
    trade(price)
    drawn = browser.get("/").content.decode()
    assert f"data-change>{shown[0]}</span>" in drawn
    assert f"data-change-pct>{shown[1]}</span>" in drawn
