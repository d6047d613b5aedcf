"""Notifications of the browser itself, in a real one; only the push service is missing."""

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from notifications.message import Action
from notifications.severity import Severity
from notifications.transports import webpush
from tests.browser.conftest import until
from tests.live import PATIENCE, Daphne
from tests.notifications.transports.conftest import item, message

pytestmark = pytest.mark.browser

PUSH_SERVICE = """() => {
    PushManager.prototype.getSubscription = async () => window.subscription ?? null;
    PushManager.prototype.subscribe = async (options) => {
      if (window.broken) throw new DOMException("no push service", "AbortError");
      window.asked = [options.userVisibleOnly, [...options.applicationServerKey]];
      const keys = { p256dh: "BPoint", auth: "secret" };
      return {
        options: { applicationServerKey: options.applicationServerKey.buffer },
        unsubscribe: async () => { window.subscription = null; window.left = true; },
        toJSON: () => ({ endpoint: "https://push.example/1", expirationTime: null, keys }),
      };
    };
}"""

ENABLE = """async ([key, keep]) => {
    const { enablePush } = await import("/static/push/enable.js");
    if (keep) window.subscription = await PushManager.prototype.subscribe({
      userVisibleOnly: true, applicationServerKey: new Uint8Array(keep),
    });
    window.asked = null;
    const { state, problem } = await enablePush({ kind: "webpush", key, name: "My laptop" });
    return [state, problem instanceof Error ? problem.message : problem ?? null];
}"""


class Destinations:
    """What the page posts, and what it is answered."""

    def __init__(self, page: Page) -> None:
        self.posted: list[Any] = []
        self.status, self.body = 200, "{}"
        page.route("**/api/v1/destinations/browser", self._answer)

    def _answer(self, route: Route) -> None:
        assert route.request.headers["x-csrftoken"]
        self.posted.append(route.request.post_data_json)
        route.fulfill(status=self.status, body=self.body, content_type="application/json")


@pytest.fixture
def destinations(page: Page) -> Destinations:
    page.context.grant_permissions(["notifications"])
    page.evaluate(PUSH_SERVICE)
    return Destinations(page)


def enable(page: Page, keep: list[int] | None = None) -> Any:
    return page.evaluate(ENABLE, [webpush.public_key(), keep])


def point() -> list[int]:
    text = webpush.public_key()
    return list(webpush._bytes(text))


def test_turning_it_on_posts_the_subscription(page: Page, destinations: Destinations) -> None:
    assert enable(page) == ["on", None]
    assert page.evaluate("asked") == [True, point()]
    assert destinations.posted == [
        {
            "kind": "webpush",
            "name": "My laptop",
            "former": {},
            "params": {"endpoint": "https://push.example/1", "p256dh": "BPoint", "auth": "secret"},
        }
    ]
    scope = page.evaluate("async () => (await navigator.serviceWorker.ready).scope")
    assert scope == page.url


def test_a_subscription_of_this_server_is_used_again(
    page: Page, destinations: Destinations
) -> None:
    assert enable(page, keep=point()) == ["on", None]
    assert page.evaluate("asked") is None
    assert len(destinations.posted) == 1


def test_a_subscription_of_another_key_is_replaced(page: Page, destinations: Destinations) -> None:
    assert enable(page, keep=[4, *[1] * 64]) == ["on", None]
    assert page.evaluate("left")
    assert page.evaluate("asked") == [True, point()]


def test_what_the_server_refuses_is_told(
    page: Page, destinations: Destinations, tolerated: list[str]
) -> None:
    tolerated.append("status of 400")
    destinations.status, destinations.body = 400, '{"name": ["why"]}'
    assert enable(page) == ["refused", {"name": ["why"]}]


def test_a_push_service_that_fails_is_told(page: Page, destinations: Destinations) -> None:
    page.evaluate("window.broken = true")
    assert enable(page) == ["failed", "no push service"]
    assert destinations.posted == []


