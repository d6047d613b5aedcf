"""The log of deliveries is narrowed as one types; the page stays, its address tells what for."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from notifications import destinations
from notifications.models import Notification
from tests.browser.conftest import is_live
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser


@pytest.fixture
def log(page: Page, server: Daphne, user: User, tell: Tell) -> Page:
    destinations.create(user.pk, {"topic": "stocks"}, kind="ntfy", name="My phone")
    tell(user, title="Apple rose")
    tell(user, title="Moutai fell")
    return page


def open_log(page: Page, server: Daphne) -> None:
    page.goto(f"{server.origin}/deliveries/")
    is_live(page)
    page.evaluate("window.sameDocument = true")


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_log_is_narrowed_as_one_types(
    log: Page, server: Daphne, language: str, width: int
) -> None:
    choose(log, language, width)
    open_log(log, server)
    rows = log.locator("#deliveries .delivery")
    expect(rows).to_have_count(2)
    log.locator("[type=search]").press_sequentially("apple")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Apple rose")
    expect(log).to_have_url(re.compile(r"search=apple"))
    log.select_option("[name=state]", "failed")
    expect(rows).to_have_count(0)
    expect(log.locator("[type=search]")).to_have_value("apple")
    assert log.evaluate("window.sameDocument") is True


def test_what_was_asked_before_is_a_step_back(log: Page, server: Daphne) -> None:
    open_log(log, server)
    log.locator("[type=search]").fill("apple")
    expect(log.locator("#deliveries .delivery")).to_have_count(1)
    log.go_back()
    expect(log.locator("#deliveries .delivery")).to_have_count(2)
    assert log.evaluate("Object.keys(localStorage).filter((key) => key.includes('htmx'))") == []


def test_who_is_logged_out_meanwhile_is_led_to_the_log_in_and_back(
    log: Page, server: Daphne, tolerated: list[str]
) -> None:
    tolerated.append("WebSocket")
    open_log(log, server)
    log.context.clear_cookies(name="sessionid")
    log.locator("[type=search]").fill("apple")
    expect(log.locator("main [name=password]")).to_be_visible()
    expect(log).to_have_url(re.compile(r"next=/deliveries/"))
    assert Notification.objects.count() == 2
