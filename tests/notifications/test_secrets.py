"""Secrets of destinations come out nowhere, whatever a service says and however it fails.

Every way is set up with secrets that are easy to recognise, sent to services that repeat them in
every spelling and fail in every way; then everything that comes out is searched.
"""

import logging
import re
from collections.abc import AsyncIterable, Iterator
from io import BytesIO, StringIO
from ipaddress import ip_network
from typing import Any
from zipfile import ZipFile

import pytest
from asgiref.sync import async_to_sync
from celery import current_app
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail as admin_mail
from django.core.management import call_command
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.utils import timezone
from rest_framework.test import APIClient

from notifications import tasks
from notifications.delivery import allowance, delivering, outbox, sending
from notifications.delivery.dispatch import Draft, notify
from notifications.kinds import transport_kinds
from notifications.models import Attempt, Delivery, Destination, Notification
from notifications.outgoing import Outgoing
from stockwatch import urls
from stockwatch.background import background_loop
from stockwatch.mail_server import MailServer
from stockwatch.redis import client as redis
from tests.notifications.secrets_desk import MAIL_PASSWORD, echoes, marks, typed
from tests.servers import free_port
from tests.standin_services._faults import Fault, Kind
from tests.standin_services._server import StandInServices

URL = "/api/v1/destinations"
FAULTS_OF_APPRISE = 3
"""It takes a process of its own for each."""


class Leaks:
    """What must be found nowhere, and what has come out."""

    def __init__(self) -> None:
        self.marks: set[str] = {MAIL_PASSWORD}
        self.places: dict[str, str] = {}
        self.made = ""
        """The webhook's secret that was made for its user."""

    def add(self, place: str, text: object) -> None:
        self.places[place] = self.places.get(place, "") + str(text)

    def found(self) -> list[tuple[str, str]]:
        return [
            (place, mark)
            for place, text in self.places.items()
            for mark in self.marks
            if mark in text
        ]


class Everything(logging.Handler):
    """Keeps every record of every logger, with its arguments and its traceback."""

    def __init__(self, leaks: Leaks) -> None:
        super().__init__(logging.NOTSET)
        self.leaks = leaks
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        # What the services that stand in log is theirs.
        if not record.name.startswith(("aiohttp.server", "aiohttp.access", "mail.log")):
            self.leaks.add(f"log of {record.name}", f"{self.format(record)} {record.args!r}\n")


@pytest.fixture
def leaks() -> Iterator[Leaks]:
    leaks = Leaks()
    handler, root = Everything(leaks), logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", "apprise", "django")}
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield leaks
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def services(settings: Any) -> Iterator[StandInServices]:
    loop = background_loop()
    server = StandInServices()
    loop.run(server.__aenter__())
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.EMAIL_SERVER = MailServer(
        "127.0.0.1", free_port(), "alerts@stocks.example", MAIL_PASSWORD, False, None
    )
    settings.EMAIL_FROM = "alerts@stocks.example"
    settings.SITE_URL = "https://stocks.example"
    for name, address in server.settings().items():
        setattr(settings, name, address)
    yield server
    loop.run(server.__aexit__())


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, leaks: Leaks) -> Iterator[None]:
    """Workers that work as soon as they are asked, and limits that are never reached."""

    def send_task(name: str, args: tuple[Any, ...] = (), **options: object) -> None:
        leaks.add("messages to workers", (name, args, options))
        if name == tasks.deliver.name:
            tasks.deliver(*args)

    monkeypatch.setattr(current_app, "send_task", send_task)
    monkeypatch.setattr(allowance, "take", lambda *_asked, **_how: allowance.UNBOUNDED)
    way_out = background_loop().run(_open())
    monkeypatch.setattr(sending, "_way_out", [way_out])
    yield
    background_loop().run(way_out.close())


async def _open() -> Outgoing:
    return Outgoing()


@pytest.fixture
def told(
    leaks: Leaks, services: StandInServices, api: APIClient, user: User, at_once: None
) -> dict[str, int]:
    """Destinations of every way, by kind, to which everything has been sent in vain and not."""
    User.objects.create_user("chief", is_staff=True)
    found = {}
    for kind, params in typed(services).items():
        body = {"kind": kind, "name": kind, "params": params}
        answer = api.post(URL, body)
        assert answer.status_code == 201, (kind, answer.json())
        leaks.add("answer to POST", answer.content.decode())
        found[kind] = answer.json()["id"]
        kept = Destination.objects.get(pk=found[kind]).transport.params
        leaks.marks |= set(marks(kind, kept))
        _send(leaks, services, api, user, found[kind], body)
    made = api.post(URL, {"kind": "webhook", "name": "made", "params": {"url": services.root}})
    leaks.made = made.json()["params"]["secret"]
    leaks.marks.add(leaks.made)
    return found