def test_without_permission_nothing_is_subscribed(page: Page) -> None:
    destinations = Destinations(page)
    page.evaluate(PUSH_SERVICE)
    page.evaluate("""Notification.requestPermission = async () => "denied" """)
    assert enable(page) == ["denied", None]
    page.evaluate("""Notification.requestPermission = async () => "default" """)
    assert enable(page) == ["dismissed", None]
    assert destinations.posted == []
    page.evaluate("delete window.PushManager")
    assert enable(page) == ["unsupported", None]


ACTIVATED = """async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active.state === "activated";
}"""


PUSH = """async (data) => {
    const event = new PushEvent("push", { data });
    const waited = [];
    event.waitUntil = (promise) => waited.push(promise);
    self.dispatchEvent(event);
    await Promise.all(waited);
}"""


def push(page: Page, data: str) -> None:
    """Let the service worker get a push message, as if from its push service.

    By its own event: what the browser's debugger delivers is dropped where the worker starts.
    """
    until(page, ACTIVATED)
    deadline = time.monotonic() + PATIENCE
    while not page.context.service_workers and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    page.context.service_workers[-1].evaluate(PUSH, data)


SHOWN = """async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.length && all.map((one) => [
      one.title, one.body, one.tag, one.requireInteraction, one.lang, one.data.url,
    ]);
}"""


def shown(page: Page) -> list[Any]:
    """Wait for a notification; return what it shows."""
    deadline = time.monotonic() + PATIENCE
    while not (found := page.evaluate(SHOWN)) and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    [one] = found
    return one


def written(server: Daphne, **fields: Any) -> str:
    told = message(item(url=f"{server.origin}/monitors/", **fields), language="zh-hans")
    return webpush.WebPush({})._content(told).decode()


def test_what_comes_is_shown(page: Page, server: Daphne, destinations: Destinations) -> None:
    enable(page)
    push(page, written(server, severity=Severity.URGENT))
    title, body, *rest = shown(page)
    assert title.startswith("🔴 Take profit")
    assert "1800.10 CNY" in body
    assert rest == ["k-813", True, "zh-hans", f"{server.origin}/monitors/"]


def test_what_cannot_be_read_is_shown_too(
    page: Page, server: Daphne, destinations: Destinations
) -> None:
    enable(page)
    push(page, "no JSON")
    title, *_rest, url = shown(page)
    assert (title, url) == ("Stockwatch", f"{server.origin}/notifications/")


ACTIONS = """async () => {
    const [notification] = await self.registration.getNotifications();
    return notification.actions.map((one) => one.title);
}"""
CLICK = """async (action) => {
    const [notification] = await self.registration.getNotifications();
    const told = [];
    self.clients.openWindow = async (url) => { told.push(["opened", url]); };
    WindowClient.prototype.focus = async function () { told.push(["focused", this.url]); };
    const event = new NotificationEvent("notificationclick", { notification, action });
    const waited = [];
    event.waitUntil = (promise) => waited.push(promise);
    self.dispatchEvent(event);
    await Promise.all(waited);
    return [told, (await self.registration.getNotifications()).length];
}"""


@pytest.mark.parametrize("is_open", [False, True])
def test_a_click_opens_its_page(
    page: Page, server: Daphne, destinations: Destinations, is_open: bool
) -> None:
    enable(page)
    told = json.loads(written(server))
    url = page.url if is_open else f"{server.origin}/monitors/new/"
    push(page, json.dumps(told | {"url": url}))
    shown(page)
    [worker] = page.context.service_workers
    assert worker.evaluate(CLICK, "") == [
        [["focused" if is_open else "opened", url]], 0
    ]  # fmt: skip


def test_a_button_opens_its_link(page: Page, server: Daphne, destinations: Destinations) -> None:
    enable(page)
    actions = [Action(label, f"{server.origin}/a/{label}/") for label in ("Seen", "Pause")]
    push(page, written(server, actions=actions))
    shown(page)
    [worker] = page.context.service_workers
    assert worker.evaluate(ACTIONS) == ["Seen", "Pause"]
    assert worker.evaluate(CLICK, "1") == [[["opened", f"{server.origin}/a/Pause/"]], 0]
