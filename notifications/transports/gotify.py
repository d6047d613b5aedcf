"""Gotify: push by a server of one's own.

By "Push messages" (POST /message with an application's token in X-Gotify-Key) and "Message extras"
of Gotify's documentation. Priorities as its Android client reads them: up to 3 without a sound, 8
and more on top. No limits are documented; one a second is enough for a phone. Errors come by HTTP
status.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, members, receipt, refusal
from notifications.transports._backslashes import backslashes
from notifications.transports._fields import AddressField
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import LaidOut, Markup, lay_out, short
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import UNKNOWN_AGAIN, final, refused
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 5000
MARKUP = Markup(backslashes, "**{}**", "[{label}]({url})", "  \n")
PRIORITIES = {Severity.INFO: 2, Severity.NORMAL: 5, Severity.URGENT: 9}
NO_ACCESS = final(_("Gotify does not know the application: copy its token anew."))
REASONS = {401: NO_ACCESS, 403: NO_ACCESS}


class GotifyParams(forms.Form):
    """A server and the token of one of its applications."""

    server = AddressField(
        label=_("Server"), help_text=_("Its address, such as https://gotify.example.")
    )
    token = PastedField(
        r"(?!C[\w.-]{14}$)[\w.-]{10,100}",
        label=_("Application token"),
        help_text=_("Of an application (Apps), not of a client."),
        mend=_("This is no token of an application: copy it from Gotify's page Apps."),
    )


class Gotify(Transport):
    """Markdown by one of the server's applications."""

    label = "Gotify"
    guide = Guide(
        Group.PHONE,
        _("A push server of your own, with an app for Android. You need the server."),
        [
            _("On your Gotify server open Apps, and create an application."),
            _("Copy its token, and paste it here with the address of the server."),
            _("Log in to the same server in the app on your phone."),
        ],
    )
    Params = GotifyParams
    secrets = frozenset({"token"})
    address = frozenset({"server"})
    rates = (Rate(1, 1),)

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, MARKUP, LIMIT, len)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        url = f"{self.params['server'].rstrip('/')}/message"
        headers = {"X-Gotify-Key": self.params["token"]}
        answer = await ask(
            outgoing, url, json=_content(message, self.lay_out(message).text), headers=headers
        )
        _judge(answer)
        return receipt(answer)


def _content(message: Message, text: str) -> dict[str, Any]:
    extras: dict[str, Any] = {"client::display": {"contentType": "text/markdown"}}
    if message.url:
        extras["client::notification"] = {"click": {"url": message.url}}
    return {
        "title": short(message.title, 200),
        "message": text or backslashes(short(message.title, 200)),
        "priority": PRIORITIES[message.severity],
        "extras": extras,
    }


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    if answer.status in REASONS:
        raise refused(REASONS[answer.status], answer.status, "", answer)
    if answer.status >= 300:
        raise refusal(answer)
    if "id" not in members(answer):
        raise refused(UNKNOWN_AGAIN, answer.status, "", answer)
