"""ServerChan (Server酱): to WeChat by Turbo (SCT…), to its own app by ServerChan³ (sctp…).

By "Sending messages" (发送消息) of sct.ftqq.com and of sc3.ft07.com: a title of 32 characters,
Markdown of 32 KB. How often it may send depends on the plan, a day and a minute; the pace here is
five a minute, and a day that is used up is waited for, until midnight in China.

A refusal has HTTP 400, and its words tell more than its code: 40001 is a wrong key as well as a
day used up. Codes that are in no table: [AUTH] and [INPUT] are final, other ones are tried again.
"""

import re
from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.transports._answers import ask, members, receipt
from notifications.transports._backslashes import backslashes
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import LaidOut, Markup, headline, lay_out, short
from notifications.transports._lengths import in_bytes
from notifications.transports._midnight import until_tomorrow_in_china
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import (
    BAD_REQUEST,
    TOO_FAST,
    UNKNOWN_AGAIN,
    Verdict,
    again,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 32_000
"""Bytes of the text."""

LONGEST_TITLE = 32
LONGEST_SUMMARY = 64

MARKUP = Markup(backslashes, "**{}**", "[{label}]({url})", "\n\n")

UNKNOWN_KEY = final(_("ServerChan does not know the SendKey: copy it anew."))


class ServerChanParams(forms.Form):
    """A SendKey of either kind."""

    sendkey = PastedField(
        r"SCT\w{10,100}|sctp\d+t\w{8,100}|sct(?!p)\w{10,100}",
        inside=[r"/(?P<key>(?:SCT|sct)\w+)\.send"],
        label=_("SendKey"),
        help_text=_("From sct.ftqq.com or sc3.ft07.com, or the whole address with it."),
        mend=_(
            "This is no SendKey: copy the one that begins with SCT from sct.ftqq.com, or with "
            "sctp from sc3.ft07.com. Keys of the old service (SCU…) work no more."
        ),
    )


class ServerChan(Transport):
    """Markdown."""

    label = _("ServerChan")
    guide = Guide(
        Group.PHONE,
        _("Messages in WeChat, or in ServerChan's own app. You need to be logged in there."),
        [
            _("Open sct.ftqq.com for WeChat, or sc3.ft07.com for its own app, and log in."),
            _("Copy the SendKey from its page, and paste it here."),
        ],
    )
    Params = ServerChanParams
    secrets = frozenset({"sendkey"})
    rates = (Rate(5, 60),)
    length = staticmethod(in_bytes)

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, MARKUP, LIMIT, self.length)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        content = {
            "title": short(headline(message), LONGEST_TITLE),
            "desp": self.lay_out(message).text,
            "short": short(message.items[0].brief or message.title, LONGEST_SUMMARY),
        }
        answer = await ask(outgoing, address(self.params["sendkey"]), json=content)
        _judge(answer, datetime.now(UTC))
        return receipt(answer)


def address(sendkey: str) -> str:
    """Return where a key's messages go: a key of ServerChan³ names its own host."""
    if found := re.match(r"sctp(\d+)t", sendkey):
        return f"{settings.SERVERCHAN3_URL.replace('{number}', found[1])}/send/{sendkey}.send"
    return f"{settings.SERVERCHAN_URL}/{sendkey}.send"


def _judge(answer: Answer, now: datetime) -> None:
    """Raise TransportError where the message was not taken."""
    said = members(answer)
    code, words = said.get("code"), str(said.get("message") or said.get("info") or "")
    data = said.get("data")
    if code == 0 and isinstance(data, dict) and data.get("errno", 0) != 0:
        raise refused(UNKNOWN_AGAIN, data.get("errno"), data.get("error"), answer)
    if code != 0:
        raise refused(_verdict(answer.status, words, now), code, words, answer)


def _verdict(status: int, words: str, now: datetime) -> Verdict:
    if "当天" in words:
        return again(_("ServerChan has sent what it may in a day."), until_tomorrow_in_china(now))
    if status == 429 or "频" in words or "过快" in words:
        return TOO_FAST
    if "[AUTH]" in words:
        return UNKNOWN_KEY
    return BAD_REQUEST if "[INPUT]" in words else UNKNOWN_AGAIN
