"""Tickets: what a browser that has a token opens one socket with, once, within 30 seconds."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

import orjson

from notifications.socket.authentication import Credential
from notifications.socket.revocation import verdicts
from stockwatch.redis import client, key

SECONDS = 30


class Shown(NamedTuple):
    """A ticket that somebody shows. Two who show the same one are not the same."""

    ticket: str
    by: object


def issue(credential: Credential) -> str:
    """Return a new ticket, good for one socket; it stands for the credential that asked for it."""
    ticket = secrets.token_urlsafe(32)
    client().set(key("ticket", ticket), orjson.dumps(asdict(credential)), ex=SECONDS)
    return ticket


def redeem(shown: Sequence[Shown]) -> dict[Shown, Credential]:
    """Take tickets back: whoever shows one first gets what it stands for.

    Left out are those that are unknown, used or too old, and whose credential holds no more.
    """
    with client().pipeline(transaction=False) as commands:
        for one in shown:
            commands.getdel(key("ticket", one.ticket))
        stored = commands.execute()
    found = {
        one: _credential(text) for one, text in zip(shown, stored, strict=True) if text is not None
    }
    invalid = verdicts(set(found.values()))
    return {one: credential for one, credential in found.items() if credential not in invalid}


def _credential(text: str) -> Credential:
    values = orjson.loads(text)
    if values["expires_at"] is not None:
        values["expires_at"] = datetime.fromisoformat(values["expires_at"])
    return Credential(**values)
