"""The page of notifications, as a browser without JavaScript uses it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors import lifecycle
from notifications.models import Notification
from tests.conftest import Tell
from tests.monitors.test_pages import watch
from tests.notifications.outbox_desk import Desk


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
        assert "data-live" not in text.partition('id="notifications"')[2].partition(">")[0]
    assert "Moutai" in page(browser, search="茅台")
    assert "No notification is like that" in page(browser, search="zzz")


@pytest.mark.parametrize("query", [{"kind": "x"}, {"search": "\x00"}, {"page": "0"},
                                   {"search": "x" * 500}])  # fmt: skip
def test_nonsense_in_the_address_is_no_error(
    browser: Client, user: User, tell: Tell, query: dict[str, str]
) -> None:
    tell(user)
    page(browser, **query)


def test_queries_do_not_grow_with_the_log(
    browser: Client, user: User, tell: Tell, django_assert_num_queries: Any
) -> None:
    queries = 9  # session, user, count, rows, deliveries, service, feeds, head, unread
    for count in (2, 40):
        tell(user, count)
        with django_assert_num_queries(queries):
            page(browser)


def test_a_long_log_is_paged(browser: Client, user: User, tell: Tell) -> None:
    tell(user, 51)
    assert page(browser).count("data-seq=") == 50 + 1  # and the blank one for the script
    assert page(browser, page="2").count("data-seq=") == 1 + 1


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


def test_every_field_of_the_search_has_a_name(browser: Client, user: User) -> None:
    assert 'aria-label="Kind"' in page(browser)


def test_each_notification_tells_where_it_went(browser: Client, desk: Desk) -> None:
    desk.destination("My phone")
    desk.tell("Reached")
    assert "My phone: Pending" in page(browser)
    desk.work()
    assert "My phone: Sent" in page(browser)
