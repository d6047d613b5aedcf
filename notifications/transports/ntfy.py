"""ntfy: push by ntfy.sh or a server of one's own.

By "Publishing" (publish as JSON, priority, tags, click action, action buttons, limitations) of
ntfy's documentation: 4,096 bytes a text, three buttons, 60 requests at once and then one in five
seconds for all that one visitor sends. A topic's name is as good as its password.

A refusal has a code such as 42908 beside the HTTP status; of those that come with 429 this one,
a used-up day, lasts longer than the others.
"""

from typing import Any

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
from notifications.transports._lengths import in_bytes
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import (
    TOO_FAST,
    UNKNOWN_AGAIN,
    UNKNOWN_FINAL,
    Verdict,
    again,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 4096
MOST_BUTTONS = 3
PRIORITIES = {Severity.INFO: 2, Severity.NORMAL: 3, Severity.URGENT: 5}
TAGS: dict[Severity, list[str]] = {
    Severity.INFO: [],
    Severity.NORMAL: ["bell"],
    Severity.URGENT: ["rotating_light"],
}
NO_ACCESS = final(_("ntfy does not let you write to the topic: check the access token."))
REASONS: dict[int, Verdict] = {
    40009: final(_("ntfy knows no such topic: letters, digits, - and _, up to 64.")),
    40010: final(_("ntfy does not allow the name of the topic: choose another.")),
    40101: NO_ACCESS,
    40301: NO_ACCESS,
    # No time is documented: a place for one request comes free in five seconds.
    42901: again(TOO_FAST.reason, 5),
    42908: again(_("The day's messages are used up."), 3600),
}


class NtfyParams(forms.Form):
    """A topic, by its name or its whole address, and what a protected one demands."""

    topic = PastedField(
        "[-_A-Za-z0-9]{1,64}",
        inside=[r"^https?://[^?#\s]+/(?P<key>[^/?#\s]+)/?$"],
        label=_("Topic"),
        help_text=_("Its name or its address, such as https://ntfy.sh/my-topic."),
        mend=_("Enter up to 64 letters, digits, - and _, or the topic's whole address."),
    )
    server = AddressField(
        label=_("Server"),
        required=False,
        help_text=_("Only where it is your own, and a pasted address does not tell it."),
    )
    token = PastedField(
        r"tk_\w{20,60}",
        label=_("Access token"),
        required=False,
        help_text=_("Only for a protected topic."),
        mend=_("This is no access token of ntfy: copy the one that begins with tk_."),
    )

    def clean_server(self) -> str:
        """Take the server from a pasted address; the usual one needs no name."""
        pasted = str(self["topic"].value() or "").strip().rstrip("/")
        named: str = self.cleaned_data["server"].rstrip("/")
        if not named and pasted.startswith(("https://", "http://")):
            try:
                named = AddressField().clean(pasted.rpartition("/")[0])
            except ValidationError as error:
                self.add_error("topic", error)
        return "" if named == settings.NTFY_URL else named


class Ntfy(Transport):
    """A notification with buttons; an urgent one rings on and on."""

    label = "ntfy"
    guide = Guide(
        Group.PHONE,
        _("An app for Android and iPhones. You need the app, and no account."),
        [
            _("Install ntfy, press +, and subscribe to a topic."),
            _("Give it a name that nobody guesses, such as stocks-7fK2q9xw: it is the password."),
            _("Enter the same name here."),
        ],
    )
    Params = NtfyParams
    secrets = frozenset({"topic", "token"})
    address = frozenset({"server"})
    identity = frozenset({"server"})
    rates = (Rate(60, 300),)
    length = staticmethod(in_bytes)

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, PLAIN, LIMIT, self.length, with_links=False)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        token = self.params.get("token")
        answer = await ask(
            outgoing,
            self.params.get("server") or settings.NTFY_URL,
            json=self._content(message),
            headers={"Authorization": f"Bearer {token}"} if token else None,
        )
        _judge(answer)
        return receipt(answer)

    def _content(self, message: Message) -> dict[str, Any]:
        content: dict[str, Any] = {
            "topic": self.params["topic"],
            "title": short(message.title, 200),
            "message": self.lay_out(message).text or short(message.title, 200),
            "priority": PRIORITIES[message.severity],
            "tags": TAGS[message.severity],
        }
        if message.url:
            content["click"] = message.url
        # A tap opens the page already.
        content["actions"] = [
            {"action": "view", "label": short(action.label, 60), "url": action.url}
            for action in message.actions[:MOST_BUTTONS]
        ]
        return content


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    if answer.status >= 500:
        raise refusal(answer)
    said = members(answer)
    if answer.status != 200 or "id" not in said:
        code = said.get("code", answer.status)
        raise refused(_verdict(answer.status, code), code, said.get("error"), answer)


def _verdict(status: int, code: object) -> Verdict:
    if isinstance(code, int) and code in REASONS:
        return REASONS[code]
    if status == 429:
        return TOO_FAST
    return UNKNOWN_FINAL if status >= 300 else UNKNOWN_AGAIN
