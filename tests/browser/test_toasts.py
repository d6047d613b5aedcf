"""Notes in the corner: who is told, for how long, and how they go."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from notifications.log.reading import mark_read
from notifications.models import Notification
from notifications.severity import Severity
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser

MORE = {"en": "and 7 more", "zh-hans": "还有 7 条"}


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_many_at_once_are_few_notes(
    page: Page, server: Daphne, user: User, tell: Tell, language: str, width: int
) -> None:
    choose(page, language, width)
    page.goto(f"{server.origin}/")
    is_live(page)
    tell(user, 12, body="A line of text")
    more = page.locator("#toasts .and-more")
    expect(more).to_have_text(MORE[language])
    expect(page.locator(".toast")).to_have_count(5)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    more.click()
    expect(page.locator("#notifications li")).to_have_count(12)
    is_live(page)


def test_others_go_after_a_while_but_not_while_they_are_read(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    page.clock.install()
    page.goto(f"{server.origin}/")
    is_live(page)
    tell(user, kind="price_above", title="Passing", severity=Severity.NORMAL)
    tell(user, kind="other", title="Staying", severity=Severity.URGENT)
    passing = page.locator(".toast", has_text="Passing")
    passing.hover()
    page.clock.fast_forward(60_000)
    expect(passing).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.fast_forward(1000)
    passing.get_by_label("Dismiss").focus()
    page.clock.fast_forward(60_000)
    expect(passing).to_be_visible()
    page.locator("body").evaluate("document.activeElement.blur()")
    page.clock.fast_forward(1000)
    page.clock.fast_forward(60_000)
    expect(passing).to_have_count(0)
    expect(page.locator(".toast[role=alert]")).to_contain_text("Staying")
    is_live(page)


def test_who_takes_a_note_away_has_seen_it_on_all_devices(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    other = page.context.new_page()
    other.goto(f"{server.origin}/")
    is_live(other)
    tell(user, 2, kind="stop_loss", title="Fell")
    for tab in (page, other):
        expect(tab.locator(".toast.stays")).to_have_count(2)
    page.locator(".toast").first.get_by_label("Dismiss").click()
    for tab in (page, other):
        expect(tab.locator(".toast.stays")).to_have_count(1)
        expect(tab.locator("#unread")).to_have_text("1")
    assert [row.seq for row in Notification.objects.filter(read_at=None)] == [2]
    mark_read(user.pk, 2)
    for tab in (page, other):
        expect(tab.locator(".toast")).to_have_count(0)


def test_stop_losses_without_a_place_wait_for_one(page: Page, user: User, tell: Tell) -> None:
    tell(user, 7, kind="stop_loss", title="Fell")
    expect(page.locator("#toasts .and-more")).to_have_text("and 2 more")
    for left in (1, 0):
        page.locator(".toast").last.get_by_label("Dismiss").click()
        expect(page.locator(".toast")).to_have_count(5)
        if left:
            expect(page.locator("#toasts .and-more")).to_have_text("and 1 more")
    expect(page.locator("#toasts .and-more")).to_be_hidden()
    expect(page.locator("#unread")).to_have_text("5")


def test_notes_are_reached_and_left_by_keyboard(page: Page, user: User, tell: Tell) -> None:
    page.locator("#bell").focus()
    tell(user, 2, kind="stop_loss", title="Fell")
    expect(page.locator(".toast")).to_have_count(2)
    page.keyboard.press("F8")
    expect(page.locator(".toast").last.get_by_label("Dismiss")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast").get_by_label("Dismiss")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#bell")).to_be_focused()
    expect(page.locator("#unread")).to_be_hidden()


def test_who_follows_a_note_has_read_it(page: Page, user: User, tell: Tell) -> None:
    tell(user, url="/destinations/")
    page.locator(".toast .more").click()
    expect(page).to_have_url(re.compile("/destinations/"))
    expect(page.locator("#unread")).to_be_hidden()
    is_live(page)
