"""The status in a real browser: it keeps itself new while seen, and staff switch the service."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Page, expect

from monitors.models import Service
from stockwatch import heartbeat
from stockwatch.heartbeat import PARTS
from stockwatch.redis import client
from tests.browser.accessibility import AXE, RULES
from tests.browser.in_language import read_in
from tests.conftest import Tell
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

LOOKS = [(1280, "en"), (320, "zh-hans")]
WORDS = {
    "en": {
        "well": "Everything works",
        "ill": "the worker, which looks at prices, gives no sign",
        "stop": "Stop the service…",
        "sure": "Stop watching for everybody",
        "stopped": "The monitoring service is stopped: nothing is watched.",
        "by": "Stopped by ann (Page)",
        "start": "Start the service…",
        "go": "Start watching",
    },
    "zh-hans": {
        "well": "一切正常",
        "ill": "负责查价的行情处理无响应",
        "stop": "停止服务…",
        "sure": "为所有人停止盯盘",
        "stopped": "监控服务已停止：不再盯盘。",
        "by": "已停止：ann（网页）",
        "start": "启动服务…",
        "go": "开始盯盘",
    },
}


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    client().delete(heartbeat.KEY)
    for part in PARTS:
        heartbeat.beat(part, at=time.time() + 3600)  # for as long as a slow test takes
    yield
    client().delete(heartbeat.KEY)


def lose_the_worker() -> None:
    client().hdel(heartbeat.KEY, f"worker@{heartbeat.PROCESS}")


def see(page: Page, server: Daphne, width: int, language: str) -> dict[str, str]:
    page.set_viewport_size({"width": width, "height": 800})
    read_in(language)
    page.clock.install()
    page.goto(f"{server.origin}/status/")
    return WORDS[language]


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_what_goes_wrong_is_told_without_a_reload(
    page: Page, server: Daphne, user: User, width: int, language: str
) -> None:
    watch(user)
    words = see(page, server, width, language)
    expect(page.locator("#verdict")).to_contain_text(words["well"])
    page.evaluate("window.sameDocument = true")
    lose_the_worker()
    page.clock.run_for(5000)
    expect(page.locator("#verdict")).to_contain_text(words["ill"])
    expect(page.locator("#status-aloud")).to_contain_text(words["ill"])
    assert page.evaluate("window.sameDocument") is True


def test_a_page_that_nobody_sees_asks_nothing(
    page: Page, server: Daphne, tolerated: list[str]
) -> None:
    tolerated.append("WebSocket connection to")  # half a minute passes in which no ping comes
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    see(page, server, 1280, "en")
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', writable: true})"
    )
    page.clock.run_for(30_000)
    assert not [url for url in asked if "/status/board/" in url]
    lose_the_worker()
    page.evaluate("document.visibilityState = 'visible'")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#verdict")).to_contain_text(WORDS["en"]["ill"])


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_staff_stop_and_start_by_the_keyboard(
    page: Page, server: Daphne, user: User, width: int, language: str
) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    Service.switch(running=True)
    words = see(page, server, width, language)
    expect(page.get_by_text(words["sure"])).to_be_hidden()
    page.get_by_text(words["stop"]).press("Enter")
    page.get_by_text(words["sure"]).press("Enter")
    expect(page.locator(".message")).to_have_text(words["stopped"])
    expect(page.locator(".switch")).to_contain_text(words["by"])
    assert not Service.state().running
    page.get_by_text(words["start"]).press("Enter")
    page.get_by_text(words["go"]).press("Enter")
    expect(page.get_by_text(words["stop"])).to_be_visible()
    assert Service.state().running


OURS = """async (tags) => {
    const options = { runOnly: { type: "tag", values: tags } };
    const found = await axe.run(document.querySelector(".console"), options);
    return found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]);
}"""


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh-hans")])
def test_the_dashboards_of_the_admin_are_for_everybody(
    page: Page, server: Daphne, user: User, tell: Tell, scheme: Any, language: str
) -> None:
    cache.clear()
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    watch(user)
    tell(user, 3)
    page.emulate_media(color_scheme=scheme)
    read_in(language)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/admin/", "/admin/firing/?days=7", "/admin/failing/"):
            page.goto(server.origin + path)
            expect(page.locator(".console").first).to_be_visible()
            page.evaluate(AXE.read_text("utf-8"))
            assert page.evaluate(OURS, RULES) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
