"""DingTalk: the custom robot of a group.

By "Custom robot access" (自定义机器人接入), "Security settings of custom robots"
(自定义机器人安全设置) and the table of error codes of DingTalk's open platform. 20 messages a
minute a robot; who sends more is blocked for ten minutes. A request may have 20,000 bytes.

Every answer has HTTP 200. Codes that are in no table: those of six digits say what is wrong with
the request and are final; shorter ones come from the platform before the robot and are tried again.
"""

import base64
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.transports._answers import members, post, receipt
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import (
    LaidOut,
    Markup,
    headline,
    lay_out,
    message_links,
    short,
)
from notifications.transports._lengths import in_json
from notifications.transports._lookalikes import lookalikes
from notifications.transports._pasted import PastedField, keyword_field, signing_secret_field
from notifications.transports._verdicts import (
    BAD_REQUEST,
    BUSY,
    NO_KEYWORD,
    TOO_LONG,
    UNKNOWN_AGAIN,
    UNKNOWN_FINAL,
    WRONG_ADDRESS,
    WRONG_SIGNATURE,
    Verdict,
    again,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

ROOM = 16_000
"""Bytes of text, which leaves 4,000 of the request for buttons and escapes."""

MARKUP = Markup(lookalikes, "**{}**", "[{label}]({url})", "\n\n")

BLOCKED = again(_("Too many messages: DingTalk blocks the robot for ten minutes."), 600)
UNKNOWN_ROBOT = final(_("DingTalk does not know the robot: copy its webhook address anew."))
STOPPED = final(_("The robot is stopped: start it in the settings of the group."))
CONTENT = final(_("DingTalk does not accept the content of the message."))

INSECURE = final(
    _("The robot's security settings refuse the message: check its secret, keyword and addresses.")
)
SECURITY = {
    "keyword": NO_KEYWORD,
    "关键词": NO_KEYWORD,
    "whitelist": WRONG_ADDRESS,
    "白名单": WRONG_ADDRESS,
    "sign": WRONG_SIGNATURE,
    "签名": WRONG_SIGNATURE,
    "timestamp": WRONG_SIGNATURE,
    "时间戳": WRONG_SIGNATURE,
}
"""One code, 310000, for all security settings: its words tell which, since 2022 in Chinese."""

VERDICTS = {
    -1: BUSY,
    88: UNKNOWN_ROBOT,
    40035: BAD_REQUEST,
    43004: BAD_REQUEST,
    90030: again(_("The robot has sent what it may in a day."), 3600),
    130101: BLOCKED,
    130102: BLOCKED,
    300001: UNKNOWN_ROBOT,
    300005: UNKNOWN_ROBOT,
    400013: final(_("The group has been dissolved.")),
    400101: UNKNOWN_ROBOT,
    400102: STOPPED,
    400105: BAD_REQUEST,
    400106: UNKNOWN_ROBOT,
    410100: BLOCKED,
    430101: CONTENT,
    430102: CONTENT,
    430103: CONTENT,
    430104: CONTENT,
    460101: TOO_LONG,
}


class DingTalkParams(forms.Form):
    """A robot, and what its security settings want."""

    token = PastedField(
        "(?!SEC)[0-9A-Za-z_-]{16,200}",
        inside=[r"[?&]access_token=(?P<key>[^&#\s]+)"],
        label=_("Webhook address"),
        help_text=_("As the robot's settings show it, or only its access_token."),
        mend=_(
            "This is no address of a DingTalk robot: copy the one that begins with "
            "https://oapi.dingtalk.com/robot/send?access_token="
        ),
    )
    secret = signing_secret_field(
        key="SEC[0-9A-Za-z]{16,200}",
        mend=_("A signing secret of DingTalk begins with SEC: copy it from the robot's settings."),
    )
    keyword = keyword_field()


class DingTalk(Transport):
    """Markdown, or a card with buttons where there is something to press. Nobody is mentioned."""

    label = _("DingTalk robot")
    guide = Guide(
        Group.CHAT,
        _("A robot in a DingTalk group. You need a group whose settings you may change."),
        [
            _("In the group's settings open Bots, and add a custom one."),
            _("Choose a signature or a keyword as its security setting, and copy it here, too."),
            _("Finish, copy the webhook address, and paste it here."),
        ],
    )
    Params = DingTalkParams
    secrets = frozenset({"token", "secret"})
    identity = frozenset({"token"})
    rates = (Rate(20, 60),)
    length = staticmethod(in_json)

    def lay_out(self, message: Message, *, with_actions: bool = True) -> LaidOut:
        return lay_out(message, MARKUP, ROOM, self.length, with_actions=with_actions)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        query = {"access_token": self.params["token"]}
        if secret := self.params.get("secret"):
            milliseconds = int(time.time() * 1000)
            query |= {"timestamp": str(milliseconds), "sign": signature(secret, milliseconds)}
        url = f"{settings.DINGTALK_URL}/robot/send?{urlencode(query)}"
        answer = await post(outgoing, url, json=self._content(message))
        _judge(answer)
        return receipt(answer)

    def _content(self, message: Message) -> dict[str, Any]:
        title = short(headline(message), 100)
        buttons = list(message_links(message))
        laid_out = self.lay_out(message, with_actions=not buttons)
        text = f"### {lookalikes(title)}\n\n{laid_out.text}"
        if (keyword := self.params.get("keyword", "")) not in title + text:
            text += f"\n\n{keyword}"
        if not buttons:
            markdown = {"title": title, "text": text}
            return {"msgtype": "markdown", "markdown": markdown, "at": {"isAtAll": False}}
        card = {
            "title": title,
            "text": text,
            "btnOrientation": "0",
            "btns": [{"title": short(label, 40), "actionURL": url} for label, url in buttons],
        }
        return {"msgtype": "actionCard", "actionCard": card}


def signature(secret: str, milliseconds: int) -> str:
    """Sign a time since the epoch, by "Security settings of custom robots": before URL encoding."""
    signed = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def _judge(answer: Answer) -> None:
    """Raise TransportError where the robot did not take the message."""
    said = members(answer)
    code, words = said.get("errcode"), str(said.get("errmsg", ""))
    if code == 0:
        return
    if code is None and said.get("punish"):
        # The gateway before the robot answers so, without a code, to whoever was too fast.
        raise refused(BLOCKED, said.get("status"), said["punish"], answer)
    raise refused(_verdict(code, words.lower()), code, words, answer)


def _verdict(code: object, words: str) -> Verdict:
    if code == 310000:
        return next((one for word, one in SECURITY.items() if word in words), INSECURE)
    if not isinstance(code, int):
        return UNKNOWN_AGAIN
    return VERDICTS.get(code, UNKNOWN_FINAL if code >= 100_000 else UNKNOWN_AGAIN)
