"""Making and changing monitors in a real browser: in both languages, on a desk and on a phone."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from monitors.models import Monitor, Rule
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import read_in
from tests.conftest import Trade
from tests.live import Daphne
from tests.monitors.listed import list_known
from tests.monitors.test_pages import watch
from tests.monitors.test_pages_acting import aim

pytestmark = pytest.mark.browser

LOOKS = [(1280, "light", "en"), (360, "dark", "zh-hans")]
WORDS = {
    "en": {
        "none": "Without a group",
        "undo": "Undo",
        "delete": "Delete",
        "close": "Until the close",
        "meant": "did you mean",
        "slip": "so already",
        "stop": "not below the entry zone",
        "way": "Price now, and how far it is to this level",
    },
    "zh-hans": {
        "none": "未分组",
        "undo": "撤销",
        "delete": "删除",
        "close": "至收盘",
        "meant": "是否指",
        "slip": "已满足条件",
        "stop": "止损价不低于买入区间",
        "way": "当前价及距此价位的幅度",
    },
}


@pytest.fixture(params=LOOKS, ids=["desk", "phone"])
def words(request: pytest.FixtureRequest, page: Page, server: Daphne) -> dict[str, str]:
    """What the page says in the language in which it is looked at."""
    width, scheme, language = request.param
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    read_in(language)
    return WORDS[language]


def go(page: Page, server: Daphne, address: str = "/") -> None:
    page.goto(server.origin + address)
    is_live(page)


def looks_right(page: Page) -> None:
    """Everybody can use the page as it is now, and it fits."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_line_is_read_while_it_is_typed(
    page: Page, server: Daphne, words: dict[str, str], user: User, trade: Trade
) -> None:
    watch(user, "600519")
    trade("1700")
    go(page, server)
    page.keyboard.press("n")
    line = page.locator("#quick-line")
    expect(line).to_be_focused()
    line.press_sequentially("600519 1650-1680 tpp 1800")
    preview = page.locator("#quick-preview")
    expect(preview.locator("mark")).to_have_text("tpp")
    expect(preview).to_contain_text(words["meant"])
    looks_right(page)
    line.fill("600519 1650-1680 tp 1800 sl 1750 note abc")
    expect(preview).to_contain_text("+5.88 %")
    expect(preview).to_contain_text(words["slip"])
    expect(preview).to_contain_text(words["stop"])
    looks_right(page)
    line.press("Enter")
    expect(page.locator("[data-monitor]")).to_have_count(2)
    expect(page.locator("main")).to_contain_text(words["slip"])
    assert Monitor.objects.latest("pk").note == "abc"


def test_a_monitor_is_deleted_and_had_back(
    page: Page, server: Daphne, words: dict[str, str], user: User, trade: Trade
) -> None:
    monitor = watch(user)
    trade("1700")
    go(page, server)
    row = page.locator(f'[data-monitor="{monitor.pk}"]')
    row.locator("[data-act=more]").focus()
    page.keyboard.press("Enter")
    menu = page.locator("#row-menu")
    expect(menu.locator("a").first).to_be_focused()
    looks_right(page)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(row.locator("[data-act=more]")).to_be_focused()
    row.locator("[data-act=more]").click()
    menu.get_by_role("button", name=words["delete"]).click()
    expect(row).to_have_count(0)
    snack = page.locator(".snack")
    looks_right(page)
    snack.get_by_role("button", name=words["undo"]).click()
    expect(row).to_have_count(1)
    assert Monitor.objects.get().pk == monitor.pk


def test_a_monitor_is_paused_for_a_time(
    page: Page, server: Daphne, words: dict[str, str], user: User
) -> None:
    monitor = watch(user)
    go(page, server)
    row = page.locator(f'[data-monitor="{monitor.pk}"]')
    row.locator("[data-act=more]").click()
    page.locator("#row-menu").get_by_role("button", name=words["close"]).click()
    expect(page.locator(".snack")).to_have_count(1)
    monitor.refresh_from_db()
    assert monitor.snoozed_until is not None
    go(page, server, f"/monitors/{monitor.pk}/snooze/")
    looks_right(page)


