"""Several tabs of one browser, on a live server: one socket, and each tab is told its own."""

import time
from threading import Event
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from notifications.socket import census
from stockwatch.redis import client
from tests.browser.conftest import is_live, log_in, until
from tests.conftest import Tell, Trade
from tests.live import PATIENCE, Daphne, start_daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

WITHOUT = {
    "missing": "delete window.SharedWorker",
    "forbidden": """window.SharedWorker = class { constructor() { throw new Error("no") } }""",
    "not found": """const Real = window.SharedWorker;
        window.SharedWorker = class extends Real {
          constructor(url, options) { super("/static/nothing.js", options) }
        }""",
    "silent": """window.SharedWorker = class {
          port = Object.assign(new MessageChannel().port1, { onmessage: null });
        };
        const late = window.setTimeout;
        window.setTimeout = (work, wait) => late(work, wait / 20)""",
}
"""How a browser may be without shared workers."""


def another(page: Page, path: str = "/") -> Page:
    tab = page.context.new_page()
    tab.goto(urljoin(page.url, path))
    return tab


def open_sockets() -> int:
    """Return what the server reports next."""
    client().delete(census.COUNTS)
    deadline = time.monotonic() + PATIENCE
    while not client().exists(census.COUNTS) and time.monotonic() < deadline:
        time.sleep(0.1)
    return census.open_connections()


@pytest.fixture(autouse=True)
def _remember_toasts(tab: Page) -> None:
    """A toast fades after a while: remember them, as a test may be slow."""
    tab.context.add_init_script(
        """window.toasted = [];
        new MutationObserver((changes) => {
          for (const { addedNodes } of changes) for (const node of addedNodes) {
            if (node.classList?.contains("toast")) {
              window.toasted.push(node.querySelector(".title").textContent);
            }
          }
        }).observe(document, { childList: true, subtree: true })"""
    )


def toasts_of(page: Page, count: int) -> list[str]:
    """Wait for so many toasts; return the titles of all that there were."""
    until(page, "(count) => toasted.length >= count", count)
    return list(page.evaluate("toasted"))


def test_two_tabs_have_one_socket_and_both_are_told(
    page: Page, user: User, tell: Tell, trade: Trade
) -> None:
    monitor = watch(user)
    trade("1700")
    page.reload()
    second = another(page, f"/monitors/{monitor.pk}/edit/")
    for tab in (page, second):
        is_live(tab)
    assert open_sockets() == 1
    tell(user, title="Both")
    trade("1701.50")
    expect(page.locator(".watch [data-price]")).to_have_text("1701.50")
    expect(second.locator("#symbol-quote [data-price]")).to_have_text("1701.50")
    for tab in (page, second):
        assert toasts_of(tab, 1) == ["Both"]
    page.close()
    tell(user, title="One is left")
    trade("1702.50")
    expect(second.locator("#symbol-quote [data-price]")).to_have_text("1702.50")
    assert toasts_of(second, 2) == ["Both", "One is left"]
    assert open_sockets() == 1
    second.close()
    assert open_sockets() == 0


def test_what_happens_while_a_tab_loads_is_told_once(
    page: Page, user: User, tell: Tell, trade: Trade
) -> None:
    watch(user)
    trade("1700")
    page.reload()
    is_live(page)
    happened: list[bool] = []

    def happen_first(route: Route) -> None:
        trade("1705.25")
        tell(user, 2, title="Meanwhile")
        # The other tab, and so the worker, knows; the new page was drawn before.
        expect(page.locator(".watch [data-price]")).to_have_text("1705.25")
        toasts_of(page, 2)
        happened.append(True)
        route.continue_()

    late = page.context.new_page()
    late.route("**/static/app.*.js", happen_first)
    late.goto(page.url)
    is_live(late)
    assert happened
    expect(late.locator(".watch [data-price]")).to_have_text("1705.25")
    tell(user, title="Then")
    for tab in (page, late):
        assert toasts_of(tab, 3) == ["Meanwhile", "Meanwhile", "Then"]
    expect(late.locator("#unread")).to_have_text("3")
    assert open_sockets() == 1


def test_a_page_that_loads_before_the_first_tab_is_told_what_came_between(
    page: Page, user: User, tell: Tell
) -> None:
    waiting, address = page.context.new_page(), page.url
    go = Event()

    def hold(route: Route) -> None:
        # While this page waits for its script, the worker begins anew behind its head.
        page.goto("about:blank")
        tell(user, title="Between")
        page.goto(address)
        is_live(page)
        go.set()
        route.continue_()

    waiting.route("**/static/app.*.js", hold)
    waiting.goto(address)
    assert go.is_set()
    is_live(waiting)
    tell(user, title="After")
    assert toasts_of(waiting, 2) == ["Between", "After"]
    assert toasts_of(page, 1) == ["After"]


@pytest.mark.parametrize("without", WITHOUT.values(), ids=WITHOUT.keys())
def test_without_shared_workers_each_tab_has_its_own_socket(
    page: Page, user: User, tell: Tell, trade: Trade, tolerated: list[str], without: str
) -> None:
    tolerated.append("status of 404")
    watch(user)
    trade("1700")
    page.context.add_init_script(without)
    page.reload()
    second = another(page)
    for tab in (page, second):
        is_live(tab)
    assert open_sockets() == 2
    tell(user, title="Both")
    trade("1701.50")
    for tab in (page, second):
        expect(tab.locator("[data-price]")).to_have_text("1701.50")
        assert toasts_of(tab, 1) == ["Both"]


def test_another_user_gets_another_worker_and_the_first_ones_tab_nothing(
    page: Page, server: Daphne, user: User, other: User, tell: Tell
) -> None:
    second = another(page)
    second.click("#menu > summary")
    second.click("header >> text=Log out")
    log_in(second, server, "bob")
    is_live(second)
    expect(page.locator("#connection")).to_have_attribute("data-state", "stopped")
    expect(page.locator(".toast")).to_contain_text("You have been logged out")
    tell(other, title="For Bob")
    tell(user, title="For Ann")
    assert toasts_of(second, 1) == ["For Bob"]
    assert toasts_of(page, 1) == ["You have been logged out."]
    # Whoever logs in again has all tabs back.
    second.click("#menu > summary")
    second.click("header >> text=Log out")
    log_in(second, server)
    for tab in (second, page):
        is_live(tab)
    assert toasts_of(page, 2) == ["You have been logged out.", "For Ann"]
    assert open_sockets() == 1


def test_tabs_come_back_with_the_server_and_miss_nothing(
    tab: Page, user: User, tell: Tell, tolerated: list[str], transactional_db: None
) -> None:
    tolerated.append("WebSocket connection to")
    with start_daphne() as server:
        log_in(tab, server)
        second = another(tab)
        for page in (tab, second):
            is_live(page)
    tell(user, 2, title="Meanwhile")
    for page in (tab, second):
        expect(page.locator("#connection")).to_contain_text("next try in")
        expect(page.locator("#connection-aloud")).to_contain_text("No connection")
    with start_daphne(server.port):
        for page in (tab, second):
            is_live(page)
            expect(page.locator("#connection-aloud")).to_contain_text("prices are live")
        tell(user, title="Then")
        for page in (tab, second):
            assert toasts_of(page, 3) == ["Meanwhile", "Meanwhile", "Then"]
        tab.context.close()
