"""The pages in a real browser, on a live server: what a person sees."""

import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from monitors.market import QuoteState
from monitors.models import Instrument, Monitor
from notifications.log.reading import mark_read
from tests.browser.conftest import is_live
from tests.conftest import Tell, Trade
from tests.live import Daphne
from tests.monitors.listed import list_known
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser


def test_a_monitor_is_made_and_its_toast_comes_when_it_fires(
    page: Page, server: Daphne, trade: Trade
) -> None:
    page.click("text=Make your first monitor")
    page.fill("[name=symbol]", "sh600519")
    page.click("fieldset.rule >> text=Remove")
    page.select_option("#new-kind", "take_profit")
    page.click("text=Add rule")
    page.fill("fieldset.rule input[type=number]", "1800")
    page.click("#save")
    expect(page.locator(".watch")).to_contain_text("600519.SH")
    is_live(page)

    page.evaluate("window.sameDocument = true")
    trade("1790.00")
    expect(page.locator("[data-price]")).to_have_text("1790.00")
    expect(page.locator("[data-way-distance]")).to_have_text("+0.56 %")
    trade("1801.50")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("reached 1800")
    expect(page.locator("[data-price]")).to_have_text("1801.50")
    expect(page.locator(".watch .label.fired")).to_have_text("Fired")
    expect(page.locator("#unread")).to_have_text("1")
    expect(page).to_have_title("(1) Monitors · Stockwatch")
    toast.get_by_label("Dismiss").click()
    expect(toast).to_have_count(0)
    expect(page.locator("#unread")).to_be_hidden()
    assert page.evaluate("window.sameDocument") is True


def test_a_stop_loss_stays_until_it_is_dismissed(page: Page, user: User, tell: Tell) -> None:
    tell(user, kind="stop_loss", title="Fell")
    tell(user, kind="take_profit", title="Rose")
    expect(page.locator(".toast")).to_have_count(2)
    expect(page.locator(".toast[role=alert]")).to_contain_text("Fell")
    assert page.locator(".toast:not(.stays)").count() == 1


def test_the_list_of_notifications_grows_and_is_read_by_itself(
    page: Page, user: User, tell: Tell
) -> None:
    tell(user, title="The first")
    page.click("#main-nav >> text=Notifications")
    is_live(page)
    tell(user, title="The second", url="/monitors/7/")
    items = page.locator("#notifications .notification.unread")
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("The second")
    expect(items.first.get_by_role("link", name="Show")).to_have_attribute("href", "/monitors/7/")
    expect(page.locator("#unread")).to_have_text("2")
    mark_read(user.pk, 1)
    expect(items).to_have_count(1)
    expect(page.locator("#unread")).to_have_text("1")
    page.click("text=Mark all as read")
    expect(page.locator("#unread")).to_be_hidden()
    expect(page).to_have_title("Notifications · Stockwatch")


def test_both_languages(page: Page, user: User, trade: Trade) -> None:
    page.click("#menu > summary")
    page.click("text=中文")
    expect(page.locator("h1")).to_have_text("监控")
    is_live(page)
    watch(user)
    trade("1801")
    expect(page.locator(".toast")).to_contain_text("止盈：贵州茅台 涨至 1800，现价 1801.00")
    expect(page.locator("#connection")).to_have_text("实时")
    page.click("#menu > summary")
    page.click("header >> text=English")
    expect(page.locator("h1")).to_have_text("Monitors")
    is_live(page)  # or it would ask for what it missed when the test's user is gone already


def test_a_change_elsewhere_is_drawn_and_a_deletion_takes_the_card_away(
    page: Page, user: User
) -> None:
    from monitors import lifecycle

    monitor = watch(user)
    page.reload()
    is_live(page)
    lifecycle.pause([monitor])
    expect(page.locator(".watch .status")).to_have_text("Paused")
    lifecycle.delete([monitor])
    expect(page.locator(".watch")).to_have_count(0)


