"""No door leads a user's request into a private network, unless an admin allows it."""

import socket
import threading
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import psutil
import pytest
from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from rest_framework.test import APIClient

from notifications import tasks
from notifications.delivery import allowance, outbox, sending
from notifications.delivery.dispatch import Draft, notify
from notifications.models import Attempt, Delivery
from notifications.outgoing import Outgoing
from stockwatch.background import background_loop
from tests.notifications.resolving import Names

URL = "/api/v1/destinations"
KEY = "ynJ5Ft4atkMkWeo2PAvFhF"
P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"

WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "bark": ("bark", {"key": KEY, "server": "http://{host}"}),
    "bark pasted": ("bark", {"key": "http://{host}/" + KEY + "/x"}),
    "gotify": ("gotify", {"server": "http://{host}", "token": "AbCdEfGh.12345"}),
    "ntfy": ("ntfy", {"topic": "stocks", "server": "http://{host}"}),
    "ntfy pasted": ("ntfy", {"topic": "http://{host}/stocks"}),
    "webhook": ("webhook", {"url": "http://{host}/hook"}),
    "webpush": (
        "webpush",
        {"endpoint": "http://{host}/1", "p256dh": P256DH, "auth": "tBHItJI5svbpez7KI4CCXg"},
    ),
    "apprise": ("apprise", {"url": "mmost://{host}/mq3w8f6zxbnk7rtyu1oasdghjc"}),
}

HOSTS = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[fe80::1%25eth0]", "①②⑦.⓪.⓪.①", "127。0。0。1", "u:p@127.0.0.1", "8.8.8.8@127.0.0.1",
    "localhost", "inside.example", "INSIDE.example.", "mixed.example", "six.example",
    "169.254.169.254", "own.example",
]  # fmt: skip
"""Each is tried with a port where something listens; own.example is this machine's by a public
address."""


class Listener:
    """A server on every address of this machine; it notes by which it was reached."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        reached = self.reached

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                reached.append(self.connection.getsockname()[0])
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(201)
                self.end_headers()
                self.wfile.write(b'{"id": "1", "code": 200}')

            def log_message(self, *_line: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
        self.port = self.server.server_address[1]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, args=(0.01,))
    thread.start()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()
    thread.join()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    names.answers = {
        "localhost": [["127.0.0.1"]],
        "inside.example": [["127.0.0.1"]],
        "inside.example.": [["127.0.0.1"]],
        "mixed.example": [["8.8.8.8", "127.0.0.1"]],
        "six.example": [["::ffff:127.0.0.1"]],
        "own.example": [["198.41.0.4"]],
    }
    # Apprise asks for addresses, too.
    for host in ("127.0.0.1", "169.254.169.254", "0.0.0.0", "::1", "::"):
        names.answers[host] = [[host]]
    monkeypatch.setattr("notifications.outgoing.guard.ThreadedResolver", lambda: names)
    [loopback, *_more] = psutil.net_if_addrs().values()
    own = [loopback[0]._replace(family=socket.AF_INET, address="198.41.0.4")]
    monkeypatch.setattr("psutil.net_if_addrs", lambda: {"eth0": own})
    return names


@pytest.fixture
def doors(
    api: APIClient, user: User, names: Names, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Doors"]:
    way_out = background_loop().run(_open())
    monkeypatch.setattr(sending, "_way_out", [way_out])
    monkeypatch.setattr(allowance, "take", lambda *_asked, **_how: allowance.UNBOUNDED)

    def send_task(name: str, args: tuple[Any, ...] = (), **_options: object) -> None:
        if name == tasks.deliver.name:
            tasks.deliver(*args)

    monkeypatch.setattr(current_app, "send_task", send_task)
    with translation.override("en"):
        yield Doors(api, user)
    background_loop().run(way_out.close())


async def _open() -> Outgoing:
    return Outgoing()


class Doors:
    """By which a user has something sent."""

    def __init__(self, api: APIClient, user: User) -> None:
        self.api, self.user = api, user
        self.browser = Client()
        self.browser.force_login(user)

    def unsaved(self, kind: str, params: dict[str, str]) -> bool:
        answer = self.api.post(f"{URL}/test", {"kind": kind, "name": "x", "params": params})
        return answer.status_code == 200 and answer.json()["ok"]

    def form(self, kind: str, params: dict[str, str]) -> bool:
        sent = {f"params-{name}": value for name, value in params.items()}
        routing = {"name": "x", "least_severity": "1", "zone": "Asia/Shanghai", "test": "1"}
        answer = self.browser.post(f"/destinations/new/?kind={kind}", sent | routing)
        assert answer.status_code in (200, 422)
        return "The test was taken." in unescape(answer.content.decode())

    def saved(self, kind: str, params: dict[str, str]) -> bool:
        answer = self.api.post(URL, {"kind": kind, "name": "x", "params": params})
        if answer.status_code == 400:
            return False
        pk = answer.json()["id"]
        return bool(self.api.post(f"{URL}/{pk}/test").json()["ok"])

    def delivered(self, kind: str, params: dict[str, str]) -> bool:
        answer = self.api.post(URL, {"kind": kind, "name": "x", "params": params})
        if answer.status_code == 400:
            return False
        draft = Draft(user_id=self.user.pk, key="k", kind="take_profit", title="Reached",
                      destinations=[answer.json()["id"]])  # fmt: skip
        with transaction.atomic():
            notify([draft])
        outbox.hand_out(timezone.now())
        assert Attempt.objects.exists()
        return Delivery.objects.latest("pk").state == "sent"


DOORS = ["unsaved", "form", "saved", "delivered"]
every_door = pytest.mark.parametrize("door", DOORS)
# What a browser tells of itself nobody types into a form.
every_way_by_every_door = pytest.mark.parametrize(
    ("way", "door"),
    [(way, door) for way in WAYS for door in DOORS if (way, door) != ("webpush", "form")],
)


def through(doors: Doors, door: str, way: str, host: str) -> bool:
    kind, params = WAYS[way]
    told = {name: value.format(host=host) for name, value in params.items()}
    return bool(getattr(doors, door)(kind, told))


@every_way_by_every_door
def test_no_door_leads_inside(doors: Doors, listener: Listener, way: str, door: str) -> None:
    for host in HOSTS if door == "unsaved" else HOSTS[door == "form" :: 4]:
        assert not through(doors, door, way, f"{host}:{listener.port}"), host
    assert listener.reached == []


@every_way_by_every_door
def test_an_allowed_network_is_let_in(
    doors: Doors, listener: Listener, way: str, door: str, settings: Any
) -> None:
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    for host in ("127.0.0.1", "inside.example"):
        through(doors, door, way, f"{host}:{listener.port}")
        assert listener.reached.pop() == "127.0.0.1"
        Delivery.objects.all().delete()
        doors.user.notifications.all().delete()


@every_door
@pytest.mark.parametrize("way", ["webhook", "apprise"])
def test_a_name_that_leads_inside_a_moment_later_is_not_followed_there(
    doors: Doors, listener: Listener, names: Names, way: str, door: str, settings: Any
) -> None:
    """127.0.0.2 stands for a public address, 127.0.0.1 for the private one behind the name."""
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.2/32")]
    names.answers["rebound.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    through(doors, door, way, f"rebound.example:{listener.port}")
    assert listener.reached == ["127.0.0.2"]
