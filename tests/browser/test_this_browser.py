"""The button that has a browser notify, with everything real but the push service."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from notifications.models import Destination
from tests.browser.conftest import is_live
from tests.live import Daphne
from tests.standin_services.webpush import WebPush

pytestmark = pytest.mark.browser

KEYS = WebPush().params("https://push.example")

PUSH_SERVICE = """(keys) => {
    const address = () => localStorage.getItem("push service");
    const key = () => new Uint8Array(JSON.parse(localStorage.getItem("its key") ?? "[]"));
    const subscription = () => address() && {
      endpoint: address(),
      options: { userVisibleOnly: true, applicationServerKey: key().buffer },
      unsubscribe: async () => { localStorage.removeItem("push service"); return true; },
      toJSON: () => ({ endpoint: address(), keys: { p256dh: keys.p256dh, auth: keys.auth } }),
    };
    PushManager.prototype.getSubscription = async () => subscription();
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
      if (localStorage.getItem("no network")) throw new DOMException("no push service");
      const count = 1 + Number(localStorage.getItem("count") ?? 0);
      localStorage.setItem("count", String(count));
      localStorage.setItem("its key", JSON.stringify([...applicationServerKey]));
      localStorage.setItem("push service", `https://push.example/${count}`);
      return subscription();
    };
}"""


@pytest.fixture
def listed(page: Page, server: Daphne) -> Page:
    """The page of destinations, in a browser that may notify."""
    page.context.grant_permissions(["notifications"])
    page.add_init_script(f"({PUSH_SERVICE})({json.dumps(KEYS)})")
    page.goto(f"{server.origin}/destinations/")
    is_live(page)
    return page


def says(page: Page, state: str, words: str) -> None:
    expect(page.locator("#this-browser")).to_have_attribute("data-state", state)
    said = page.locator("#this-browser [data-when]:visible")
    expect(said.filter(has_text=words)).to_have_count(1)


def turn_on(page: Page) -> None:
    page.get_by_role("button", name="Notify this browser").click()
    expect(page.locator(".card.destination")).to_have_count(1)
    says(page, "on", "This browser notifies you.")


def endpoint() -> Any:
    return Destination.objects.get().secret_params["endpoint"]


def test_it_is_turned_on_and_off_by_a_button(
    listed: Page, server: Daphne, user: User, tolerated: list[str]
) -> None:
    tolerated.append("status of 404")  # the server knows no such browser yet
    says(listed, "off", "This browser can notify you")
    turn_on(listed)
    made = Destination.objects.get()
    assert (made.user, made.kind) == (user, "webpush")
    assert re.fullmatch(r"Chrome · (Linux|macOS)", made.name)
    expect(listed.locator(".card.destination h2")).to_contain_text(made.name)
    listed.goto(f"{server.origin}/destinations/new/")
    says(listed, "on", "This browser notifies you.")
    listed.get_by_role("button", name="Stop notifying this browser").click()
    says(listed, "off", "This browser can notify you")
    expect(listed.locator(".card.destination")).to_have_count(0)
    assert not Destination.objects.exists()
    assert listed.evaluate("localStorage.getItem('push service')") is None


def test_one_that_the_server_has_forgotten_is_off(
    listed: Page, user: User, tolerated: list[str]
) -> None:
    tolerated.append("status of 404")
    turn_on(listed)
    Destination.objects.all().delete()
    listed.reload()
    says(listed, "off", "This browser can notify you")
    turn_on(listed)


def test_one_that_was_turned_off_is_turned_on_again(listed: Page) -> None:
    turn_on(listed)
    listed.get_by_role("button", name="Turn off").click()
    says(listed, "off", "This browser can notify you")
    turn_on(listed)
    assert Destination.objects.get().enabled


MOVE = "localStorage.setItem('push service', 'https://push.example/moved')"


def test_another_address_is_told_at_the_next_visit_of_any_page(
    listed: Page, server: Daphne
) -> None:
    turn_on(listed)
    listed.evaluate(MOVE)
    with listed.expect_response("**/api/v1/destinations/browser"):
        listed.goto(f"{server.origin}/notifications/")
    is_live(listed)
    assert endpoint() == "https://push.example/moved"


def test_a_lost_subscription_is_made_anew_at_the_next_visit(listed: Page, server: Daphne) -> None:
    turn_on(listed)
    listed.evaluate("localStorage.removeItem('push service')")
    with listed.expect_response("**/api/v1/destinations/browser"):
        listed.goto(f"{server.origin}/notifications/")
    is_live(listed)
    assert endpoint() == "https://push.example/2"


RENEWED = """async (keys) => {
    const subscription = (endpoint) => ({ endpoint, toJSON: () => ({ endpoint, keys }) });
    const event = new ExtendableEvent("pushsubscriptionchange");
    event.oldSubscription = subscription("https://push.example/1");
    event.newSubscription = subscription("https://push.example/renewed");
    const waited = [];
    event.waitUntil = (promise) => waited.push(promise);
    self.dispatchEvent(event);
    await Promise.all(waited);
}"""


def test_another_address_is_told_by_the_service_worker(listed: Page) -> None:
    turn_on(listed)
    [worker] = listed.context.service_workers
    worker.evaluate(RENEWED, {name: KEYS[name] for name in ("p256dh", "auth")})
    assert endpoint() == "https://push.example/renewed"


def test_a_browser_that_blocks_says_how_to_undo_it(listed: Page) -> None:
    listed.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    listed.reload()
    says(listed, "denied", "set Notifications to Allow")
    expect(listed.locator("#this-browser button:visible")).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [("denied", "denied", "blocks notifications"), ("default", "dismissed", "choose Allow")],
)
def test_who_does_not_allow_it_is_told_what_to_do(
    listed: Page, answer: str, state: str, words: str
) -> None:
    listed.evaluate(f"Notification.requestPermission = async () => '{answer}'")
    listed.get_by_role("button", name="Notify this browser").click()
    says(listed, state, words)
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("lacks", "state", "words"),
    [
        ("delete window.PushManager", "unsupported", "Bark, ntfy and Telegram"),
        (
            "Object.defineProperty(window, 'isSecureContext', { value: false })",
            "insecure",
            "begins with https://",
        ),
    ],
)
def test_a_browser_that_cannot_says_why(listed: Page, lacks: str, state: str, words: str) -> None:
    listed.add_init_script(lacks)
    listed.reload()
    says(listed, state, words)


def test_a_push_service_that_is_away_is_named_and_another_try_works(listed: Page) -> None:
    listed.evaluate("localStorage.setItem('no network', '1')")
    listed.get_by_role("button", name="Notify this browser").click()
    says(listed, "failed", "no push service")
    listed.evaluate("localStorage.removeItem('no network')")
    turn_on(listed)


def test_what_the_server_refuses_is_said_in_its_words(listed: Page, tolerated: list[str]) -> None:
    tolerated.append("status of 400")
    body = json.dumps(["You have 30 destinations, which is the most: delete one first."])
    listed.route(
        "**/api/v1/destinations/browser", lambda route: route.fulfill(status=400, body=body)
    )
    listed.get_by_role("button", name="Notify this browser").click()
    says(listed, "refused", "delete one first")


def test_it_works_under_a_policy_that_allows_its_own_server_only(
    listed: Page, server: Daphne
) -> None:
    def strict(route: Route) -> None:
        answer = route.fetch()
        policy = "default-src 'self'; img-src 'self' data:"
        route.fulfill(
            response=answer, headers={**answer.headers, "content-security-policy": policy}
        )

    listed.route(re.compile("/destinations/(new/)?$"), strict)
    for path in ("/destinations/new/", "/destinations/"):
        listed.goto(server.origin + path)
        is_live(listed)
    turn_on(listed)  # what a policy refuses is in the console, which fails the test


def test_only_its_name_and_use_are_edited(listed: Page) -> None:
    turn_on(listed)
    before = Destination.objects.get().secret_params
    listed.locator(".card.destination h2 a").click()
    expect(listed.locator("[name^=params]")).to_have_count(0)
    listed.fill("[name=name]", "My laptop")
    listed.click("#save")
    expect(listed.locator(".card.destination h2")).to_contain_text("My laptop")
    assert Destination.objects.get().secret_params == before
