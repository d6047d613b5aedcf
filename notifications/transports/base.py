"""What every transport is: what it must be told, how often it may send, and how it sends."""

import hashlib
import json
import logging
import traceback
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Outgoing
from notifications.transports._concealing import conceal
from notifications.transports._guide import Guide
from notifications.transports._layout import LaidOut

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

    def lay_out(self, message: Message) -> LaidOut:
        """Return what follows the title as `send` sends it, and how much of a digest that tells.

        Only so many are taken into one message, so what is counted here is what is shown.
        """
        return LaidOut(message.text(), len(message.items))

    def holds(self, message: Message) -> int:
        """Return how many of a message's items, from the first on, it would tell of."""
        with translation.override(message.language):
            return self.lay_out(message).items

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
            text = conceal(text, str(self.params.get(name) or ""))
        return text


FORBIDDEN = _(
    "The service's address in the settings is in a network that is not in "
    "DELIVERY_ALLOWED_NETWORKS."
)
