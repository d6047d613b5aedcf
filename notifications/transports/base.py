"""What every transport is: what it must be told, how often it may send, and how it sends."""

import hashlib
import html
import json
import logging
import traceback
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, quote_plus, urlsplit

import orjson
from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from notifications.outgoing import Outgoing
from notifications.severity import Severity
from notifications.transports._guide import Guide

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)


ADDRESSES = ("server", "url", "endpoint")
"""Params that may hold the address of a service of one's own."""


class TransportError(Exception):
    """A message was not taken. The text of the error says why, in the reader's language."""

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        answer: str = "",
        fault: "StrOrPromise" = "",
    ) -> None:
        super().__init__(message)
        self.fault = fault
        """What an admin must mend, where it lies in this server's settings: then no destination
        is to blame, and it is tried again."""
        self.permanent = permanent and not fault
        """Whether sending it again would end the same way: a bad token, a refused content."""
        self.retry_after = retry_after
        """Seconds, where the service said so."""
        self.answer = answer
        """The head of what the service said."""

    @property
    def is_silence(self) -> bool:
        """Whether the service said nothing, or no more than that it does not work."""
        return not self.permanent and self.retry_after is None


class ForbiddenError(TransportError):
    """The way out does not lead to where it would have to go."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds, by the service's own documentation."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Action:
    """A link that does something once, without a log-in: acknowledge, snooze, re-arm."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with its label, in the reader's language: the price, the level, when, by whom."""

    name: str
    """Which one it is, whatever the language: `price`, `level`, `change`, `time` …"""
    label: str
    value: str
    trend: int = 0
    """1 where it is a rise, -1 where it is a fall."""


BRIEFLY = ("change", "time", "delay")
"""The facts that a digest tells, beside what a title says."""

LONGEST_BRIEF = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One notification as it is told, its texts in the reader's language."""

    seq: int
    kind: str
    severity: Severity
    title: str
    lines: Sequence[str]
    """What follows the title and is no fact: that it comes late, a note, a user's own text."""
    facts: Sequence[Fact] = ()
    """Told once: what is here is not in the lines."""
    url: str = ""
    """Of its page, absolute; empty where the server does not know its own address."""
    actions: Sequence[Action] = ()
    fired_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """The notification as in REST (contract §4), for machines."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the placeholders of users' templates stand for (`notifications.placeholders`)."""

    @property
    def brief(self) -> str:
        """All that a digest says of it beside its title, in one line."""
        told = [
            fact.value if fact.name != "delay" else f"{fact.label}: {fact.value}"
            for fact in self.facts
            if fact.name in BRIEFLY
        ]
        said = " · ".join([*told, *(part for line in self.lines for part in line.splitlines())])
        return said if len(said) <= LONGEST_BRIEF else said[: LONGEST_BRIEF - 1] + "…"

    @property
    def headline(self) -> str:
        """Its title and, behind it, the brief: its line in a digest."""
        return f"{self.title} · {self.brief}" if self.brief else self.title


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once: one notification, or a digest of several, the gravest first."""

    key: str
    """The same at each try, so that a receiver can tell a repeat."""
    title: str
    items: Sequence[Item]
    language: str = "en"

    @property
    def severity(self) -> Severity:
        """That of the gravest item."""
        return max(item.severity for item in self.items)

    @property
    def is_digest(self) -> bool:
        """Whether it tells of several notifications."""
        return len(self.items) > 1

    @property
    def url(self) -> str:
        """The page to open: that of the one notification, or none."""
        return self.items[0].url if not self.is_digest else ""

    @property
    def facts(self) -> Sequence[Fact]:
        """The facts of the one notification; a digest tells them in its lines."""
        return self.items[0].facts if not self.is_digest else ()

    def text(self, *, links: bool = True) -> str:
        """Return all that follows the title as plain text."""
        return "\n\n".join(self._item_text(item, links=links) for item in self.items)

    def _item_text(self, item: Item, *, links: bool) -> str:
        facts = [f"{fact.label}: {fact.value}" for fact in item.facts]
        lines = [item.headline] if self.is_digest else [*facts, *item.lines]
        if links:
            lines += [item.url] if item.url else []
            lines += [f"{action.label}: {action.url}" for action in item.actions]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the service said when it took a message."""

    answer: str = ""
    """The head of its answer."""


