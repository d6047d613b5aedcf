"""Where a user is told: each flow in a real browser, in both languages, on a phone and a desk."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from notifications import links
from notifications.models import HIDDEN, Attempt, Delivery, Destination, Notification
from notifications.severity import Severity
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.service_desk import ServiceDesk
from tests.conftest import Tell
from tests.live import Daphne
from tests.monitors.test_pages import watch
from tests.standin_services._faults import Fault, Kind

pytestmark = pytest.mark.browser

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "new": "New destination", "test": "Send a test", "taken": "The test was taken.",
        "wrong": "Nothing is saved yet", "saved": "is saved", "off": "Turn off", "on": "Turn on",
        "off now": "Off", "deliveries": "Deliveries", "sent": "Sent", "failed": "Failed",
        "again": "Send again", "delete": "Delete", "again now": "It is sent again.",
        "address": "Enter an address that begins with https",
    },
    "zh-hans": {
        "new": "新建通知渠道", "test": "发送测试", "taken": "测试消息已被接收。",
        "wrong": "尚未保存", "saved": "已保存", "off": "停用", "on": "启用",
        "off now": "停用", "deliveries": "投递记录", "sent": "已发送", "failed": "失败",
        "again": "重新发送", "delete": "删除", "again now": "正在重新发送",
        "address": "https://",
    },
}  # fmt: skip


def open_at(page: Page, server: Daphne, width: int, language: str = "en") -> dict[str, str]:
    page.set_viewport_size({"width": width, "height": 844})
    if language != "en":
        page.click("#menu > summary")
        page.locator(f"button[name=language][value={language}]").click()
    page.goto(f"{server.origin}/destinations/")
    is_live(page)
    return WORDS[language]


def fill(page: Page, name: str, fields: dict[str, str]) -> None:
    page.fill("[name=name]", name)
    for field, value in fields.items():
        page.fill(f"[name=params-{field}]", value)


def ntfy(desk: ServiceDesk) -> dict[str, str]:
    """What a user types whose server of ntfy is their own."""
    return {**desk.typed("ntfy"), "server": desk.services.url("ntfy")}


def card(page: Page) -> Any:
    return page.locator(".card.destination")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [390, 1280])
def test_from_choosing_a_way_to_deleting_the_destination(
    page: Page, server: Daphne, desk: ServiceDesk, user: User, tell: Tell,
    tolerated: list[str], width: int, language: str,
) -> None:  # fmt: skip
    tolerated += ["status of 404", "status of 422"]  # an unknown browser, and the form's own
    says = open_at(page, server, width, language)
    page.get_by_role("button", name=says["new"]).click()
    page.locator("a.way[href*=ntfy]").click()
    typed = ntfy(desk)

    fill(page, "My server", typed | {"server": "ntfy.example"})
    page.click("#save")
    expect(page.locator(".message.error")).to_contain_text(says["wrong"])
    wrong = page.locator(".field.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text(says["address"])
    expect(wrong.locator("input")).to_have_value("ntfy.example")

    fill(page, "My server", typed)
    page.get_by_role("button", name=says["test"]).click()
    expect(page.locator("#trial")).to_contain_text(says["taken"])
    assert desk.taken("ntfy")
    expect(page.locator("#trial code")).to_contain_text('"id"')
    page.click("#save")
    expect(page.locator(".message.success")).to_contain_text(says["saved"])

    card(page).locator("h2 a").click()
    expect(page.locator("[name=params-topic]")).to_have_value(HIDDEN)
    assert typed["topic"] not in page.content()
    page.fill("[name=name]", "My phone")
    page.click("#save")
    expect(card(page).locator("h2")).to_contain_text("My phone")
    assert Destination.objects.get().secret_params["topic"] == typed["topic"]

    card(page).get_by_role("button", name=says["off"]).click()
    expect(card(page).locator(".status")).to_have_text(says["off now"])
    card(page).get_by_role("button", name=says["on"]).click()
    expect(card(page).get_by_role("button", name=says["off"])).to_be_visible()

    desk.services.misbehave("ntfy", Fault(Kind.REPLY, status=400, body=b'{"error":"no such"}'))
    tell(user, title="Reached")
    desk.work()
    page.get_by_role("link", name=says["deliveries"]).click()
    row = page.locator(".delivery")
    expect(row.locator(".label")).to_have_text(says["failed"])
    expect(row.locator(".tries")).to_contain_text(re.compile(r"\d+ ms.*no such", re.DOTALL))
    row.get_by_role("button", name=says["again"]).click()
    expect(page.locator(".message.success")).to_contain_text(says["again now"])
    desk.work()
    page.reload()
    expect(row.locator(".label")).to_have_text(says["sent"])
    expect(row.locator(".tries li")).to_have_count(2)
    assert "Reached" in desk.taken("ntfy")[-1]

    page.goto(f"{server.origin}/destinations/")
    card(page).get_by_role("link", name=says["delete"]).click()
    page.get_by_role("button", name=says["delete"]).click()
    expect(card(page)).to_have_count(0)
    is_live(page)
    assert not Destination.objects.exists()


def test_by_keyboard_alone(page: Page, server: Daphne, desk: ServiceDesk) -> None:
    page.goto(f"{server.origin}/destinations/new/?kind=ntfy")
    is_live(page)
    typed = ntfy(desk)
    page.focus("[name=name]")
    page.keyboard.type("My phone")
    for name, value in typed.items():
        while page.evaluate("document.activeElement.name") != f"params-{name}":
            page.keyboard.press("Tab")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(value)
    while page.evaluate("document.activeElement.name") != "test":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#trial.success")).to_be_visible()
    page.focus("[name=name]")
    page.keyboard.press("Enter")  # in a field: it saves
    expect(card(page).locator("h2")).to_contain_text("My phone")
    is_live(page)


def test_a_generated_secret_is_shown_once_and_copied(
    page: Page, server: Daphne, desk: ServiceDesk, tolerated: list[str]
) -> None:
    tolerated += ["status of 404", "status of 422"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.origin}/destinations/new/?kind=webhook")
    fill(page, "My program", {"url": desk.typed("webhook")["url"]})
    page.fill("[name=params-template]", '{\n "text": {{ title }}\n}')
    page.click("#save")
    expect(page.locator(".field.wrong")).to_contain_text("Line 2, column ")
    page.fill("[name=params-template]", '{\n "text": "{{ tittle }}"\n}')
    page.click("#save")
    expect(page.locator(".field.wrong")).to_contain_text("Line 2: {{ tittle }} is not known")
    page.fill("[name=params-template]", "")
    page.click("#save")
    secret = Destination.objects.get().secret_params["secret"]
    expect(page.locator(".made input")).to_have_value(secret)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.reload()
    is_live(page)
    expect(page.locator(".made")).to_have_count(0)


def test_it_works_without_javascript(
    page: Page, chrome: Browser, server: Daphne, desk: ServiceDesk
) -> None:
    state = page.context.storage_state()
    plain = chrome.new_context(java_script_enabled=False, storage_state=state)
    tab = plain.new_page()
    tab.goto(f"{server.origin}/destinations/new/")
    expect(tab.locator("#this-browser")).to_contain_text("by JavaScript")
    tab.locator("a.way[href*=ntfy]").click()
    fill(tab, "My phone", ntfy(desk))
    tab.get_by_role("button", name="Send a test").click()
    expect(tab.locator("#trial")).to_contain_text("The test was taken.")
    tab.click("#save")
    expect(card(tab)).to_contain_text("My phone")
    card(tab).get_by_role("button", name="Send a test").click()
    expect(tab.locator(".message.success")).to_contain_text("took the test")
    plain.close()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_link_of_a_message_on_a_phone(
    chrome: Browser, server: Daphne, user: User, tell: Tell, settings: Any, language: str
) -> None:
    settings.SITE_URL = server.origin
    tell(user, monitor=watch(user).pk)
    context = chrome.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN" if language != "en" else "en-GB"
    )
    phone = context.new_page()
    phone.goto(links.actions(Notification.objects.get())[0].url)
    button = phone.get_by_role("button", name="我已看到" if language != "en" else "I have seen it")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44  # a thumb's
    assert violations(phone) == []
    button.click()
    expect(phone.get_by_role("status")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("alert")).to_be_visible()
    assert Notification.objects.get().read_at is not None
    context.close()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_all_that_can_be_done_and_that_of_a_digest(
    chrome: Browser, server: Daphne, user: User, tell: Tell, settings: Any, language: str
) -> None:
    settings.SITE_URL = server.origin
    monitor = watch(user)
    tell(user, 3, monitor=monitor.pk, url=f"/monitors/{monitor.pk}/")
    seen, told = list(Notification.objects.order_by("seq")), language == "en"
    context = chrome.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB" if told else "zh-CN"
    )
    phone = context.new_page()
    phone.goto(links.page(seen[0]))
    expect(phone.get_by_role("button")).to_have_count(6)
    assert violations(phone) == []
    phone.get_by_role("button", name="For an hour" if told else "1 小时").click()
    expect(phone.get_by_role("status")).to_be_visible()
    expect(phone.get_by_role("button")).to_have_count(2)  # a pause is chosen once
    [action] = links.together(seen)
    phone.goto(action.url)
    expect(phone.get_by_role("listitem")).to_have_count(3)
    assert violations(phone) == []
    phone.get_by_role("button", name="I have seen all of these" if told else "我已全部看到").click()
    expect(phone.get_by_role("status")).to_be_visible()
    assert not Notification.objects.filter(read_at=None).exists()
    context.close()


LONG = "A destination whose name is as long as names can be, and with-a-word-that-does-not-break"
ADDRESSES = (
    "/destinations/", "/destinations/new/", "/destinations/new/?kind=telegram",
    "/destinations/new/?kind=webhook", "/deliveries/", "/notifications/", "/docs/webhooks/",
)  # fmt: skip


@pytest.fixture
def much(user: User, tell: Tell) -> None:
    """Destinations in every state, with deliveries in every state, and long words."""
    for number, fields in enumerate(
        (
            {},
            {"enabled": False, "disabled_reason": "x" * 200},
            {"last_error": "gone", "failures": 2},
        )
    ):
        one = Destination(user=user, kind="ntfy", name=f"{LONG[:75]} {number}", **fields)
        one.put_params({"topic": "stocks-7fK2q9xw"})
        one.last_error_at = timezone.now()
        one.save()
    tell(user, title="Take profit: " + LONG, severity=Severity.URGENT)
    states = ("failed", "sent")
    for delivery, state in zip(Delivery.objects.order_by("pk"), states, strict=False):
        Attempt.objects.create(
            delivery=delivery, latency_ms=12_345, ok=state == "sent", answer="answer" * 40,
            error="" if state == "sent" else "refused: " + "why" * 40,
        )  # fmt: skip
        Delivery.objects.filter(pk=delivery.pk).update(state=state)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen_and_everyone_can_use_it(
    page: Page, server: Daphne, much: None, width: int, language: str, tolerated: list[str]
) -> None:
    tolerated.append("status of 404")
    open_at(page, server, width, language)
    page.emulate_media(color_scheme="dark" if language == "en" else "light")
    pages = [*ADDRESSES, f"/destinations/{Destination.objects.order_by('pk')[0].pk}/"]
    for address in pages:
        page.goto(server.origin + address)
        is_live(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert violations(page) == [], address


def test_what_some_cannot_use_is_found(page: Page) -> None:
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    [[rule, _where]] = violations(page)
    assert rule == "label"


def test_a_notification_leads_to_its_deliveries(
    page: Page, server: Daphne, much: None, user: User, tell: Tell
) -> None:
    tell(user, title="Another one")
    page.goto(f"{server.origin}/notifications/")
    first = page.locator(".notification", has_text="Take profit")
    first.locator("a.way-of.failed").click()
    expect(page.locator(".delivery")).to_have_count(3)
    expect(page.locator(".delivery:target")).to_have_class(re.compile("failed"))
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".delivery")).to_have_count(6)
    page.get_by_role("link", name="Show only what failed").click()
    expect(page.locator(".delivery")).to_have_count(1)
    page.get_by_role("button", name="Send all of them again").click()
    expect(page.locator(".message.success")).to_contain_text("1 is sent again.")
    is_live(page)
