"""The page of notifications in a real browser: it grows, is read, and leads where it says."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from monitors.models import Monitor
from notifications.log.reading import mark_read, read_one
from notifications.models import Destination, Notification
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import EVERYWHERE, choose
from tests.browser.service_desk import ServiceDesk
from tests.conftest import Tell
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

WORDS = {
    "en": {
        "read": "Mark as read", "unread": "2 unread", "pause": "Pause", "hour": "For an hour",
        "paused": "paused until", "further": "More filters", "none": "No notification is like that",
        "fresh": "3 new notifications",
    },
    "zh-hans": {
        "read": "标为已读", "unread": "2 条未读", "pause": "暂停", "hour": "1 小时",
        "paused": "暂停至", "further": "更多筛选", "none": "没有符合条件的通知",
        "fresh": "3 条新通知",
    },
}  # fmt: skip


def open_log(page: Page, server: Daphne, query: str = "") -> None:
    page.goto(f"{server.origin}/notifications/{query}")
    is_live(page)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_log_is_narrowed_read_and_acted_upon(
    page: Page, server: Daphne, user: User, tell: Tell, language: str, width: int
) -> None:
    monitor = watch(user)
    tell(user, 2, monitor=monitor.pk, name="贵州茅台", url="/monitors/1/", body="1800")
    tell(user, title="Apple", symbol="AAPL.US", name="Apple", kind="stop_loss")
    words = WORDS[language]
    choose(page, language, width)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        open_log(page, server)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    group = page.locator("details.stock")
    expect(group.locator(".count")).to_have_text(words["unread"])

    group.get_by_role("button", name=words["read"]).first.click()
    expect(page.locator("#n2")).to_be_focused()
    expect(page.locator("#n2")).not_to_have_class(re.compile("unread"))
    expect(page.locator("#unread")).to_have_text("2")
    assert list(Notification.objects.filter(read_at=None).values_list("seq", flat=True)) == [1, 3]

    page.locator("#n2 summary").click()
    page.locator("#n2").get_by_role("button", name=words["hour"]).click()
    expect(page.locator("#n2 .said")).to_contain_text(words["paused"])
    assert Monitor.objects.get().status == "paused"

    page.get_by_text(words["further"]).click()
    assert violations(page) == []
    page.select_option("[name=severity]", "urgent")
    page.locator(".asking button").click()
    expect(page).to_have_url(re.compile("severity=urgent"))
    expect(page.locator(".empty")).to_contain_text(words["none"])
    expect(page.locator("[name=severity]")).to_be_visible()


def test_what_comes_in_moves_nothing_under_a_reader(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    tell(user, 40, body="A line")
    open_log(page, server, "?group=time")
    tell(user)
    expect(page.locator("#notifications li").first).to_have_attribute("data-seq", "41")
    page.locator("#n30").scroll_into_view_if_needed()
    before = page.evaluate("document.getElementById('n30').getBoundingClientRect().top")
    assert page.evaluate("scrollY") > 0
    tell(user, 3)
    bar = page.locator("#fresh button")
    expect(bar).to_have_text(WORDS["en"]["fresh"])
    assert page.evaluate("document.getElementById('n30').getBoundingClientRect().top") == before
    assert page.locator("#n44").count() == 0
    bar.press("Enter")
    expect(page.locator("#n44")).to_be_focused()
    expect(bar).to_be_hidden()
    assert page.evaluate("scrollY") == 0


def test_a_narrowed_page_takes_in_only_what_it_asks_for(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    open_log(page, server, "?kind=stop_loss")
    tell(user, title="Rose", kind="take_profit")
    tell(user, title="Fell", kind="stop_loss")
    expect(page.locator("#notifications li")).to_have_count(1)
    expect(page.locator("#notifications li")).to_contain_text("Fell")


def test_what_was_closed_stays_closed_when_news_comes(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    tell(user, 3, name="Moutai")
    open_log(page, server)
    page.locator("details.stock > summary").click()
    page.locator("h1").click()
    tell(user, symbol="AAPL.US", title="Apple")
    expect(page.locator("#n4")).to_be_visible()
    expect(page.locator("#n1")).to_be_hidden()


def test_what_is_read_elsewhere_is_read_here(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    tell(user, 3)
    open_log(page, server)
    other = page.context.new_page()
    open_log(other, server)
    read_one(user.pk, 2)
    for tab in (page, other):
        expect(tab.locator("#notifications .unread")).to_have_count(2)
        expect(tab.locator("#unread")).to_have_text("2")
        expect(tab).to_have_title("(2) Notifications · Stockwatch")
        expect(tab.locator("link[rel=icon]")).to_have_attribute("href", re.compile("unread"))
    mark_read(user.pk, 3)
    for tab in (page, other):
        expect(tab.locator("#notifications .unread")).to_have_count(0)
        expect(tab.locator("#read-all button")).to_be_disabled()
        expect(tab).to_have_title("Notifications · Stockwatch")
        expect(tab.locator("link[rel=icon]")).not_to_have_attribute("href", re.compile("unread"))


def test_an_address_lands_on_its_notification(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    tell(user, 60)
    open_log(page, server, "?seq=7")
    expect(page.locator("#n7")).to_be_focused()
    expect(page.locator("#n7")).to_be_in_viewport()
    page.goto(f"{server.origin}/")
    page.goto(f"{server.origin}/notifications/#n9")
    expect(page).to_have_url(re.compile(r"\?seq=9"))
    expect(page.locator("#n9")).to_be_focused()
    is_live(page)


def test_who_opens_the_monitor_has_read_it(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    monitor = watch(user)
    tell(user, monitor=monitor.pk, url=f"/monitors/{monitor.pk}/")
    open_log(page, server)
    page.get_by_role("link", name="Open the monitor").click()
    expect(page).to_have_url(re.compile("/monitors/"))
    is_live(page)
    expect(page.locator("#unread")).to_be_hidden()


def test_a_delivery_that_ends_is_seen_to_end(
    page: Page, server: Daphne, user: User, tell: Tell, desk: ServiceDesk
) -> None:
    made = Destination(user=user, kind="ntfy", name="My phone")
    made.put_params({**desk.typed("ntfy"), "server": desk.services.url("ntfy")})
    made.save()
    tell(user)
    open_log(page, server)
    expect(page.locator("#n1 .ways")).to_have_text("on its way to My phone")
    desk.work()
    expect(page.locator("#n1 .ways")).to_have_text(re.compile("sent .* to My phone"))
    page.locator("#n1 .ways a").click()
    expect(page.locator(".delivery")).to_contain_text("My phone")
    is_live(page)


def test_a_button_that_reaches_nobody_says_so(
    page: Page, server: Daphne, user: User, tell: Tell, tolerated: list[str]
) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    tell(user)
    open_log(page, server)
    page.context.set_offline(True)  # a request that outlives its page cannot be intercepted
    page.get_by_role("button", name="Mark as read").click()
    expect(page.locator("#n1 .said")).to_contain_text("did not reach the server")
    expect(page.locator("#n1")).to_have_class(re.compile("unread"))


def test_the_log_works_without_javascript(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    monitor = watch(user)
    tell(user, 2, monitor=monitor.pk)
    browser: Any = page.context.browser
    plain = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    tab = plain.new_page()
    tab.goto(f"{server.origin}/notifications/?group=time")
    tab.locator("#n2").get_by_role("button", name="Mark as read").click()
    expect(tab).to_have_url(re.compile(r"group=time#n2$"))
    expect(tab.locator("#n2")).not_to_have_class(re.compile("unread"))
    tab.locator("#n1 summary").click()
    tab.locator("#n1").get_by_role("button", name="For an hour").click()
    expect(tab.locator(".message")).to_contain_text("paused until")
    tab.locator("#bell").click()
    expect(tab.locator("h1")).to_have_text("Notifications")
    tab.get_by_role("button", name="Mark all as read").click()
    expect(tab.locator("#unread")).to_be_hidden()
    plain.close()
