"""The first word of the line that makes a monitor is completed: by keyboard, mouse and touch."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from monitors.models import Monitor
from tests.browser.accessibility import violations
from tests.browser.conftest import PATIENCE_MS, is_live, log_in, until
from tests.browser.in_language import EVERYWHERE, choose
from tests.live import Daphne
from tests.monitors.listed import list_known

pytestmark = pytest.mark.browser

LINE, LIST, OPTIONS = "#quick-line", "#quick-choices", "#quick-choices [role=option]"
LABELS = {"en": "New monitor in one line", "zh-hans": "一行新建监控"}
RULE_LACKS = {"en": "at least one rule", "zh-hans": "至少"}


@pytest.fixture
def line(page: Page, server: Daphne) -> Page:
    """The watchlist, with some listings to find."""
    list_known()
    page.goto(server.origin)
    is_live(page)
    return page


def write(page: Page, text: str) -> None:
    page.locator(LINE).press_sequentially(text, delay=5)


def is_closed(page: Page, value: str) -> None:
    expect(page.locator(LIST)).to_be_hidden()
    expect(page.locator(LINE)).to_have_attribute("aria-expanded", "false")
    expect(page.locator(LINE)).to_have_value(value)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_a_half_typed_code_is_offered_and_no_mistake(
    line: Page, server: Daphne, language: str, width: int
) -> None:
    choose(line, language, width)
    line.goto(server.origin)
    is_live(line)
    field = line.get_by_role("combobox", name=LABELS[language])
    field.focus()
    below = line.locator("#quick-preview").bounding_box()
    write(line, "6005")
    expect(line.locator(OPTIONS).first).to_contain_text("600519.SH")
    expect(line.locator(OPTIONS).first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_attribute("aria-activedescendant", "quick-choices-0")
    # The line is looked at, too; what stands in its way is kept back.
    expect(line.locator("#quick-preview")).to_be_empty()
    assert line.locator("#quick-preview").bounding_box() == below, "nothing moves"
    assert violations(line) == []
    assert line.evaluate("document.documentElement.scrollWidth") <= width
    field.press("Enter")
    is_closed(line, "600519.SH ")
    expect(field).to_be_focused()
    expect(line.locator("#quick-preview")).to_contain_text(RULE_LACKS[language])
    write(line, "tp 1800")
    expect(line.locator("#quick-preview .good")).to_contain_text("贵州茅台")
    expect(line.locator(LIST)).to_be_hidden()
    assert not Monitor.objects.exists(), "the first Enter only chose"
    field.press("Enter")
    expect(line.locator(".watch")).to_contain_text("600519.SH")


def test_arrows_choose_and_escape_says_what_is_wrong(line: Page) -> None:
    field = line.locator(LINE)
    write(line, "中国平安")
    expect(line.locator(OPTIONS)).to_have_count(2)
    field.press("ArrowDown")
    expect(line.locator(OPTIONS).nth(1)).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    is_closed(line, "中国平安")
    expect(line.locator("#quick-preview .meant a")).to_have_count(2)
    field.press("Escape")
    expect(field).to_have_value("")
    expect(line.locator("#quick-preview")).to_be_empty()


def test_only_the_first_word_is_completed_and_the_rest_stays(line: Page) -> None:
    field = line.locator(LINE)
    field.fill("gzm tp 1800")
    field.press("Home")
    field.press("ArrowRight")
    field.press("ArrowRight")
    field.press("ArrowRight")
    write(line, "t")
    expect(line.locator(OPTIONS).first).to_contain_text("贵州茅台")
    field.press("ArrowRight")
    expect(line.locator(LIST)).to_be_hidden()
    field.press("ArrowLeft")
    field.press("ArrowDown")
    expect(line.locator(LIST)).to_be_visible()
    line.locator(OPTIONS).first.click()
    is_closed(line, "600519.SH tp 1800")
    expect(line.locator("#quick-preview .good")).to_be_visible()
    assert field.evaluate("(field) => field.selectionStart") == len("600519.SH ")


def test_a_whole_line_is_made_by_one_enter(line: Page) -> None:
    line.locator(LINE).fill("600519 tp 1800")
    line.locator(LINE).press("Enter")
    expect(line.locator(".watch")).to_contain_text("600519.SH")


def test_who_types_fast_gets_the_first_choice(line: Page) -> None:
    write(line, "gzmt")
    line.locator(LINE).press("Enter")
    is_closed(line, "600519.SH ")
    assert not Monitor.objects.exists()


def test_without_an_answer_the_line_is_what_it_was(line: Page, tolerated: list[str]) -> None:
    tolerated += ["503"]

    def refuse(route: Route) -> None:
        route.fulfill(status=503)

    line.route(re.compile(r"/api/v1/symbols\?"), refuse)
    write(line, "nothing")
    expect(line.locator("#quick-preview .error")).to_be_visible()
    expect(line.locator(LIST)).to_be_hidden()


def test_who_leaves_the_line_hears_what_stands_in_its_way(line: Page) -> None:
    write(line, "6005")
    expect(line.locator(LIST)).to_be_visible()
    line.click("h1")
    is_closed(line, "6005")
    expect(line.locator("#quick-preview .error")).to_be_visible()


def test_on_a_phone_by_touch(chrome: Browser, server: Daphne, user: object) -> None:
    list_known()
    context = chrome.new_context(
        locale="zh-CN", has_touch=True, is_mobile=True, viewport={"width": 320, "height": 640}
    )
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    log_in(tab, server)
    is_live(tab)
    write(tab, "平安")
    expect(tab.locator(OPTIONS)).to_have_count(3)
    until(tab, "() => document.documentElement.scrollWidth <= 320")
    for option in tab.locator(OPTIONS).all():
        box = option.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 320
    tab.locator(OPTIONS).nth(1).tap()
    expect(tab.locator(LINE)).to_have_value(re.compile(r"^\d+\.\w\w $"))
    expect(tab.locator(LINE)).to_be_focused()
    context.close()
