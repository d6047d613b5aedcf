"""A real browser, and a page that may not complain."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.fake_sockets import Client, Start, start_client
from tests.browser.service_desk import ServiceDesk, service_desk
from tests.live import Daphne

PATIENCE_MS = 20_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chrome(chromium: str) -> Iterator[Browser]:
    """The browser; for a module only, as its event loop gets in the way of asynchronous tests."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, beside our own use of the database.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tolerated() -> list[str]:
    """Parts of what a page may complain of; a test that provokes it names them here.

    Named, not taken out: a complaint may come after the test has looked.
    """
    return []


@pytest.fixture
def tab(chrome: Browser, tolerated: list[str]) -> Iterator[Page]:
    """An empty page with a profile of its own; errors in its console fail the test.

    So do those of other tabs in its context.
    """
    context = chrome.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    console: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            console.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: console.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert [line for line in console if not any(part in line for part in tolerated)] == []


@pytest.fixture
def start(tab: Page) -> Start:
    """Start a client whose sockets the test serves."""

    def begin(**options: Any) -> Client:
        return start_client(tab, **options)

    return begin


def log_in(page: Page, server: Daphne, name: str = "ann") -> None:
    page.goto(f"{server.origin}/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", "a long password")
    page.click("main button")


def is_live(page: Page) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def until(page: Page, condition: str, arg: object = None) -> None:
    """Wait until a function of the page returns true.

    Playwright's own wait has the page evaluate a text, which its policy forbids.
    """
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(condition, arg):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


@pytest.fixture
def page(tab: Page, server: Daphne, user: User) -> Iterator[Page]:
    """A page of somebody who has just logged in."""
    log_in(tab, server)
    is_live(tab)
    yield tab
    # Before the user goes: else the page may be asking for what is its user's no more.
    tab.context.close()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[ServiceDesk]:
    """Services that stand in for the real ones; the test works the outbox."""
    yield from service_desk(monkeypatch, settings)
