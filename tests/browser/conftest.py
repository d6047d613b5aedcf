"""A real browser, and a page that may not complain."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.fake_sockets import Client, Start, start_client

PATIENCE_MS = 20_000


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
    """An empty page with a profile of its own; errors in its console fail the test."""
    context = chrome.new_context(locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    console: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            console.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: console.append(str(error)))
    yield page
    context.close()
    assert [line for line in console if not any(part in line for part in tolerated)] == []


@pytest.fixture
def start(tab: Page) -> Start:
    """Start a client whose sockets the test serves."""

    def begin(**options: Any) -> Client:
        return start_client(tab, **options)

    return begin