def _send(
    leaks: Leaks, services: StandInServices, api: APIClient, user: User, pk: int, body: Any
) -> None:
    """Send by every door, against each fault, and once in peace."""
    kind = body["kind"]
    way, mine = transport_kinds()[kind], Destination.objects.filter(pk=pk)
    stand_in = {"apprise": "mattermost"}.get(kind, kind)
    faults = echoes(mine.get().transport.params, way.secrets)
    for url, sent in ((f"{URL}/{pk}/test", None), (f"{URL}/test", body)):
        if stand_in in services.services:
            services.misbehave(stand_in, Fault(Kind.ECHO, 400))
        leaks.add("answer to a test", api.post(url, sent).content.decode())
    for number, fault in enumerate(faults[:FAULTS_OF_APPRISE] if kind == "apprise" else faults):
        if stand_in in services.services:
            services.misbehave(stand_in, fault)
        _tell(user, f"{kind} {number}", pk)
        mine.update(enabled=True, wait_until=None, refusals=0)
        outbox.hand_out(timezone.now())
        Delivery.objects.pending().delete()
    _tell(user, f"{kind} in peace", pk)
    mine.update(enabled=True, wait_until=None)
    outbox.hand_out(timezone.now())


def _tell(user: User, title: str, pk: int) -> None:
    with transaction.atomic():
        notify(
            [Draft(user_id=user.pk, key=title, kind="take_profit", title=title, destinations=[pk])]
        )


def addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """Every address of the site, its arguments still in place."""
    for one in resolver.url_patterns:
        here = prefix + str(one.pattern).lstrip("^").rstrip("$").replace("/?", "")
        if isinstance(one, URLResolver):
            yield from addresses(one, here)
        elif isinstance(one, URLPattern):
            yield here


def filled(address: str, destination: int) -> list[str]:
    """The address of every row that it may be asked for."""
    rows: list[Any] = [1]
    if "destination" in address:
        rows = [destination]
    elif "attempt" in address:
        rows = list(Attempt.objects.values_list("pk", flat=True).order_by("-pk")[:3])
    elif "deliver" in address:
        rows = list(Delivery.objects.values_list("pk", flat=True).order_by("-pk")[:3])
    elif "notification" in address:
        rows = list(Notification.objects.values_list("pk", flat=True).order_by("-pk")[:3])
    argument = re.compile(r"<[^>]+>|\(\?P<[^>]+>[^)]*\)|\([^)]*\)")
    if not argument.search(address):
        return [address]
    return [argument.sub(str(row), address) for row in rows]


def test_nothing_that_comes_out_tells_a_secret(
    leaks: Leaks, told: dict[str, int], api: APIClient, user: User
) -> None:
    assert told.keys() == transport_kinds().keys()
    outcomes = set(Delivery.objects.values_list("state", flat=True))
    assert outcomes >= {"sent", "failed"}
    browser, admin, root = Client(), Client(), User.objects.create_superuser("root")
    browser.force_login(user)
    admin.force_login(root)
    routes = [one for one in addresses(get_resolver()) if "logout" not in one]
    for kind, pk in told.items():
        for route in routes if kind == "webhook" else [r for r in routes if "destination" in r]:
            for address in filled(route, pk):
                leaks.add(f"GET {address} by the API", _text(api.get(address)))
                leaks.add(f"GET {address} as a page", _text(browser.get(address)))
                leaks.add(f"GET {address} as staff", _text(admin.get(address)))
    for model in apps.get_models():
        leaks.add(f"rows of {model.__name__}", list(model._default_manager.values()))
    leaks.add("sessions", [one.get_decoded() for one in Session.objects.all()])
    exported = StringIO()
    call_command("dumpdata", stdout=exported)
    leaks.add("export", exported.getvalue())
    for name in redis().scan_iter("*"):
        leaks.add("Redis", (name, _value(name)))
    assert len([place for place in leaks.places if place.startswith("GET")]) > 200
    assert any(place.startswith("log of notifications") for place in leaks.places)
    assert leaks.found() == []


