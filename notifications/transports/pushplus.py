"""PushPlus (推送加): to WeChat.

By "Sending messages" (发送消息接口), "Return codes" (接口返回码说明) and "Limits" (限制说明) of its
documentation: 5 requests a minute and 200 a day, a title of 100 characters, a text of 20,000. Who
goes on asking after a refusal for frequency is blocked for days.

The table of return codes is whole, and 500 is the only passing fault in it: an unknown code is
final, as asking on is what accounts are blocked for.
"""

import html
from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.transports._answers import members, post, receipt
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import LaidOut, Markup, headline, lay_out, short
from notifications.transports._midnight import until_tomorrow_in_china
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import (
    BAD_REQUEST,
    BUSY,
    UNKNOWN_FINAL,
    again,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 20_000
LONGEST_TITLE = 100

MARKUP = Markup(html.escape, "<b>{}</b>", '<a href="{url}">{label}</a>', "<br>")
TITLE = '<h3 style="margin:0 0 8px">{}</h3>'

RESTRICTED = _("PushPlus restricts the account: it has sent what it may.")

VERDICTS = {
    302: final(_("PushPlus does not know the token: copy it anew.")),
    401: final(_("PushPlus does not accept the token for sending: copy it anew.")),
    403: final(_("This server's IP address is not among those that PushPlus accepts.")),
    500: BUSY,
    600: BAD_REQUEST,
    805: UNKNOWN_FINAL,
    888: final(_("The account at PushPlus has no points left.")),
    903: final(_("PushPlus does not know the token: copy it anew.")),
    905: final(_("PushPlus wants the account's owner to prove who they are first.")),
    999: BAD_REQUEST,
}


class PushPlusParams(forms.Form):
    """A token, and a group where not only its owner is to be told."""

    token = PastedField(
        "[0-9A-Za-z]{16,64}",
        inside=[r"[?&]token=(?P<key>[^&#\s]+)", r"/send/(?P<key>[^/?#\s]+)"],
        label=_("Token"),
        help_text=_("From pushplus.plus, or an address with it."),
        mend=_("This is no token of PushPlus: copy the 32 letters and digits from its site."),
    )
    topic = forms.CharField(
        label=_("Group code"),
        required=False,
        max_length=100,
        help_text=_("Only to tell a group instead of you alone."),
    )


class PushPlus(Transport):
    """HTML, which it shows as it is written."""

    label = _("PushPlus")
    guide = Guide(
        Group.PHONE,
        _("Messages in WeChat. You need to be logged in at PushPlus with WeChat."),
        [
            _("Open pushplus.plus, and log in by scanning its code with WeChat."),
            _("Copy your token from its page, and paste it here."),
        ],
    )
    Params = PushPlusParams
    secrets = frozenset({"token"})
    identity = frozenset({"token"})
    rates = (Rate(5, 60), Rate(200, 86_400))

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, MARKUP, LIMIT - len(_title(message)), self.length)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        content = {
            "token": self.params["token"],
            "title": short(headline(message), LONGEST_TITLE),
            "content": _title(message) + self.lay_out(message).text,
            "template": "html",
        }
        if topic := self.params.get("topic"):
            content["topic"] = topic
        answer = await post(outgoing, f"{settings.PUSHPLUS_URL}/send", json=content)
        _judge(answer, datetime.now(UTC))
        return receipt(answer)


def _title(message: Message) -> str:
    return TITLE.format(html.escape(short(headline(message))))


def _judge(answer: Answer, now: datetime) -> None:
    """Raise TransportError where the message was not taken."""
    said = members(answer)
    code = said.get("code")
    if code == 200:
        return
    verdict = VERDICTS.get(code, UNKNOWN_FINAL) if isinstance(code, int) else UNKNOWN_FINAL
    if code == 900:
        verdict = again(RESTRICTED, until_tomorrow_in_china(now))
    raise refused(verdict, code, said.get("msg", ""), answer)
