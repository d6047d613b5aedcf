"""Tickets: what a browser that has a token opens one socket with, once, within 30 seconds."""

import secrets
from dataclasses import asdict
from datetime import datetime

import orjson
from django.contrib.auth import get_user_model

from notifications.socket.authentication import Credential, Identity
from notifications.socket.revocation import verdicts
from stockwatch.redis import client, key

SECONDS = 30


def issue(credential: Credential) -> str:
    """Return a new ticket, good for one socket; it stands for the credential that asked for it."""
    ticket = secrets.token_urlsafe(32)
    client().set(key("ticket", ticket), orjson.dumps(asdict(credential)), ex=SECONDS)
    return ticket


def redeem(ticket: str) -> Identity | None:
    """Take a ticket back; None if it is unknown, used, too old, or its credential holds no more."""
    stored = client().getdel(key("ticket", ticket))
    if stored is None:
        return None
    values = orjson.loads(stored)
    if values["expires_at"] is not None:
        values["expires_at"] = datetime.fromisoformat(values["expires_at"])
    credential = Credential(**values)
    user = get_user_model().objects.filter(pk=credential.user_id).first()
    if user is None or verdicts([credential]):
        return None
    return Identity(user, credential)