def _text(answer: Any) -> str:
    if answer.headers.get("Content-Type") == "application/zip":
        with ZipFile(BytesIO(_body(answer))) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
        assert body
    else:
        body = _body(answer)
    return f"{dict(answer.headers)} {body.decode('utf-8', 'replace')}"


def _body(answer: Any) -> bytes:
    if not answer.streaming:
        return answer.content
    if answer.is_async:
        return async_to_sync(_gathered)(answer.streaming_content)
    return b"".join(answer.streaming_content)


async def _gathered(parts: AsyncIterable[bytes]) -> bytes:
    return b"".join([part async for part in parts])


def _value(name: bytes) -> object:
    read = {
        # As it is: what the cache keeps is no text.
        "string": lambda: redis().execute_command("GET", name, NEVER_DECODE=True),
        "zset": lambda: redis().zrange(name, 0, -1),
        "list": lambda: redis().lrange(name, 0, -1),
        "set": lambda: redis().smembers(name),
        "hash": lambda: redis().hgetall(name),
    }
    kind = redis().type(name)
    return read[kind.decode() if isinstance(kind, bytes) else kind]()


def fails(request: HttpRequest) -> HttpResponse:
    destination = Destination.objects.select_related("user").latest("pk")
    transport = destination.transport
    secrets, params = destination.secret_params, transport.params  # noqa: F841
    raise RuntimeError("broken")


urlpatterns = [path("broken/", fails), *urls.urlpatterns]
handler400 = urls.handler400


@pytest.mark.filterwarnings("ignore:Django checks for ServeStatic")
@pytest.mark.parametrize("debug", [True, False])
def test_a_report_of_an_error_tells_no_secret(
    leaks: Leaks,
    services: StandInServices,
    api: APIClient,
    user: User,
    settings: Any,
    debug: bool,
) -> None:
    params = typed(services)["webhook"]
    api.post(URL, {"kind": "webhook", "name": "w", "params": params})
    kept = Destination.objects.get().transport.params
    leaks.marks |= set(marks("webhook", kept))
    settings.ROOT_URLCONF, settings.DEBUG = __name__, debug
    settings.ADMINS = [("root", "root@stocks.example")]
    browser = Client(raise_request_exception=False)
    api.raise_request_exception = False
    browser.force_login(user)
    sent = {f"params-{name}": value for name, value in params.items()}
    for answer in (
        browser.post("/broken/", sent),
        browser.post("/broken/", sent, headers={"accept": "text/plain"}),
        browser.get("/broken/"),
        api.post("/broken/", {"params": params}),
    ):
        assert answer.status_code == 500
        leaks.add("report", _text(answer))
    assert ("RuntimeError" in leaks.places["report"]) == debug
    assert bool(admin_mail.outbox) != debug
    for one in admin_mail.outbox:
        leaks.add("mail to admins", f"{one.message().as_string()}")
    assert leaks.found() == []


@pytest.mark.usefixtures("at_once")
def test_a_task_that_breaks_tells_no_secret(
    leaks: Leaks,
    services: StandInServices,
    api: APIClient,
    user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = {"kind": "webhook", "name": "w", "params": typed(services)["webhook"]}
    pk = api.post(URL, body).json()["id"]
    params = Destination.objects.get().transport.params
    leaks.marks |= set(marks("webhook", params))

    async def breaks(transport: Any, *_rest: object) -> None:
        raise ValueError(f"no such address: {transport.params}")

    monkeypatch.setattr(transport_kinds()["webhook"], "send", breaks)
    leaks.add("answer to a test", api.post(f"{URL}/{pk}/test").content.decode())
    _tell(user, "first", pk)
    outbox.hand_out(timezone.now())
    assert "our mistake: ValueError" in Attempt.objects.get().error
    assert "no such address" in leaks.places["log of notifications.transports.base"]
    leaks.add("rows", [list(Attempt.objects.values()), list(Destination.objects.values())])

    def dies(*_anything: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(delivering, "_put_down", dies)
    Destination.objects.update(wait_until=None, lease_until="2030-01-01T00:00:00Z")
    Delivery.objects.update(state="pending")
    result = tasks.deliver.apply(args=(pk, "2030-01-01T00:00:00+00:00"))
    assert result.failed()
    leaks.add("traceback", result.traceback)
    assert leaks.found() == []
