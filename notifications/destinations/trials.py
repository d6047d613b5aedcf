"""A test message, sent at once: brings back what the service really answers, writes nothing."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notifications import composing
from notifications.delivery import allowance
from notifications.delivery.sending import send_now
from notifications.message import Message
from notifications.models import Delivery, Notification
from notifications.transports.base import Rate, Transport, TransportError

RATES = (Rate(6, 60), Rate(60, 3600))
"""Tests that one user may send, wherever they go."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a test ended."""

    ok: bool
    answer: str
    """The head of what the service said."""
    error: str
    latency_ms: int


def wait_before(user_id: int, transport: Transport) -> float:
    """Take a place for a test; return 0, or the seconds until there is one.

    The service counts a test as any message, so its own limit is asked, too.
    """
    for bucket, rates in ((f"trials of {user_id}", RATES), (transport.bucket, transport.rates)):
        allowed = allowance.take(bucket, rates)
        if allowed.left <= 0:
            return allowed.wait
    return 0.0


def send(user_id: int, transport: Transport, zone: ZoneInfo, now: datetime) -> Trial:
    """Send a test message in the reader's language; a service that refuses it is no error here."""
    message = _message(user_id, zone, now)
    begun = time.monotonic()
    try:
        answer, error = send_now(transport, message).answer, ""
    except TransportError as refused:
        answer, error = refused.answer, str(refused)
    return Trial(not error, answer, error, round((time.monotonic() - begun) * 1000))


def _message(user_id: int, zone: ZoneInfo, now: datetime) -> Message:
    told = Notification(
        user_id=user_id,
        seq=0,
        kind="test",
        title=_("Stockwatch: a test message"),
        body=_("This is where your alerts arrive. Nothing has fired."),
        url="/destinations/",
        created_at=now,
    )
    return composing.compose(
        [Delivery(notification=told)],
        uuid4(),
        now,
        composing.Reader(
            language=get_language() or settings.LANGUAGE_CODE,
            zone=zone,
            site=settings.SITE_URL,
            transport="",
        ),
    )
