"""A stop-loss stays in the corner of every page until it was seen, wherever that is."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from notifications.log.reading import mark_read, read_one
from notifications.models import Notification
from notifications.severity import Severity
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live, until
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser

FELL: Any = {"kind": "stop_loss", "severity": Severity.URGENT, "url": "/destinations/"}
CLOSE = {"en": "Dismiss", "zh-hans": "关闭"}
MORE = {"en": "and {} more", "zh-hans": "还有 {} 条"}
SPOKEN = """
window.spoken = [];
new MutationObserver((changes) => {
  for (const change of changes)
    for (const added of change.addedNodes)
      if (added instanceof Element && added.matches(".toast"))
        spoken.push(
          added.getAttribute("role") ?? change.target.getAttribute("aria-live"),
        );
}).observe(document, { childList: true, subtree: true });
window.shifted = [];
new PerformanceObserver((list) => {
  for (const { sources } of list.getEntries())
    for (const { node } of sources)
      if (node?.parentElement?.closest("body > :not(header)")) shifted.push(node.nodeName);
}).observe({ type: "layout-shift", buffered: true });
"""


def visit(page: Page, server: Daphne, path: str) -> None:
    page.goto(f"{server.origin}{path}")
    is_live(page)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_a_stop_loss_is_on_all_pages_until_it_is_taken_away(
    page: Page, server: Daphne, user: User, tell: Tell, language: str, width: int
) -> None:
    choose(page, language, width)
    visit(page, server, "/")
    page.add_init_script(SPOKEN)
    tell(user, title="Fell", body="Below 1600", **FELL)
    note = page.locator(".toast", has_text="Fell")
    expect(note).to_have_attribute("role", "alert")
    for path in ("/settings/", "/destinations/", "/"):
        visit(page, server, path)
        expect(note).to_be_visible()
    page.reload()
    is_live(page)
    expect(note).to_contain_text("Below 1600")
    expect(page.locator("#toasts")).to_have_attribute("aria-live", "polite")
    assert page.evaluate("spoken") == ["off"]
    assert page.evaluate("shifted") == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    other = page.context.new_page()
    visit(other, server, "/settings/")
    expect(other.locator(".toast")).to_have_count(1)
    note.get_by_label(CLOSE[language]).click()
    for tab in (page, other):
        expect(tab.locator(".toast")).to_have_count(0)
        expect(tab.locator("#unread")).to_be_hidden()
    for tab in (page, other):
        tab.reload()
        is_live(tab)
        expect(tab.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_what_fired_while_no_page_was_open_is_shown_at_the_next_visit(
    page: Page, server: Daphne, user: User, tell: Tell, language: str, width: int
) -> None:
    choose(page, language, width)
    page.goto("about:blank")
    tell(user, title="No haste")
    tell(user, 8, title="Fell", **FELL)
    visit(page, server, "/")
    expect(page.locator(".toast.stays")).to_have_count(5)
    more = page.locator("#toasts .and-more")
    expect(more).to_have_text(MORE[language].format(3))
    # In the order in which they came, and one that comes now behind them.
    tell(user, title="Fell now", **FELL)
    expect(page.locator(".toast").last).to_contain_text("Fell now")
    expect(page.locator(".toast")).to_have_count(5)
    expect(more).to_have_text(MORE[language].format(4))
    page.locator(".toast").last.get_by_label(CLOSE[language]).click()
    expect(more).to_have_text(MORE[language].format(3))
    more.click()
    expect(page.locator("#notifications li.unread")).to_have_count(9)
    # The list shows them: nothing lies upon it.
    is_live(page)
    expect(page.locator(".toast")).to_have_count(0)


def test_older_ones_take_the_places_of_those_that_are_read_anywhere(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    page.goto("about:blank")
    tell(user, 13, title="Fell", **FELL)
    visit(page, server, "/settings/")
    more = page.locator("#toasts .and-more")
    expect(more).to_have_text("and 8 more")
    page.locator(".toast").last.get_by_label("Dismiss").click()
    expect(page.locator(".toast")).to_have_count(5)
    expect(more).to_have_text("and 7 more")
    read_one(user.pk, 1)
    expect(more).to_have_text("and 6 more")
    mark_read(user.pk, 9)
    expect(page.locator(".toast")).to_have_count(3)
    expect(more).to_be_hidden()
    assert page.locator("#toasts [role=alert]").count() == 0
    mark_read(user.pk, 13)
    expect(page.locator(".toast")).to_have_count(0)


def test_one_whose_link_is_followed_is_read_and_does_not_come_along(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    page.goto("about:blank")
    tell(user, **FELL)
    visit(page, server, "/settings/")
    page.locator(".toast .more").click()
    expect(page).to_have_url(re.compile("/destinations/"))
    is_live(page)
    expect(page.locator(".toast")).to_have_count(0)
    assert not Notification.objects.filter(read_at=None).exists()


def test_it_is_shown_once_though_tabs_replay_what_came(
    page: Page, server: Daphne, user: User, tell: Tell
) -> None:
    tell(user, title="Fell", **FELL)
    expect(page.locator(".toast")).to_have_count(1)
    other = page.context.new_page()
    visit(other, server, "/settings/")
    tell(user, title="Rose", severity=Severity.NORMAL)
    for tab in (page, other):
        expect(tab.locator(".toast", has_text="Rose")).to_have_count(1)
        expect(tab.locator(".toast", has_text="Fell")).to_have_count(1)
    until(other, "() => document.title.startsWith('(2)')")
