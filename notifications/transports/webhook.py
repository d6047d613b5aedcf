"""Webhook: a signed POST to any address; docs/webhooks.md tells receivers how to verify it.

The signature is HMAC-SHA256 (RFC 2104) of "timestamp.body". The key is the same at each try, as
in the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Iterator
from secrets import token_urlsafe
from time import time
from typing import Any

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications import placeholders
from notifications.message import Item, Message
from notifications.outgoing import Outgoing
from notifications.transports import _headers, _templates
from notifications.transports._answers import post, receipt
from notifications.transports._fields import AddressField, SecretAddress
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import links
from notifications.transports._pasted import PastedField
from notifications.transports.base import Rate, Receipt, TransportError

LARGEST = 256 * 1024
"""Bytes of a body by a template: it may name the whole text many times over."""

EXAMPLE = '{"text": "{{ title }}\\n{{ body }}"}'


class WebhookParams(forms.Form):
    """Where to, signed by what, and in which form."""

    url = AddressField(label=_("Address"))
    secret = PastedField(
        "[!-~]{16,200}",
        label=_("Secret"),
        required=False,
        help_text=_("Signs each request; left empty, one is made for you."),
        mend=_("Enter 16 letters, digits and signs or more, without blanks."),
    )
    headers = forms.CharField(
        label=_("Headers"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Authorization: Bearer …"}),
        help_text=_("One a line, name and value with a colon between."),
    )
    template = forms.CharField(
        label=_("Body"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": EXAMPLE}),
        help_text=_(
            "JSON with placeholders such as {{ title }} inside strings; left empty, all is sent."
        ),
    )

    def clean_secret(self) -> str:
        """Make a secret where none is given."""
        return self.cleaned_data["secret"] or token_urlsafe(32)

    def clean_headers(self) -> str:
        """See that each line is a header that users may set."""
        _headers.read(self.cleaned_data["headers"])
        return str(self.cleaned_data["headers"])

    def clean_template(self) -> str:
        """See that it is JSON, with placeholders that are known."""
        if text := self.cleaned_data["template"]:
            _templates.read(text)
            # Nowhere but in a string can two braces open next to each other.
            placeholders.check_closed(text, _templates.NAMES)
        return str(text)


class Webhook(SecretAddress):
    """Posts JSON, signed."""

    label = _("Webhook")
    guide = Guide(
        Group.OTHER,
        _("A signed request to a program of your own. You need its address."),
        [
            _("Enter the address at which your program takes JSON by POST."),
            _("Leave the secret empty to have one made: it is shown once, when you have saved."),
            _("Have your program verify each request's signature by it."),
        ],
        document="webhooks",
    )
    Params = WebhookParams
    secrets = frozenset({"url", "secret", "headers"})
    address = frozenset({"url"})
    identity = frozenset({"url"})
    rates = (Rate(10, 1), Rate(120, 60))

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        body = self._body(message)
        headers = {
            **_headers.read(self.params.get("headers", "")),
            **signature(self.params["secret"], body, int(time())),
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
        }
        return receipt(await post(outgoing, self.params["url"], data=body, headers=headers))

    def _parts(self) -> Iterator[str]:
        yield from super()._parts()
        values = _headers.read(self.params.get("headers", "")).values()
        for word in (word for value in values for word in value.split()):
            yield word
            yield from _credentials(word)

    def _body(self, message: Message) -> bytes:
        text = self.params.get("template", "")
        try:
            told = _templates.fill(_templates.read(text), message) if text else _all(message)
        except ValidationError as error:
            raise TransportError(" ".join(error.messages), permanent=True) from error
        body = orjson.dumps(told, default=str)
        if text and len(body) > LARGEST:
            reason = _("The body of the message is too long: shorten the template.")
            raise TransportError(str(reason), permanent=True)
        return body


def _credentials(word: str) -> Iterator[str]:
    """Return what the Basic scheme (RFC 7617) would make of a word: user:password, password."""
    try:
        told = b64decode(word, validate=True).decode()
    except ValueError:
        return
    if ":" in told:
        yield from (told, told.partition(":")[2])


def signature(secret: str, body: bytes, at: int) -> dict[str, str]:
    """Return the headers that sign a body at a time in epoch seconds."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return {
        "X-Stockwatch-Timestamp": str(at),
        "X-Stockwatch-Signature": f"v1={signed.hexdigest()}",
    }


def _all(message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "title": message.title,
        "severity": message.severity.name.lower(),
        "links": [{"label": one.label, "url": one.url} for one in message.together],
        "items": [_item(item) for item in message.items],
    }


def _item(item: Item) -> dict[str, Any]:
    """Return the notification as in REST, when it fired, and where its links lead."""
    told = {**item.data, "fired_at": item.fired_at, **({"late": True} if item.late else {})}
    return told | {"links": [{"label": label, "url": url} for label, url in links(item)]}
