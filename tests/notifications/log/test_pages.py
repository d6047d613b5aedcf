"""The page of notifications, as a browser without JavaScript uses it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle
from notifications.models import Notification
from notifications.severity import Severity
from notifications.transports.base import TransportError
from stockwatch.models import Preferences
from tests.conftest import Tell
from tests.monitors.test_pages import watch
from tests.notifications.outbox_desk import Desk, failing

LIVE = 'id="notifications" data-live'
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, **query: str) -> str:
    answer = client.get("/notifications/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_ones_own_log_is_shown_newest_first(
    browser: Client, user: User, other: User, tell: Tell
) -> None:
    tell(user, title="The first")
    tell(user, title="The second", url="/monitors/7/")
    tell(other, title="A secret")
    text = page(browser)
    assert text.index("The second") < text.index("The first")
    assert 'href="/monitors/7/"' in text
    assert "secret" not in text


def test_the_unread_count_is_on_each_page(browser: Client, user: User, tell: Tell) -> None:
    tell(user, 3)
    for address in ("/", "/notifications/", "/monitors/new/"):
        text = browser.get(address).content.decode()
        assert ">3</span>" in text
        assert 'data-unread="3"' in text


def test_reading_up_to_a_number(browser: Client, user: User, tell: Tell) -> None:
    tell(user, 3)
    answer = browser.post("/notifications/read/", {"up_to": "2"})
    assert (answer.status_code, answer["Location"]) == (302, "/notifications/")
    unread = Notification.objects.filter(read_at=None)
    assert [row.seq for row in unread] == [3]


@pytest.mark.parametrize("up_to", ["", "x", "-1", "1e99", "9" * 40, "\x00"])
def test_nonsense_marks_nothing(browser: Client, user: User, tell: Tell, up_to: str) -> None:
    tell(user)
    assert browser.post("/notifications/read/", {"up_to": up_to}).status_code == 302
    assert Notification.objects.get().read_at is None


def test_the_list_is_narrowed(browser: Client, user: User, tell: Tell) -> None:
    tell(user, title="Moutai", kind="take_profit", symbol="600519.SH", name="贵州茅台")
    tell(user, title="Apple", kind="stop_loss", symbol="AAPL.US", name="Apple")
    browser.post("/notifications/read/", {"up_to": "1"})
    for query in ({"unread": "on"}, {"kind": "stop_loss"}, {"search": "aapl"}):
        text = page(browser, **query)
        assert "Apple" in text
        assert "Moutai" not in text
    assert "Moutai" in page(browser, search="茅台")
    assert "No notification is like that" in page(browser, search="zzz")


@pytest.mark.parametrize("query", [{"kind": "x"}, {"search": "\x00"}, {"page": "0"},
                                   {"search": "x" * 500}])  # fmt: skip
def test_nonsense_in_the_address_is_no_error(
    browser: Client, user: User, tell: Tell, query: dict[str, str]
) -> None:
    tell(user)
    page(browser, **query)


@pytest.mark.parametrize("query", [{}, {"kind": "take_profit", "since": "2020-01-01"}])
def test_queries_do_not_grow_with_the_log(
    browser: Client, user: User, tell: Tell, django_assert_num_queries: Any, query: dict[str, str]
) -> None:
    # session, user, preferences, rows, deliveries, service, feeds, inbox, monitors
    queries = 9
    monitor = watch(user)
    for count in (2, 70):
        tell(user, count, monitor=monitor.pk)
        with django_assert_num_queries(queries):
            page(browser, **query)


def seqs(text: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-seq="(\d+)"', text)]


def link(text: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    assert found
    return "/notifications/" + unescape(found[1])


def test_pages_stay_as_they_are_while_news_comes_in(
    browser: Client, user: User, tell: Tell
) -> None:
    tell(user, 100)
    first = page(browser, kind="take_profit")
    assert seqs(first) == list(range(100, 60, -1))
    tell(user, 30)
    second = browser.get(link(first, "next")).content.decode()
    assert seqs(second) == list(range(60, 20, -1))
    third = browser.get(link(second, "next")).content.decode()
    assert seqs(third) == list(range(20, 0, -1))
    assert 'rel="next"' not in third
    assert seqs(browser.get(link(third, "prev")).content.decode()) == list(range(60, 20, -1))
    newest = browser.get("/notifications/?kind=take_profit&after=100").content.decode()
    assert seqs(newest) == list(range(130, 90, -1))
    assert 'rel="prev"' not in newest
    assert LIVE in newest


def test_an_address_leads_to_one_notification(browser: Client, user: User, tell: Tell) -> None:
    tell(user, 60)
    text = page(browser, seq="30")
    assert seqs(text) == [*range(35, 30, -1), *range(30, 0, -1)]
    assert re.search(r'class="[^"]* aimed" id="n30"', text)
    assert LIVE not in text
    assert LIVE in page(browser, seq="58")
    assert "Notification 99 is not here" in page(browser, seq="99")
    assert "is not here" not in text


def test_each_filter_narrows_and_stays_in_the_address(
    browser: Client, user: User, tell: Tell
) -> None:
    tell(user, title="Moutai", symbol="600519.SH", severity=Severity.NORMAL, monitor=7)
    tell(user, title="Apple", symbol="AAPL.US", severity=Severity.URGENT, monitor=8)
    Notification.objects.filter(seq=1).update(created_at=NOON)
    for query in (
        {"symbol": "aapl"}, {"severity": "urgent"}, {"monitor": "8"}, {"since": "2026-11-24"},
        {"search": "ppl"},
    ):  # fmt: skip
        text = page(browser, **query)
        assert seqs(text) == [2]
        name, value = next(iter(query.items()))
        assert re.search(rf'name="{name}"[^>]*value="{value}"|value="{value}" selected', text)
    for query in ({"until": "2026-11-23"}, {"since": "2026-11-23", "until": "2026-11-23"}):
        assert seqs(page(browser, **query)) == [1]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"since": "yesterday"}, "Enter a valid date."),
        ({"since": "2026-11-24", "until": "2026-11-23"}, "This day is before the first one."),
        ({"kind": "x"}, "Kind: Select a valid choice."),
        ({"monitor": "x"}, "Monitor: Enter a whole number."),
        ({"search": "x" * 101}, "Symbol, name or title: Ensure this value has at most 100"),
    ],
)
def test_a_question_that_makes_no_sense_says_which_field_and_why(
    browser: Client, user: User, tell: Tell, query: dict[str, str], says: str
) -> None:
    tell(user)
    text = page(browser, **query)
    assert says in text
    assert "please mend the fields" in text
    assert next(iter(query.values())) in text
    assert seqs(text) == []


def test_days_are_those_of_the_readers_zone(browser: Client, user: User, tell: Tell) -> None:
    Preferences.objects.create(user=user, zone="America/New_York")
    tell(user, 2)
    Notification.objects.filter(seq=1).update(created_at=datetime(2026, 11, 24, 4, 59, tzinfo=UTC))
    Notification.objects.filter(seq=2).update(created_at=datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
    text = page(browser)
    assert re.findall(r'class="day" open data-key="([^"]+)"', text) == ["2026-11-24", "2026-11-23"]
    assert seqs(page(browser, until="2026-11-23")) == [1]
    assert ">23:59:00<" in text


def test_the_notifications_of_a_stock_stand_together(
    browser: Client, user: User, tell: Tell
) -> None:
    tell(user, symbol="600519.SH", name="Moutai")
    tell(user, symbol="AAPL.US", name="Apple")
    tell(user, symbol="600519.SH", name="Moutai")
    text = page(browser)
    assert seqs(text) == [3, 1, 2]
    assert text.count('class="stock"') == 1
    assert "2 unread" in text
    assert seqs(page(browser, group="time")) == [3, 2, 1]


def test_the_panel_of_the_bell_shows_the_newest_ten(
    browser: Client, user: User, other: User, tell: Tell, django_assert_num_queries: Any
) -> None:
    tell(other, title="A secret")
    tell(user, 12)
    with django_assert_num_queries(5):  # session, user, preferences, rows, inbox
        text = browser.get("/notifications/newest/").content.decode()
    assert seqs(text) == list(range(12, 2, -1))
    assert "secret" not in text
    assert 'value="12"' in text


def act(client: Client, seq: int, deed: str, **how: Any) -> Any:
    return client.post(
        f"/notifications/{seq}/act/", {"deed": deed, "next": "/notifications/"}, **how
    )


def test_one_notification_is_read(browser: Client, user: User, tell: Tell) -> None:
    tell(user, 3)
    answer = act(browser, 2, "read")
    assert answer["Location"] == "/notifications/#n2"
    assert [row.seq for row in Notification.objects.filter(read_at=None).order_by("seq")] == [1, 3]
    assert 'value="read"' in page(browser)
    browser.post("/notifications/read/", {"up_to": "3"})
    assert 'value="read"' not in page(browser)


def test_a_button_pauses_and_rearms_the_monitor(browser: Client, user: User, tell: Tell) -> None:
    monitor = watch(user)
    tell(user, monitor=monitor.pk)
    answer = act(browser, 1, "snooze 1h", headers={"HX-Request": "true"})
    assert "paused until" in answer.json()["said"]
    monitor.refresh_from_db()
    assert monitor.status == "paused"
    # As often as it is pressed, unlike a link of a message.
    assert act(browser, 1, "snooze 15m").status_code == 302
    assert "is paused until" in page(browser)
    assert act(browser, 1, "rearm").status_code == 302


def test_what_cannot_be_done_says_why(browser: Client, user: User, other: User, tell: Tell) -> None:
    monitor = watch(user)
    tell(user, monitor=monitor.pk)
    tell(other)
    for deed in ("", "nonsense", "snooze", "snooze 1y", "\x00"):
        answer = act(browser, 1, deed, headers={"HX-Request": "true"})
        assert answer.status_code == 400
        assert answer.json()["said"] == "Choose one of the buttons of the notification."
    lifecycle.delete([monitor])
    answer = act(browser, 1, "rearm", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.json()["said"]) == (410, "The monitor has been deleted.")
    assert act(browser, 2, "read").status_code == 404
    assert Notification.objects.filter(read_at=None).count() == 2


def test_a_button_leads_back_to_our_own_pages_only(browser: Client, user: User, tell: Tell) -> None:
    tell(user)
    away = {"deed": "read", "next": "https://elsewhere.example/"}
    assert browser.post("/notifications/1/act/", away)["Location"] == "/notifications/#n1"
    back = {"up_to": "1", "next": "/notifications/?unread=on"}
    assert browser.post("/notifications/read/", back)["Location"] == "/notifications/?unread=on"


def test_a_page_that_is_open_gets_its_list_alone(browser: Client, user: User, tell: Tell) -> None:
    tell(user)
    text = browser.get("/notifications/", headers={"HX-Request": "true"}).content.decode()
    assert seqs(text) == [1]
    assert "<html" not in text


def test_text_is_never_markup(browser: Client, user: User, tell: Tell) -> None:
    tell(user, title="<b>bold</b>", body="<i>x</i>\nsecond line")
    text = page(browser)
    assert "<b>bold" not in text
    assert "<i>x" not in text


@pytest.mark.parametrize("word", ["700", "700.HK", "hk700", "00700.hk", "腾讯"])
def test_a_symbol_is_found_however_it_is_spelt(
    browser: Client, user: User, tell: Tell, word: str
) -> None:
    tell(user, title="Here", symbol="00700.HK", name="腾讯控股")
    tell(user, title="Moutai", symbol="600519.SH", name="贵州茅台")
    text = page(browser, search=word)
    assert "Here" in text
    assert "Moutai" not in text


def test_a_deleted_monitor_is_no_link(browser: Client, user: User, other: User, tell: Tell) -> None:
    mine, theirs = watch(user), watch(other)
    for monitor in (mine, theirs):
        tell(user, monitor=monitor.pk, url=f"/monitors/{monitor.pk}/")
    text = page(browser)
    assert f'href="/monitors/{mine.pk}/"' in text
    assert f'href="/monitors/{theirs.pk}/"' not in text
    assert text.count("has been deleted") == 1
    lifecycle.delete([mine])
    assert page(browser).count("has been deleted") == 2


def test_what_leads_nowhere_has_no_link(browser: Client, user: User, tell: Tell) -> None:
    tell(user)
    shown = page(browser).partition("</ol>")[0]
    assert "Show the monitor" not in shown


def test_each_notification_tells_where_it_went(browser: Client, desk: Desk) -> None:
    phone = desk.destination("My phone")
    desk.tell("Reached")
    assert "on its way to My phone" in page(browser)
    desk.work()
    sent = timezone.localtime()
    text = page(browser)
    assert f"sent {sent:%H:%M:%S} to My phone" in text
    assert f'/deliveries/?notification=1#delivery-{phone.deliveries.get().pk}"' in text
    assert "data-waiting" not in text


def test_a_delivery_that_waits_says_until_when(browser: Client, desk: Desk) -> None:
    desk.destination("My phone")
    desk.stub.fail = failing(TransportError("busy", retry_after=90))
    desk.tell("Reached")
    desk.work()
    until = timezone.localtime() + timedelta(seconds=90)
    text = page(browser)
    assert f"waiting: My phone, next try {until:%H:%M:%S}" in text
    assert "data-waiting" in text


def test_a_delivery_that_failed_says_so(browser: Client, desk: Desk) -> None:
    desk.destination("My phone")
    desk.stub.fail = failing(TransportError("no such room", permanent=True))
    desk.tell("Reached")
    desk.work()
    text = page(browser)
    assert "failed: My phone" in text
    assert 'title="no such room"' in text


def test_what_waits_for_a_reason_names_it(browser: Client, desk: Desk) -> None:
    desk.destination("Later", escalate_after=5)
    off = desk.destination("Off")
    desk.tell("Reached")
    off.disable("no reason")
    due = timezone.localtime() + timedelta(minutes=5)
    text = page(browser)
    assert f"{due:%H:%M:%S} to Later, if still unread" in text
    assert "waiting: Off is off" in text
    browser.post("/notifications/read/", {"up_to": "1"})
    desk.later(301)
    desk.work()
    assert "not needed: Later" in page(browser)
