"""Transports, the way out, and the services that stand in for the real ones."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientTimeout
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import translation

from notifications.kinds import transport_kinds
from notifications.message import Action, Fact, Item, Message
from notifications.outgoing import Outgoing
from notifications.severity import Severity
from notifications.transports.base import Receipt, Transport
from tests.standin_services._server import StandInServices

TITLE = "Take profit: 贵州茅台 at 1800.10"
FACTS = (
    Fact("price", "Price", "1800.10 CNY"),
    Fact("change", "Change", "▲ +5.0 %", 1),
    Fact("time", "Time", "2026-11-24 10:31:02 (Asia/Shanghai)"),
)
LINES = ("sell half",)
PAGE = "https://stocks.example/monitors/7/"


def item(**fields: Any) -> Item:
    """A notification as it is told."""
    values: dict[str, Any] = {
        "seq": 813, "kind": "take_profit", "severity": Severity.NORMAL, "title": TITLE,
        "facts": FACTS, "lines": LINES, "url": PAGE,
        "actions": [Action("Acknowledge", "https://stocks.example/a/Zx-1?once=1")],
    }  # fmt: skip
    values |= fields
    told = {name: values[name] for name in ("seq", "kind", "title", "url")}
    texts = {"title": values["title"], "kind": values["kind"], "url": values["url"]}
    facts = [f"{fact.label}: {fact.value}" for fact in values["facts"]]
    told |= {"body": "\n".join([*facts, *values["lines"]])}
    return Item(**{"data": told, "values": texts} | values)


def message(*items: Item, **fields: Any) -> Message:
    """A message of one notification, or a digest of several."""
    told = items or (item(),)
    title = told[0].title if len(told) == 1 else f"{len(told)} notifications"
    return Message(**{"key": "k-813", "title": title, "items": told} | fields)


def cleaned(kind: str, **typed: str) -> dict[str, Any]:
    """What a transport's form makes of what a user types. Fails where it takes it for wrong."""
    form = transport_kinds()[kind].Params(typed)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def complaints(kind: str, **typed: str) -> dict[str, list[str]]:
    """What a transport's form says is wrong."""
    form = transport_kinds()[kind].Params(typed)
    with translation.override("en"):
        return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


@dataclass
class Desk:
    """Transports of every kind, set up for the services that stand in."""

    services: StandInServices
    outgoing: Outgoing

    def transport(self, kind: str, **typed: str) -> Transport:
        """A transport as a user sets it up; what is typed replaces what the service suggests."""
        suggested = self.services[kind].params(self.services.url(kind))
        return transport_kinds()[kind](cleaned(kind, **suggested | typed))

    async def deliver(self, kind: str, told: Message | None = None, **typed: str) -> Receipt:
        """Deliver a message."""
        return await self.transport(kind, **typed).deliver(told or message(), self.outgoing)

    def taken(self, kind: str) -> str:
        """The text of the one message that the service has taken."""
        [one] = self.services[kind].taken
        return one.text

    def content(self, kind: str) -> Any:
        """The content of the one message that the service has taken."""
        [one] = self.services[kind].taken
        return one.content


@pytest.fixture(autouse=True)
def _this_machine_is_allowed(settings: Any) -> None:
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
async def desk(settings: Any) -> AsyncIterator[Desk]:
    async with StandInServices() as services:
        for name, address in services.settings().items():
            setattr(settings, name, address)
        outgoing = Outgoing()
        yield Desk(services, outgoing)
        await outgoing.close()


@pytest.fixture
async def impatient(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outgoing]:
    """A way out that does not wait for long."""
    monkeypatch.setattr("notifications.outgoing.client.TIMEOUT", ClientTimeout(total=0.3))
    outgoing = Outgoing()
    yield outgoing
    await outgoing.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody has signed but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    day = timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
        .add_extension(names, False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file
