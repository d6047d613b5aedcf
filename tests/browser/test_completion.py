"""The symbol field offers what is found while one types: by keyboard, mouse and touch."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from monitors.models import Monitor
from tests.browser.conftest import PATIENCE_MS, is_live, log_in
from tests.live import Daphne
from tests.monitors.listed import GONE, list_known

pytestmark = pytest.mark.browser

SYMBOL, LIST, OPTIONS = "[name=symbol]", "#symbol-choices", "#symbol-choices [role=option]"
ADDRESS = re.compile(r"/api/v1/symbols\?")


@pytest.fixture
def form(page: Page, server: Daphne) -> Page:
    """The page of a new monitor, with some listings to find."""
    list_known([GONE])
    page.goto(f"{server.origin}/monitors/new/")
    is_live(page)
    return page


def write(page: Page, text: str) -> None:
    page.locator(SYMBOL).press_sequentially(text, delay=5)


def is_marked(page: Page, at: int) -> None:
    """One choice is marked, for the eye and for a screen reader."""
    expect(page.locator(OPTIONS).nth(at)).to_have_attribute("aria-selected", "true")
    expect(page.locator(f"{OPTIONS}[aria-selected=true]")).to_have_count(1)
    expect(page.locator(SYMBOL)).to_have_attribute("aria-activedescendant", f"symbol-choices-{at}")


def is_closed(page: Page, value: str) -> None:
    expect(page.locator(LIST)).to_be_hidden()
    expect(page.locator(SYMBOL)).to_have_attribute("aria-expanded", "false")
    expect(page.locator(SYMBOL)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    expect(page.locator(SYMBOL)).to_have_value(value)


def test_initials_by_keyboard(form: Page, tolerated: list[str]) -> None:
    tolerated += ["422"]
    field = form.get_by_role("combobox", name="Symbol")
    write(form, "payh")
    expect(form.locator(OPTIONS)).to_have_count(2)
    expect(form.locator(OPTIONS).first).to_contain_text("平安银行")
    expect(form.locator(OPTIONS).first).to_contain_text("000001.SZ")
    expect(form.locator(OPTIONS).last).to_contain_text("Not in the list")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_attribute("aria-controls", "symbol-choices")
    expect(form.get_by_role("status").filter(has_text="Found: 2")).to_be_attached()
    is_marked(form, 0)
    field.press("Enter")
    is_closed(form, "000001.SZ")
    expect(field).to_be_focused()
    expect(form.locator("#symbol-quote")).to_contain_text("平安银行")
    assert form.url.endswith("/monitors/new/"), "the form is not sent"
    field.press("Enter")
    expect(form.locator(".message.error")).to_be_visible()


def test_arrows_go_round_and_escape_leaves_what_was_typed(form: Page) -> None:
    write(form, "平安")
    expect(form.locator(OPTIONS)).to_have_count(4)
    field = form.locator(SYMBOL)
    field.press("ArrowUp")
    is_marked(form, 3)
    field.press("ArrowDown")
    is_marked(form, 0)
    field.press("ArrowDown")
    is_marked(form, 1)
    expect(form.locator(OPTIONS).nth(1)).to_contain_text("Delisted")
    field.press("Escape")
    is_closed(form, "平安")
    field.press("ArrowDown")
    is_marked(form, 0)
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Tab")
    is_closed(form, "601318.SH")
    expect(field).not_to_be_focused()


def test_tab_alone_replaces_nothing(form: Page) -> None:
    write(form, "apple")
    expect(form.locator(OPTIONS)).to_have_count(3)
    form.locator(SYMBOL).press("Tab")
    is_closed(form, "apple")


def test_who_types_fast_gets_the_first_choice(form: Page) -> None:
    write(form, "gzmt")
    form.locator(SYMBOL).press("Enter")
    is_closed(form, "600519.SH")
    assert form.url.endswith("/monitors/new/")


def test_by_mouse_to_the_end(form: Page) -> None:
    write(form, "长江")
    form.get_by_role("option", name=re.compile("长江电力")).click()
    is_closed(form, "600900.SH")
    expect(form.locator(SYMBOL)).to_be_focused()
    form.fill("fieldset.rule input[type=number]", "30")
    form.click("#save")
    expect(form.locator(".watch")).to_contain_text("600900.SH")
    assert Monitor.objects.get().instrument.symbol == "600900.SH"


def test_it_closes_when_the_field_is_left(form: Page) -> None:
    write(form, "平安")
    expect(form.locator(LIST)).to_be_visible()
    form.click("h1")
    is_closed(form, "平安")


def test_nothing_found_is_said_and_an_empty_field_says_nothing(form: Page) -> None:
    write(form, "没有")
    expect(form.locator("#symbol-found")).to_have_text("Nothing found.")
    expect(form.locator("#symbol-found")).to_be_visible()
    expect(form.locator(LIST)).to_be_hidden()
    form.fill(SYMBOL, "")
    expect(form.locator("#symbol-found")).to_be_empty()


def found(route: Route, *names: str, state: str = "trading") -> None:
    results = [
        {"symbol": f"{name}.US", "name": name, "english_name": "", "kind": "stock", "state": state}
        for name in names
    ]
    route.fulfill(body=json.dumps({"results": results}), content_type="application/json")


def test_the_answer_to_what_was_typed_last_is_shown(form: Page) -> None:
    def answer(route: Route) -> None:
        if route.request.url.endswith("q=AB"):
            found(route, "NEW")

    form.route(ADDRESS, answer)
    with form.expect_request(lambda request: request.url.endswith("q=A")):
        write(form, "A")
    with form.expect_event("requestfailed", lambda request: request.url.endswith("q=A")):
        write(form, "B")
    expect(form.locator(OPTIONS)).to_have_text(re.compile("NEW"))


def test_the_sources_are_asked_where_the_list_has_nothing(form: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if "ask=true" in route.request.url:
            found(route, "TOLD")
        else:
            found(route, "ITSELF", state="unknown")

    form.route(ADDRESS, answer)
    form.evaluate("document.getElementById('symbol-choices').dataset.ask = ''")
    write(form, "tol")
    expect(form.locator(OPTIONS)).to_contain_text("TOLD")
    assert ["ask" in url for url in asked] == [False, True]


def test_without_an_answer_it_is_the_field_that_it_was(form: Page, tolerated: list[str]) -> None:
    tolerated += ["503"]
    form.route(ADDRESS, lambda route: route.fulfill(status=503))
    with form.expect_response(ADDRESS):
        write(form, "AAPL")
    expect(form.locator(LIST)).to_be_hidden()
    form.fill("fieldset.rule input[type=number]", "250")
    form.click("#save")
    expect(form.locator(".watch")).to_contain_text("AAPL.US")


@pytest.mark.parametrize(
    ("locale", "scheme", "says", "label"),
    [
        ("zh-CN", "dark", "找到 4 个，用方向键选择。", "退市"),
        ("en-GB", "light", "Found: 4. Choose with the arrow keys.", "Delisted"),
    ],
)
def test_on_a_phone_by_touch(
    chrome: Browser, server: Daphne, user: object, locale: str, scheme: str, says: str, label: str
) -> None:
    list_known([GONE])
    context = chrome.new_context(
        locale=locale,
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        viewport={"width": 320, "height": 640},
    )
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    log_in(tab, server)
    is_live(tab)
    tab.goto(f"{server.origin}/monitors/new/")
    is_live(tab)
    write(tab, "平安")
    expect(tab.locator(OPTIONS)).to_have_count(4)
    expect(tab.locator("#symbol-found")).to_have_text(says)
    expect(tab.locator(OPTIONS).nth(1)).to_contain_text(label)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    for option in tab.locator(OPTIONS).all():
        box = option.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    is_readable(tab)
    tab.locator(OPTIONS).nth(2).tap()
    is_closed(tab, "601318.SH")
    context.close()


def is_readable(page: Page) -> None:
    """Every text of the choices stands out from what is behind it (WCAG AA: 4.5 to 1)."""
    ratios = page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          const light = (colour) => {
            canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => {
              const share = part / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
          };
          const behind = (part) => {
            const colour = getComputedStyle(part).backgroundColor;
            return colour === "rgba(0, 0, 0, 0)" ? behind(part.parentElement) : colour;
          };
          const parts = document.querySelectorAll("#symbol-choices [role=option] > *");
          return [...parts].map((part) => {
            const lights = [light(getComputedStyle(part).color), light(behind(part))];
            return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
          });
        }"""
    )
    assert ratios
    assert min(ratios) >= 4.5
