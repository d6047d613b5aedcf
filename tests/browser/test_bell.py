"""The bell: a panel where there is room for it, a link where there is none."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from notifications.models import Notification
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import choose
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser

WORDS = {"en": ("Mark all as read", "See all"), "zh-hans": ("全部标为已读", "查看全部")}


@pytest.mark.parametrize("language", WORDS)
def test_the_panel_shows_the_newest_and_marks_them_read(
    page: Page, server: Daphne, user: User, tell: Tell, language: str
) -> None:
    tell(user, 12)
    choose(page, language)
    page.goto(f"{server.origin}/")
    is_live(page)
    mark, all_of_them = WORDS[language]
    panel, bell = page.locator("#bell-panel"), page.locator("#bell")
    expect(bell).to_have_attribute("aria-expanded", "false")
    bell.click()
    expect(panel.locator("li.unread")).to_have_count(10)
    expect(bell).to_have_attribute("aria-expanded", "true")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # What it lies over is not for looking at meanwhile.
        assert violations(page, "header.top") == []
    tell(user, title="The newest")
    expect(panel.locator("li").first).to_contain_text("The newest")
    panel.get_by_role("button", name=mark).click()
    expect(panel.locator("li.unread")).to_have_count(0)
    expect(page.locator("#unread")).to_be_hidden()
    assert not Notification.objects.filter(read_at=None).exists()
    panel.get_by_role("link", name=all_of_them).click()
    expect(page.locator("#notifications li")).to_have_count(13)
    is_live(page)


def test_the_panel_opens_and_closes_by_keyboard_and_holds_nobody(
    page: Page, user: User, tell: Tell
) -> None:
    tell(user, 2)
    panel, bell = page.locator("#bell-panel"), page.locator("#bell")
    bell.press("Enter")
    expect(panel).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(panel.locator("li a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(bell).to_be_focused()
    bell.press("Enter")
    expect(panel).to_be_focused()
    page.locator("#menu > summary").focus()
    expect(panel).to_be_hidden()
    bell.click()
    expect(panel).to_be_visible()
    page.locator("h1").click()
    expect(panel).to_be_hidden()


def test_what_is_chosen_in_the_panel_is_read_and_shown(page: Page, user: User, tell: Tell) -> None:
    tell(user, 3)
    page.locator("#bell").click()
    page.locator("#bell-panel li[data-seq='2'] a").click()
    expect(page).to_have_url(re.compile(r"\?seq=2$"))
    expect(page.locator("#n2")).to_be_focused()
    expect(page.locator("#unread")).to_have_text("2")
    is_live(page)


def test_on_a_phone_the_bell_is_a_link(page: Page, user: User, tell: Tell) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("#bell").click()
    expect(page).to_have_url(re.compile("/notifications/$"))
    expect(page.locator("#bell-panel")).to_be_hidden()
    is_live(page)
