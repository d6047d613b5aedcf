"""The state of the connection in the header: what is shown, and what is read out."""

import json
import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import log_in
from tests.live import Daphne

pytestmark = pytest.mark.browser

HELLO = {"type": "hello", "version": 1, "ping_interval": 25}


class Wire:
    """The server's side of the page's sockets; the test says what it does."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.asked: list[int] = []
        # Playwright serves the sockets of pages only, and the test wants the longest pauses.
        page.add_init_script("delete window.SharedWorker; Math.random = () => 1")
        page.route_web_socket(re.compile("/ws/"), self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(self._hear)
        if len(self.sockets) < 3:
            socket.close(code=4100)

    def _hear(self, text: str | bytes) -> None:
        frame = json.loads(text)
        if "id" in frame:
            self.asked.append(frame["id"])

    def say(self, **frame: object) -> None:
        self.sockets[-1].send(json.dumps(frame))

    def become_live(self, page: Page) -> None:
        self.say(**HELLO)
        expect(page.locator("#connection")).to_have_text("Catching up")
        self.say(type="ok", id=self.asked[-1], head=0, recovered=True)
        expect(page.locator("#connection")).to_have_text("Live")


def test_each_state_is_shown_and_only_news_are_read_out(
    tab: Page, server: Daphne, user: User
) -> None:
    wire = Wire(tab)
    log_in(tab, server)
    sign, aloud, now = (
        tab.locator(f"#{name}") for name in ("connection", "connection-aloud", "connect-now")
    )
    # Two attempts fail; the third is not answered at once.
    expect(sign).to_have_text(re.compile(r"Offline · next try in [12] s"))
    expect(aloud).to_have_text("No connection: prices may be old. It is tried again.")
    expect(sign).to_have_text("Connecting")
    expect(now).to_be_hidden()
    assert len(wire.sockets) == 3
    tab.wait_for_timeout(2000)
    expect(aloud).to_have_text("No connection: prices may be old. It is tried again.")
    wire.become_live(tab)
    expect(aloud).to_have_text("Connected: prices are live.")
    assert aloud.get_attribute("aria-live") == "polite"

    # Nobody has to wait: the pause would be four seconds, and less than that has passed.
    wire.sockets[-1].close(code=4101)
    expect(sign).to_have_text(re.compile(r"Offline · next try in 4 s"))
    expect(sign).to_have_text(re.compile(r"Offline · next try in 3 s"))
    now.click()
    expect(sign).to_have_text("Connecting")
    assert len(wire.sockets) == 4
    wire.sockets[-1].close(code=4003)
    expect(sign).to_have_text("Stopped")
    expect(now).to_be_hidden()
    expect(aloud).to_have_text("Not connected: prices are no longer live.")


def test_a_page_that_becomes_live_as_expected_says_nothing(
    page: Page, server: Daphne, user: User
) -> None:
    page.wait_for_timeout(2000)
    expect(page.locator("#connection-aloud")).to_have_text("")
