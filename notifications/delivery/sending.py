"""Sends one message, once, and says how that ended: over this process's way out."""

import atexit
import time
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.message import Message
from notifications.outgoing import Outgoing
from notifications.transports.base import Receipt, Transport, TransportError
from stockwatch.background import background_loop


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended."""

    error: TransportError | None
    receipt: Receipt | None
    latency_ms: int


def send_now(transport: Transport, message: Message) -> Receipt:
    """Send a message at once, past the outbox: to try a destination. Raises TransportError."""
    outcome = attempt(transport, message)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.receipt is not None
    return outcome.receipt


def attempt(transport: Transport, message: Message) -> Outcome:
    """Send a message, once, and return how that ended."""
    begun = time.monotonic()
    error: TransportError | None = None
    receipt: Receipt | None = None
    try:
        receipt = background_loop().run(transport.deliver(message, _outgoing()), transport.patience)
    except TransportError as failure:
        error = failure
    except TimeoutError:
        error = TransportError(_("The service gave no answer in time."))
    return Outcome(error, receipt, round((time.monotonic() - begun) * 1000))


_way_out: list[Outgoing] = []


def _outgoing() -> Outgoing:
    """This process's way out; it keeps its connections."""
    if not _way_out:
        _way_out.append(background_loop().run(_open()))
        atexit.register(lambda: background_loop().run(_way_out[0].close(), timeout=1))
    return _way_out[0]


async def _open() -> Outgoing:
    return Outgoing()