def test_errors_are_beside_their_fields_and_the_typed_stays(
    page: Page, tolerated: list[str]
) -> None:
    # The browser notes each 4xx that it is answered: the form's, and a price nobody knows.
    tolerated.append("status of 4")
    page.click("text=New monitor")
    page.fill("[name=symbol]", "700")
    page.fill("fieldset.rule input[type=number]", "-5")
    with page.expect_response(re.compile("/monitors/new/")) as answer:
        page.evaluate("document.getElementById('monitor-form').requestSubmit()")
    assert answer.value.status == 422
    expect(page.locator(".field.wrong")).to_have_count(2)
    expect(page.locator("[name=symbol]")).to_have_value("700")
    expect(page.locator(".field.wrong").first).to_contain_text("00700.HK")


def test_the_forms_price_moves(page: Page, server: Daphne, user: User, trade: Trade) -> None:
    monitor = watch(user)
    trade("1700")
    page.goto(f"{server.origin}/monitors/{monitor.pk}/edit/")
    is_live(page)
    trade("1701.25")
    expect(page.locator("#symbol-quote [data-price]")).to_have_text("1701.25")


def test_the_new_form_knows_the_price_of_a_watched_stock(
    page: Page, user: User, trade: Trade
) -> None:
    watch(user)
    trade("1700")
    page.click("text=New monitor")
    page.fill("[name=symbol]", "600519")
    page.press("[name=symbol]", "Tab")
    expect(page.locator("#symbol-quote [data-price]")).to_have_text("1700.00")
    expect(page.locator("#symbol-quote")).to_contain_text("贵州茅台")


def test_a_log_out_elsewhere_is_said(page: Page, user: User) -> None:
    user.set_password("another long password")
    user.save()
    expect(page.locator(".toast")).to_contain_text("You have been logged out")
    expect(page.locator("#connection")).to_have_attribute("data-state", "stopped")


