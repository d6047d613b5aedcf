"""Feishu, or Lark abroad: the custom bot of a group.

By "Custom bot usage guide" (自定义机器人使用指南) and "Card JSON 1.0 structure" of the Feishu open
platform. 100 messages a minute and 5 a second a bot; a request may have 20 KB. A card shows the
text of a `plain_text` element as it is; in a `markdown` one and in `lark_md` HTML entities escape.

Nearly every answer has HTTP 200; who is too fast may get 400 with 9499, "too many request", from
the gateway. Codes that are in no table: those of the bot (19xxx) say what is wrong with the request
and are final; other ones come from what is behind it (11xxx: sending) and are tried again.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Fact, Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, members, receipt, refusal
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import (
    PLAIN,
    LaidOut,
    Markup,
    headline,
    lay_out,
    message_links,
    short,
)
from notifications.transports._lengths import in_json
from notifications.transports._pasted import PastedField, keyword_field, signing_secret_field
from notifications.transports._verdicts import (
    BAD_REQUEST,
    NO_KEYWORD,
    TOO_FAST,
    UNKNOWN_AGAIN,
    UNKNOWN_FINAL,
    WRONG_ADDRESS,
    WRONG_SIGNATURE,
    Verdict,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

ROOM = 15_000
"""Bytes of text, which leaves 5 KB of the request for the card around it."""

MARKUP = frozenset("*_~`[]()<>#&!|\\")
COLOURS = {Severity.URGENT: "red", Severity.NORMAL: "blue", Severity.INFO: "grey"}


def entities(text: str) -> str:
    """Write what would be markup in a `markdown` or `lark_md` element as HTML entities."""
    return "".join(f"&#{ord(c)};" if c in MARKUP else c for c in text)


MARKDOWN = Markup(entities, "**{}**", "[{label}]({url})", "\n")

UNKNOWN_BOT = final(_("Feishu does not know the bot: copy its webhook address anew."))

VERDICTS = {
    11232: TOO_FAST,
    11246: BAD_REQUEST,
    11247: TOO_FAST,
    19001: UNKNOWN_BOT,
    19002: BAD_REQUEST,
    19007: final(_("The bot is not enabled: enable it in the settings of the group.")),
    19021: WRONG_SIGNATURE,
    19022: WRONG_ADDRESS,
    19024: NO_KEYWORD,
    99991400: TOO_FAST,
}


class FeishuParams(forms.Form):
    """A bot, and what its security settings want."""

    token = PastedField(
        "[0-9A-Za-z-]{16,100}",
        inside=[r"/open-apis/bot/v2/hook/(?P<key>[^/?#\s]+)"],
        label=_("Webhook address"),
        help_text=_("As the bot's settings show it, or only what follows /hook/."),
        mend=_(
            "This is no address of a Feishu bot: copy the one that begins with "
            "https://open.feishu.cn/open-apis/bot/v2/hook/"
        ),
    )
    region = forms.ChoiceField(
        label=_("Service"),
        choices=[("feishu", _("Feishu")), ("lark", _("Lark"))],
        required=False,
        help_text=_("A pasted address tells it."),
    )
    secret = signing_secret_field(
        key="[0-9A-Za-z]{8,100}",
        mend=_("A signing secret has letters and digits only: copy it from the bot's settings."),
    )
    keyword = keyword_field()

    def clean_region(self) -> str:
        """Believe a pasted address rather than the choice."""
        pasted = str(self["token"].value() or "")
        if "larksuite.com" in pasted:
            return "lark"
        return "feishu" if "feishu.cn" in pasted else self.cleaned_data["region"] or "feishu"


class Feishu(Transport):
    """A card whose colour tells the severity, with buttons."""

    label = _("Feishu or Lark bot")
    guide = Guide(
        Group.CHAT,
        _("A custom bot in a Feishu or Lark group. You need a group that you may add bots to."),
        [
            _("In the group's settings open Bots, add one, and choose Custom Bot."),
            _("Copy its webhook address, and paste it here."),
            _("If you turn on signatures or keywords, copy the secret or one keyword, too."),
        ],
    )
    Params = FeishuParams
    secrets = frozenset({"token", "secret"})
    address = frozenset({"region"})
    identity = frozenset({"token"})
    rates = (Rate(5, 1), Rate(100, 60))
    length = staticmethod(in_json)

    def lay_out(self, message: Message) -> LaidOut:
        if message.is_digest:
            return lay_out(message, MARKDOWN, ROOM, self.length, with_actions=False)
        return lay_out(message, PLAIN, ROOM, self.length, with_links=False, with_facts=False)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        content: dict[str, Any] = {"msg_type": "interactive", "card": self._card(message)}
        if secret := self.params.get("secret"):
            seconds = int(time.time())
            content |= {"timestamp": str(seconds), "sign": signature(secret, seconds)}
        base = settings.LARK_URL if self.params.get("region") == "lark" else settings.FEISHU_URL
        url = f"{base}/open-apis/bot/v2/hook/{self.params['token']}"
        answer = await ask(outgoing, url, json=content)
        _judge(answer)
        return receipt(answer)

    def _card(self, message: Message) -> dict[str, Any]:
        title, text = short(headline(message), 200), self.lay_out(message).text
        if message.is_digest:
            elements: list[dict[str, Any]] = [{"tag": "markdown", "content": text}]
        else:
            fields = list(map(_field, message.facts))
            elements = [{"tag": "div", "fields": fields}] if fields else []
            if text or not fields:
                elements.append({"tag": "div", "text": _plain(text or title)})
        if buttons := _buttons(message):
            elements.append({"tag": "action", "actions": buttons})
        if (keyword := self.params.get("keyword", "")) not in title + text:
            elements.append({"tag": "div", "text": _plain(keyword)})
        header = {"title": _plain(title), "template": COLOURS[message.severity]}
        return {"config": {"wide_screen_mode": True}, "header": header, "elements": elements}


def signature(secret: str, seconds: int) -> str:
    """Sign a time since the epoch, by "Custom bot usage guide": an empty text, keyed by both."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()


def _plain(text: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": text}


def _field(fact: Fact) -> dict[str, Any]:
    content = f"**{entities(fact.label)}**\n{entities(short(fact.value))}"
    return {"is_short": True, "text": {"tag": "lark_md", "content": content}}


def _buttons(message: Message) -> list[dict[str, Any]]:
    return [
        {
            "tag": "button",
            "text": _plain(short(label, 40)),
            "url": url,
            "type": "default" if number else "primary",
        }
        for number, (label, url) in enumerate(message_links(message))
    ]


def _judge(answer: Answer) -> None:
    """Raise TransportError where the bot did not take the message."""
    if answer.status >= 500:
        raise refusal(answer)
    said = members(answer)
    # Bots answered with StatusCode before they had a code; some still do.
    code, words = said.get("code", said.get("StatusCode")), said.get("msg", "")
    if code != 0:
        raise refused(_verdict(code, str(words).lower(), answer), code, words, answer)


def _verdict(code: object, words: str, answer: Answer) -> Verdict:
    if code == 9499:
        # The gateway before the bots has one code for all that it refuses; only its words tell.
        return TOO_FAST if "too many" in words else BAD_REQUEST
    if isinstance(code, int) and (known := VERDICTS.get(code)):
        return known
    if answer.status == 429:
        return TOO_FAST
    is_of_bot = isinstance(code, int) and 19_000 <= code < 20_000
    return UNKNOWN_FINAL if is_of_bot else UNKNOWN_AGAIN