class Transport(ABC):
    """One way of reaching a user. The module's name is its kind."""

    label: ClassVar["StrOrPromise"]
    guide: ClassVar[Guide]
    Params: ClassVar[type[forms.Form]]
    """What a user must tell it; the fields named in `secrets` are never shown again."""
    secrets: ClassVar[frozenset[str]] = frozenset()
    address: ClassVar[frozenset[str]] = frozenset()
    """The params that say which server it goes to; secrets are kept for that server alone."""
    identity: ClassVar[frozenset[str]] = frozenset()
    """The params that the service counts by; empty: all of them."""
    rates: Sequence[Rate] = ()
    """How often it may send to one destination; what exceeds is merged into digests."""
    longest: ClassVar[int] = 4000
    """What a message's text may have, as `length` counts; a digest is cut into several messages."""

    patience: ClassVar[float] = 20.0
    """Seconds that one message may take, whatever its steps allow themselves."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params

    @classmethod
    def browser_key(cls) -> str:
        """Return the public key by which a browser fills in the form itself.

        Empty where a person types it.
        """
        return ""

    @property
    def bucket(self) -> str:
        """What the service counts by: two destinations of the same robot share its limit.

        It tells no secret.
        """
        counted = {name: str(self.params.get(name, "")) for name in self.identity or self.params}
        told = json.dumps([type(self).__module__, counted], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def service(self) -> str:
        """Names what it sends through: destinations of one service fail and recover together.

        It tells no secret.
        """
        address = next((text for name in ADDRESSES if (text := str(self.params.get(name, "")))), "")
        parts = urlsplit(address)
        kind = type(self).__module__.rpartition(".")[2]
        if not parts.scheme or not parts.netloc:
            return kind
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        return f"{kind}:{hashlib.sha256(origin.encode()).hexdigest()[:16]}"

    @staticmethod
    def length(text: str) -> int:
        """Return a text's length as the service counts it: here in characters."""
        return len(text)

    async def deliver(self, message: Message, outgoing: Outgoing) -> Receipt:
        """Send a message: the door for everyone. Raises TransportError, as `send` does.

        Whatever comes back is in the reader's language, and without the destination's secrets,
        which some services repeat in their answers.
        """
        with translation.override(message.language):
            try:
                receipt = await self.send(message, outgoing)
            except TransportError as error:
                raise TransportError(
                    self._concealed(str(error)),
                    permanent=error.permanent,
                    retry_after=error.retry_after,
                    answer=self._concealed(error.answer),
                    fault=error.fault or self._fault(error),
                ) from None
            except Exception as mistake:  # noqa: BLE001 -- ours in one keeps no other from sending
                # Not logger.exception: what a library says may hold the address, and a token in it.
                told = self._concealed("".join(traceback.format_exception(mistake)))
                logger.error("a transport failed in a way that it should not:\n%s", told)  # noqa: TRY400
                raise TransportError(f"our mistake: {type(mistake).__name__}") from None
        return Receipt(self._concealed(receipt.answer))

    @abstractmethod
    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        """Send a message. Raises TransportError, and nothing else, where it was not taken.

        A service that answers "error" with HTTP 200 has not taken it.
        """

    def _fault(self, error: TransportError) -> "StrOrPromise":
        """Blame the settings where it was they that named a forbidden address."""
        named = any("://" in str(self.params.get(name) or "") for name in self.address)
        return FORBIDDEN if isinstance(error, ForbiddenError) and not named else ""

    def _concealed(self, text: str) -> str:
        for name in self.secrets:
            for form in spellings(str(self.params.get(name) or "")):
                text = text.replace(form, HIDDEN)
                text = _without_beginning_at_end(text, form)
        return text


HIDDEN = "***"
FORBIDDEN = _(
    "The service's address in the settings is in a network that is not in "
    "DELIVERY_ALLOWED_NETWORKS."
)


def spellings(secret: str) -> list[str]:
    """Return how a secret may be written: as it is, in an address, in JSON, in HTML, in base64."""
    in_json = json.dumps(secret)[1:-1], orjson.dumps(secret).decode()[1:-1]
    written = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        *in_json,
        *(text.replace("/", "\\/") for text in in_json),
        html.escape(secret),
        b64encode(secret.encode()).decode(),
    }
    return sorted(written - {""}, key=len, reverse=True)


def _without_beginning_at_end(text: str, secret: str) -> str:
    """Hide the beginning of a secret that was cut where the text was."""
    for kept in range(len(secret) - 1, 3, -1):
        if text.endswith(secret[:kept]):
            return text[:-kept] + HIDDEN
    return text
