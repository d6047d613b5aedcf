"""Every way set up with secrets that are easy to recognise, and services that tell them."""

import html
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from notifications.kinds import transport_kinds
from tests.standin_services._faults import Fault, Kind
from tests.standin_services._server import StandInServices

MAIL_PASSWORD = "pAssw0rd-of/the+mail-server"
BASIC = "reader:hUnter2-of-basic"
HARD = 'qT7"/\\+&=<zX9-secret'
"""Every sign in it is written otherwise somewhere."""


def typed(services: StandInServices) -> dict[str, dict[str, str]]:
    """What a user types for each way, with as many secrets as it takes."""
    found = {
        kind: services[kind].params(services.url(kind))
        for kind in transport_kinds().keys() - {"apprise", "mail"}
    }
    found["apprise"] = services["mattermost"].params(services.url("mattermost"))
    found["mail"] = {"to": "ann@reader.example"}
    basic = b64encode(BASIC.encode()).decode()
    found["webhook"] |= {
        "headers": f"X-Api-Key: aZ3dF6gH9jK2\nAuthorization: Basic {basic}",
        "secret": HARD,
    }
    return found


def spellings(secret: str) -> set[str]:
    """How a secret may be written."""
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        b64encode(secret.encode()).decode(),
        *in_json,
        *(text.replace("/", "\\/") for text in in_json),
    }


def marks(kind: str, params: Mapping[str, Any]) -> Iterator[str]:
    """What must be found nowhere of a destination with these parameters, in every spelling."""
    for name in transport_kinds()[kind].secrets:
        secret = str(params.get(name) or "")
        if kind == "webhook" and name == "headers":
            for alone in ("aZ3dF6gH9jK2", BASIC, BASIC.partition(":")[2]):
                yield from spellings(alone)
        elif "://" in secret:
            yield from spellings(secret)
            yield from spellings(secret.rstrip("/").rpartition("/")[2])
        elif secret:
            yield from spellings(secret)


def echoes(params: Mapping[str, Any], secrets: frozenset[str]) -> list[Fault]:
    """Ways of failing and of succeeding that tell what was sent, as it came and spelt otherwise."""
    told = " ".join(
        form for name in sorted(secrets) for form in spellings(str(params.get(name) or "")) if form
    ).encode()
    heads = [part for part in told.split() if part]
    return [
        *(Fault(Kind.ECHO, status) for status in (200, 400, 401, 429, 500)),
        *(Fault(Kind.REPLY, status, b"no: " + part) for part in heads for status in (400, 503)),
        *(Fault(kind) for kind in (Kind.RESET, Kind.CUT, Kind.GARBAGE, Kind.LARGE)),
        Fault(Kind.REPLY, 302, headers={"Location": "/?" + quote(told.decode())[:500]}),
    ]