def test_a_level_is_changed_where_it_is_shown(
    page: Page,
    server: Daphne,
    words: dict[str, str],
    user: User,
    trade: Trade,
    tolerated: list[str],
) -> None:
    tolerated.append("status of 422")
    aim(user, "1800")
    trade("1700")
    go(page, server)
    level = page.locator("[data-level-edit]")
    field = page.locator(".level-field input")
    level.click()
    expect(field).to_be_focused()
    field.fill("abc")
    field.press("Enter")
    expect(page.locator(".level-field small")).not_to_be_empty()
    looks_right(page)
    field.press("Escape")
    expect(level).to_be_focused()
    expect(level).to_have_text("1800")
    page.keyboard.press("e")
    field.fill("+10%")
    field.press("Enter")
    expect(level).to_have_text("1870")
    # The row is drawn anew, as it is armed for another level.
    expect(page.locator("[data-levels*='1870']")).to_have_count(1)
    assert Rule.objects.get().params == {"price": "1870"}
    snack = page.locator(".snack")
    expect(snack).to_contain_text("1800 → 1870")
    snack.get_by_role("button", name=words["undo"]).click()
    expect(snack).to_contain_text("1870 → 1800")
    expect(level).to_have_text("1800")
    expect(page.locator("[data-levels*='1800']")).to_have_count(1)


def test_a_level_is_saved_by_who_goes_on_to_something_else(
    page: Page, server: Daphne, words: dict[str, str], user: User, tolerated: list[str]
) -> None:
    tolerated.append("status of 422")
    aim(user, "1800")
    go(page, server)
    level, field = page.locator("[data-level-edit]"), page.locator(".level-field input")
    level.click()
    expect(field).to_have_attribute("inputmode", "text")
    page.keyboard.press("Tab")
    expect(field).to_have_count(0)
    expect(page.locator(".snack")).to_have_count(0)
    level.click()
    field.fill("1850")
    page.locator("h1").click()
    expect(level).to_have_text("1850")
    expect(level).not_to_be_focused()
    assert Rule.objects.get().params == {"price": "1850"}
    expect(page.locator("[data-levels*='1850']")).to_have_count(1)
    level.click()
    field.fill("abc")
    page.locator("h1").click()
    expect(page.locator(".level-field small")).not_to_be_empty()
    expect(field).to_have_value("abc")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(level).to_have_text("1850")
    page.locator(".snack").get_by_role("button", name=words["undo"]).click()
    expect(level).to_have_text("1800")


def test_a_row_waits_while_somebody_types_in_it(
    page: Page,
    server: Daphne,
    words: dict[str, str],
    user: User,
    trade: Trade,
    tolerated: list[str],
) -> None:
    tolerated.append("status of 422")
    aim(user, "1800", trading_hours_only=False)
    go(page, server)
    field = page.locator(".level-field input")
    page.locator("[data-level-edit]").click()
    field.fill("abc")
    with page.expect_response("**/monitors/rows/*"):
        trade("1801")
    field.press("Enter")
    expect(page.locator(".level-field small")).not_to_be_empty()
    page.locator("h1").click()
    expect(field).to_have_value("abc")
    expect(page.locator(".rule.armed")).to_have_count(1)
    field.press("Escape")
    expect(page.locator(".rule.fired")).to_have_count(1)


def test_a_level_that_looks_like_a_slip_is_saved_and_says_so(
    page: Page, server: Daphne, words: dict[str, str], user: User, trade: Trade
) -> None:
    aim(user, "1800")
    trade("1700")
    go(page, server)
    page.locator("[data-level-edit]").click()
    field = page.locator(".level-field input")
    field.fill("1690")
    field.press("Enter")
    said = page.locator("#snacks[role=status]")
    expect(said.locator(".caution")).to_contain_text(words["slip"])
    looks_right(page)
    assert Rule.objects.get().params == {"price": "1690"}


