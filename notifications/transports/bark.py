"""Bark: to iPhones, by the public server or one's own.

By "API V2" of bark-server and Bark's tutorial (使用教程). No limit of frequency is documented; more
than one a second is noise on a phone. A notification of Apple's may have 4,096 bytes, all told.

A refusal has its code both as HTTP status and in the body: 400 is a key that the server does not
know, 500 what Apple answered, of which only the words tell what lasts.
"""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, members, receipt, refusal
from notifications.transports._fields import AddressField
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import PLAIN, LaidOut, lay_out, short
from notifications.transports._lengths import in_json
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import (
    TOO_LONG,
    UNKNOWN_AGAIN,
    UNKNOWN_FINAL,
    Verdict,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

ROOM = 2400
"""Bytes of text, which leaves room for the title, the link, and what the server adds."""

LEVELS = {Severity.URGENT: "timeSensitive", Severity.NORMAL: "active", Severity.INFO: "passive"}

UNKNOWN_DEVICE = final(_("Bark does not know the device: copy the address from the app anew."))


class BarkParams(forms.Form):
    """A device, and the server that knows it."""

    key = PastedField(
        "[0-9A-Za-z]{8,64}",
        inside=[r"^https?://[^/\s]+/(?P<key>[^/?#\s]+)"],
        label=_("Address or key"),
        help_text=_("The test address that the app shows, or only the key in it."),
        mend=_("This is no key of Bark: copy the address in the app, https://api.day.app/…"),
    )
    server = AddressField(
        label=_("Server"),
        required=False,
        help_text=_("Only where it is your own, and a pasted address does not tell it."),
    )

    def clean_server(self) -> str:
        """Take the server from a pasted address; the usual one needs no name."""
        named: str = self.cleaned_data["server"].rstrip("/")
        pasted = urlsplit(str(self["key"].value() or "").strip())
        if not named and pasted.scheme in ("http", "https"):
            try:
                named = AddressField().clean(f"{pasted.scheme}://{pasted.netloc}")
            except ValidationError as error:
                self.add_error("key", error)
        return "" if named in ("https://api.day.app", settings.BARK_URL) else named


class Bark(Transport):
    """A notification that leads to all that can be done; an urgent one breaks focus, and rings."""

    label = _("Bark (iPhone)")
    guide = Guide(
        Group.PHONE,
        _("An app for iPhones. You need the app, and no account."),
        [
            _("Install Bark from the App Store, open it, and allow notifications."),
            _("Tap the test address that it shows to copy it, and paste it here."),
        ],
    )
    Params = BarkParams
    secrets = frozenset({"key"})
    address = frozenset({"server"})
    rates = (Rate(1, 1),)
    length = staticmethod(in_json)

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, PLAIN, ROOM, self.length, with_links=False)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        base = self.params.get("server") or settings.BARK_URL
        answer = await ask(outgoing, f"{base}/push", json=self._content(message))
        _judge(answer)
        return receipt(answer)

    def _content(self, message: Message) -> dict[str, Any]:
        content: dict[str, Any] = {
            "device_key": self.params["key"],
            "title": short(message.title, 120),
            "body": self.lay_out(message).text or message.title,
            "group": "Stockwatch",
            "level": LEVELS[message.severity],
            # A repeat replaces what it repeats.
            "id": message.key,
        }
        if url := message.page or message.url:
            content["url"] = url
        if message.severity is Severity.URGENT:
            content["sound"] = "alarm"
        return content


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    if answer.status == 429:
        raise refusal(answer)
    said = members(answer)
    code, words = said.get("code"), str(said.get("message", ""))
    if code != 200:
        raise refused(_verdict(code, words), code, words, answer)


def _verdict(code: object, words: str) -> Verdict:
    """Judge by bark-server's words, of which Apple's reason is the last."""
    if "device token" in words or "device key" in words:
        return UNKNOWN_DEVICE
    if any(reason in words for reason in ("BadDeviceToken", "Unregistered", "DeviceTokenNot")):
        return UNKNOWN_DEVICE
    if "PayloadTooLarge" in words:
        return TOO_LONG
    is_refusal = isinstance(code, int) and 400 <= code < 500
    return UNKNOWN_FINAL if is_refusal else UNKNOWN_AGAIN