def test_it_works_without_javascript(page: Page, server: Daphne) -> None:
    context = page.context.browser
    assert context is not None
    plain = context.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    tab = plain.new_page()
    list_known()
    tab.goto(f"{server.origin}/monitors/new/")
    tab.fill("[name=symbol]", "贵州茅台")
    tab.fill("fieldset.rule input[type=number]", "250")
    tab.select_option("#new-kind", "stop_loss")
    tab.click("text=Add rule")
    tab.locator(".rule").nth(1).locator(".levels input").fill("200")
    tab.locator(".rule").nth(0).locator(".levels input").fill("250")
    tab.click("#save")
    expect(tab.locator(".watch .rule")).to_have_count(2)
    tab.get_by_role("button", name="Pause").click()
    expect(tab.locator(".watch .status")).to_have_text("Paused")
    plain.close()
    assert [rule.params["price"] for rule in Monitor.objects.get().rules.all()] == ["250", "200"]


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_screen(
    page: Page, server: Daphne, user: User, trade: Trade, tell: Tell, width: int
) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    monitor = watch(user)
    trade("1700", name="An exchange traded fund whose name is as long as names can be")
    trade("1700", state=QuoteState.SUSPENDED, name="*ST茅台")
    tell(user, 120, title="Take profit: a stock with a long name rose to 1800")
    page.set_viewport_size({"width": width, "height": 740})
    for address in ("/", "/notifications/", f"/monitors/{monitor.pk}/"):
        page.goto(server.origin + address)
        is_live(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click("#menu > summary")
        for name in ("Admin", "API"):
            expect(page.get_by_role("link", name=name, exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("address", ["add/", "{}/change/"])
def test_the_admins_form_of_a_monitor_fits_a_laptop(
    page: Page, server: Daphne, user: User, address: str
) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    page.set_viewport_size({"width": 1280, "height": 740})
    page.goto(f"{server.origin}/admin/monitors/monitor/{address.format(watch(user).pk)}")
    beyond = """[...document.querySelectorAll("#content-start *")].filter(
        (part) => part.getBoundingClientRect().right > innerWidth).length"""
    expect(page.locator("#id_rules-0-kind")).to_be_visible()
    assert page.evaluate(beyond) == 0


def test_a_symbol_that_can_be_none_is_said_beside_the_field_and_nowhere_else(page: Page) -> None:
    page.click("text=New monitor")
    for typed, says in (("700", "Say which market"), ("%", "Not a symbol"), ("AAPL", "AAPL.US")):
        page.fill("[name=symbol]", typed)
        page.press("[name=symbol]", "Tab")
        expect(page.locator("#symbol-quote")).to_contain_text(says)


def test_a_price_that_comes_takes_the_doubt_away(page: Page, user: User, trade: Trade) -> None:
    watch(user)
    Instrument.objects.update(polled_at=timezone.now())
    page.reload()
    is_live(page)
    expect(page.locator(".watch")).to_contain_text("No source knows this symbol.")
    trade("1700")
    expect(page.locator(".watch")).not_to_contain_text("No source knows")


def test_a_distance_of_nothing_has_no_minus(page: Page, user: User, trade: Trade) -> None:
    watch(user)
    trade("1690")
    page.reload()
    is_live(page)
    trade("1680.01")
    expect(page.locator("[data-way-level]")).to_have_text("1680")
    expect(page.locator("[data-way-distance]")).to_have_text("+0.00 %")


def test_rules_end_at_twenty_and_focus_stays_among_them(page: Page) -> None:
    page.click("text=New monitor")
    rules, full = page.locator("fieldset.rule"), page.locator("#rules-full")
    for _ in range(19):
        page.click("text=Add rule")
    expect(full).to_be_hidden()
    page.click("text=Add rule")
    expect(rules).to_have_count(20)
    expect(full).to_contain_text("at most 20 rules")
    rules.first.get_by_role("button", name="Remove").click()
    expect(full).to_be_hidden()
    expect(rules.first.get_by_role("button", name="Remove")).to_be_focused()
    rules.last.get_by_role("button", name="Remove").click()
    expect(rules.last.get_by_role("button", name="Remove")).to_be_focused()
    for _ in range(18):
        rules.last.get_by_role("button", name="Remove").click()
    expect(page.locator("#new-kind")).to_be_focused()


LONG = "A very long line that goes on and on, as a note of a user may. " * 12


@pytest.mark.parametrize(("width", "height"), [(1280, 740), (390, 700), (320, 480)])
def test_toasts_stay_on_the_screen_and_leave_the_header_free(
    page: Page, user: User, tell: Tell, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for _ in range(5):
        tell(user, kind="stop_loss", title="Fell", body=LONG + "x" * 300)
    expect(page.locator(".toast")).to_have_count(5)
    place = page.locator("#toasts").bounding_box()
    header = page.locator("header.top").bounding_box()
    assert place is not None
    assert header is not None
    assert place["y"] >= header["y"] + header["height"]
    assert place["y"] + place["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for toast in page.locator(".toast").all():
        box = toast.bounding_box()
        assert box is not None
        assert box["height"] < 230
    page.click("#menu > summary", trial=True)
    for left in range(4, -1, -1):  # each can be dismissed, by scrolling if need be
        page.locator(".toast").first.get_by_label("Dismiss").click()
        expect(page.locator(".toast")).to_have_count(left)
    expect(page.locator("#unread")).to_be_hidden()


def test_who_logs_in_again_in_another_tab_can_save_what_was_typed(
    page: Page, server: Daphne, user: User
) -> None:
    page.goto(f"{server.origin}/monitors/new/")
    is_live(page)
    page.fill("[name=symbol]", "AAPL")
    page.fill("fieldset.rule input[type=number]", "250")
    user.set_password("another long password")
    user.save()
    with page.expect_popup() as opened:
        page.locator(".toast").get_by_role("link", name="Log in").click()
    other = opened.value
    other.fill("[name=username]", "ann")
    other.fill("[name=password]", "another long password")
    other.click("main button")
    expect(other.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("[name=symbol]")).to_have_value("AAPL")
    page.locator(".toast").get_by_label("Dismiss").click()
    page.click("#save")
    expect(page.locator(".watch")).to_contain_text("AAPL.US")