def test_the_form_says_how_far_and_what_looks_like_a_slip(
    page: Page, server: Daphne, words: dict[str, str], user: User, trade: Trade
) -> None:
    monitor = watch(user)
    trade("1700")
    go(page, server, f"/monitors/{monitor.pk}/edit/")
    target = page.locator("fieldset.rule", has=page.locator("input[value='1800']"))
    distance = target.get_by_role("status", name=words["way"])
    expect(distance).to_have_text("1700.00 → +5.88 %")
    target.locator(".levels input").fill("")
    expect(distance).to_have_text("1700.00")
    target.locator(".levels input").fill("1690")
    expect(distance).to_have_text("1700.00 → -0.59 %")
    expect(target.locator(".caution")).to_contain_text(words["slip"])
    looks_right(page)
    trade("1650")
    expect(distance).to_have_text("1650.00 → +2.42 %")


def test_monitors_are_put_into_groups(
    page: Page, server: Daphne, words: dict[str, str], user: User
) -> None:
    watch(user)
    aim(user, "1900", group="Holdings")
    go(page, server, "/?group=own")
    expect(page.locator(".group h2")).to_have_text(["Holdings", words["none"]])
    page.locator(".tick").last.check()
    name = page.locator(".bulk [name=group]")
    name.fill("观察")
    looks_right(page)
    name.press("Enter")
    expect(page.locator(".group h2")).to_have_text(["Holdings", "观察"])
    is_live(page)
    assert sorted(Monitor.objects.groups(user.pk)) == ["Holdings", "观察"]
    page.locator(".tick").first.check()
    page.locator(".bulk [name=until]").select_option("close")
    page.locator(".bulk [value=pause]").click()
    expect(page.locator(".label.paused")).to_have_count(1)
    assert Monitor.objects.get(group="Holdings").snoozed_until


def test_a_table_is_pasted_and_corrected(
    page: Page, server: Daphne, words: dict[str, str], user: User, trade: Trade
) -> None:
    watch(user)
    trade("1700")
    go(page, server, "/monitors/bulk/")
    looks_right(page)
    page.fill("#table", "600519\t1650\t1680\t1800\t1600\nAAPL tpp 200\n600519 tp 180")
    page.click("button[value=look]")
    is_live(page)
    rows = page.locator(".bulk-rows li")
    expect(rows).to_have_count(3)
    expect(page.locator(".bulk-rows .wrong")).to_contain_text(words["meant"])
    expect(rows.nth(2)).to_contain_text(words["slip"])
    looks_right(page)
    page.evaluate("window.sameDocument = true")
    rows.nth(1).locator("input").fill("AAPL tp 200")
    page.keyboard.press("Tab")
    expect(page.locator(".bulk-rows .good")).to_have_count(3)
    expect(page.locator("#counts")).not_to_contain_text("·")
    expect(rows.nth(2).locator("input")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True
    assert Monitor.objects.count() == 1
    page.click("button[value=all]")
    expect(page.locator("[data-monitor]")).to_have_count(4)


def test_in_a_table_a_name_of_several_stocks_is_put_right_by_a_button(
    page: Page, server: Daphne, words: dict[str, str]
) -> None:
    list_known()
    go(page, server, "/monitors/bulk/")
    page.fill("#table", "600519 tp 1800\n中国平安 tp 60")
    page.click("button[value=look]")
    is_live(page)
    choices = page.locator(".bulk-rows .meant button")
    expect(choices).to_have_count(2)
    looks_right(page)
    page.evaluate("window.sameDocument = true")
    choices.filter(has_text="601318.SH").press("Enter")
    expect(page.locator(".bulk-rows .good")).to_have_count(2)
    expect(page.locator("#line-2")).to_have_value("601318.SH tp 60")
    expect(page.locator("#line-2")).to_be_focused()
    assert page.evaluate("window.sameDocument") is True
    page.click("button[value=all]")
    expect(page.locator("[data-monitor]")).to_have_count(2)
