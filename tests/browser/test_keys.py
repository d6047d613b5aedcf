"""Single keys on every page: where they lead, what they press, and that they can be turned off."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, MonitorStatus, Rule
from monitors.symbols import Symbol
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import MOUTAI, Trade
from tests.live import Daphne

pytestmark = pytest.mark.browser


@pytest.fixture
def older(user: User) -> Monitor:
    """平安银行, the second in the list."""
    rules = [RuleSpec("price_above", {"price": "20"})]
    return lifecycle.create(user.pk, Symbol.parse("000001"), rules)


@pytest.fixture
def monitor(user: User, older: Monitor, trade: Trade) -> Monitor:
    """贵州茅台 with a rule that has fired."""
    rules = [RuleSpec("take_profit", {"price": "1690"})]
    made = lifecycle.create(user.pk, MOUTAI, rules, trading_hours_only=False)
    trade("1700")
    return made


def opened(page: Page, server: Daphne, address: str = "/") -> Page:
    page.goto(server.origin + address)
    is_live(page)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, key: str) -> None:
    """Press g and a key, with no time in between, which a busy machine takes."""
    page.evaluate(
        """keys => keys.forEach((key) => document.body
            .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })))""",
        ["g", key],
    )


def at(address: str) -> re.Pattern[str]:
    return re.compile(f"^http://[^/]+{re.escape(address)}$")


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_every_page_lists_its_keys_and_leads_on(
    page: Page, server: Daphne, monitor: Monitor, language: str, width: int
) -> None:
    choose(page, language, width)
    dialog = page.locator("#keys")
    for address in ("/notifications/", "/settings/", f"/monitors/{monitor.pk}/"):
        opened(page, server, address)
        press(page, "?")
        expect(dialog).to_be_visible()
        press(page, "Escape")
        expect(dialog).to_be_hidden()
    press(page, "?")
    assert violations(page, "#keys") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    for key, address in (("n", "/notifications/"), (",", "/settings/"), ("m", "/")):
        go(page, key)
        expect(page).to_have_url(at(address))
        is_live(page)


def test_n_makes_a_monitor_from_anywhere(page: Page, server: Daphne) -> None:
    opened(page, server, "/notifications/")
    press(page, "n")
    expect(page).to_have_url(at("/monitors/new/"))
    is_live(page)
    page.evaluate("document.activeElement.blur()")
    press(page, "n")
    expect(page.locator("#quick-line")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 360])
def test_keys_that_are_off_are_off_on_every_page_and_can_be_turned_on_there(
    page: Page, server: Daphne, monitor: Monitor, width: int
) -> None:
    choose(page, "en", width)
    opened(page, server)
    press(page, "?")
    page.locator("#keys-on").uncheck()
    press(page, "Escape", "n")
    expect(page.locator("#quick-line")).not_to_be_focused()
    level = page.locator("[data-level-edit]").first
    level.focus()
    press(page, "e")
    expect(page.locator(".level-field")).to_have_count(0)
    opened(page, server, f"/monitors/{monitor.pk}/")
    press(page, "p", "#", "?", "g", "n")
    expect(page.locator("#keys")).to_be_hidden()
    opened(page, server, "/monitors/new/")
    page.evaluate("document.activeElement.blur()")
    press(page, "n")
    expect(page.locator("#quick-line")).not_to_be_focused()
    assert Monitor.objects.filter(status=MonitorStatus.ACTIVE).count() == 2
    menu = page.locator("#menu summary")
    menu.click()
    page.locator("#menu [data-show-keys]").click()
    expect(page.locator("#keys-on")).not_to_be_checked()
    page.locator("#keys-on").check()
    press(page, "Escape")
    expect(menu).to_be_focused()
    press(page, "n")
    expect(page.locator("#quick-line")).to_be_focused()


def test_a_row_has_its_menu_and_is_rearmed_copied_and_deleted_by_keys(
    page: Page, server: Daphne, monitor: Monitor, older: Monitor
) -> None:
    opened(page, server)
    row = page.locator(f"[data-monitor='{monitor.pk}']")
    press(page, "j")
    for key in ("m", "."):
        press(page, key)
        expect(page.locator("#row-menu")).to_be_visible()
        press(page, "p")  # means nothing in a menu
        press(page, "Escape")
        expect(page.locator("#row-menu")).to_be_hidden()
    expect(row.locator(".name")).to_be_focused()
    assert not Monitor.objects.exclude(status=MonitorStatus.ACTIVE).exists()
    Rule.objects.filter(monitor=monitor).update(params={"price": "1800"})
    expect(row.locator(".rule.fired")).to_have_count(1)
    press(page, "r")
    expect(row.locator(".rule.armed")).to_have_count(1)
    row.locator(".name").focus()
    press(page, "#")
    expect(row).to_have_count(0)
    expect(page.locator(f"[data-monitor='{older.pk}'] .name")).to_be_focused()
    expect(page.locator(".snack button")).to_be_visible()
    press(page, "z")
    expect(row).to_have_count(1)
    is_live(page)
    row.locator(".name").focus()
    press(page, "d")
    expect(page).to_have_url(at(f"/monitors/new/?copy={monitor.pk}"))


def test_a_monitors_page_has_the_same_keys(
    page: Page, server: Daphne, monitor: Monitor, older: Monitor
) -> None:
    opened(page, server, f"/monitors/{monitor.pk}/")
    press(page, "p")
    expect(page.locator("[data-part=status] .paused")).to_be_visible()
    press(page, "m")
    expect(page.locator("#row-menu")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#row-menu")).to_be_hidden()
    press(page, "#")
    expect(page.locator("#monitor-gone")).to_be_visible()
    expect(page.locator(".snack button")).to_be_visible()
    press(page, "z")
    expect(page.locator("#monitor-gone")).to_be_hidden()
    is_live(page)
    press(page, "j")
    expect(page).to_have_url(at(f"/monitors/{older.pk}/"))
    is_live(page)
    press(page, "k")
    expect(page).to_have_url(at(f"/monitors/{monitor.pk}/"))
    is_live(page)
    press(page, "e")
    expect(page).to_have_url(at(f"/monitors/{monitor.pk}/edit/"))
