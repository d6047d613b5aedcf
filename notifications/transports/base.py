"""What every transport is: what it must be told, how often it may send, and how it sends."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, quote_plus, urlsplit

from django import forms
from django.utils import translation

from notifications.outgoing import Outgoing
from notifications.severity import Severity

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        """Whether sending it again would end the same way: a bad token, a refused content."""
        self.retry_after = retry_after
        """Seconds, where the service said so."""
        self.answer = answer
        """The head of what the service said."""

    @property
    def is_silence(self) -> bool:
        """Whether the service said nothing, or no more than that it does not work."""
        return not self.permanent and self.retry_after is None


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
class Item:
    """One notification as it is told, its texts in the reader's language."""

    seq: int
    kind: str
    severity: Severity
    title: str
    lines: Sequence[str]
    """What follows the title: price, change, time with its zone, source and delay; a note."""
    url: str = ""
    """Of its page, absolute; empty where the server does not know its own address."""
    actions: Sequence[Action] = ()
    fired_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """The notification as in REST (contract §4), for machines."""


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

    def text(self, *, links: bool = True) -> str:
        """Return all that follows the title as plain text."""
        return "\n\n".join(self._item_text(item, links=links) for item in self.items)

    def _item_text(self, item: Item, *, links: bool) -> str:
        lines = [item.title] if self.is_digest else []
        lines += item.lines
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
    Params: ClassVar[type[forms.Form]]
    """What a user must tell it; the fields named in `secrets` are never shown again."""
    secrets: ClassVar[frozenset[str]] = frozenset()
    identity: ClassVar[frozenset[str]] = frozenset()
    """The params that the service counts by; empty: all of them."""
    rates: Sequence[Rate] = ()
    """How often it may send to one destination; what exceeds is merged into digests."""
    longest: ClassVar[int] = 4000
    """What a message's text may have, as `length` counts; a digest is cut into several messages."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params

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
                ) from None
        return Receipt(self._concealed(receipt.answer))

    @abstractmethod
    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        """Send a message. Raises TransportError, and nothing else, where it was not taken.

        A service that answers "error" with HTTP 200 has not taken it.
        """

    def _concealed(self, text: str) -> str:
        for name in self.secrets:
            secret = str(self.params.get(name) or "")
            for form in {secret, quote(secret, safe=""), quote_plus(secret)} - {""}:
                text = text.replace(form, HIDDEN)
                text = _without_beginning_at_end(text, form)
        return text


HIDDEN = "***"


def _without_beginning_at_end(text: str, secret: str) -> str:
    """Hide the beginning of a secret that was cut where the text was."""
    for kept in range(len(secret) - 1, 3, -1):
        if text.endswith(secret[:kept]):
            return text[:-kept] + HIDDEN
    return text
