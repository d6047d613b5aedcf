"""Keeps secrets out of what is told, in every spelling that a service may answer them in."""

import html
import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

import orjson

HIDDEN = "***"


def conceal(text: str, secret: str) -> str:
    """Return a text without a secret, nor its beginning where the text was cut."""
    for form in spellings(secret):
        text = text.replace(form, HIDDEN)
        text = _without_beginning_at_end(text, form)
    return text


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
