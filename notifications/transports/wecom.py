"""WeCom (企业微信): the robot of a group.

By "Group robot configuration" (群机器人配置说明) and "Global error codes" (全局错误码) of WeCom's
developer centre. 20 messages a minute a robot; a Markdown text may have 4,096 bytes.

Every answer has HTTP 200. Codes that are in no table: 45xxx are limits that pass with time, and so
does what is below 40000; the rest says what is wrong with the request and is final.
"""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import members, post, receipt
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import LaidOut, Markup, lay_out, short
from notifications.transports._lengths import in_bytes
from notifications.transports._lookalikes import lookalikes
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import (
    BAD_REQUEST,
    BUSY,
    TOO_FAST,
    TOO_LONG,
    UNKNOWN_AGAIN,
    UNKNOWN_FINAL,
    Verdict,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 4096
"""Bytes of a Markdown text."""

MARKUP = Markup(lookalikes, "**{}**", "[{label}]({url})", "\n")
TITLES = {
    Severity.URGENT: '### <font color="warning">{}</font>',
    Severity.NORMAL: "### {}",
    Severity.INFO: '### <font color="comment">{}</font>',
}
UNKNOWN_ROBOT = final(_("WeCom does not know the robot: copy its webhook address anew."))

VERDICTS = {
    -1: BUSY,
    40001: UNKNOWN_ROBOT,
    40008: BAD_REQUEST,
    40058: BAD_REQUEST,
    44004: BAD_REQUEST,
    45002: TOO_LONG,
    45009: TOO_FAST,
    45033: TOO_FAST,
    93000: UNKNOWN_ROBOT,
    93004: final(_("The robot is stopped: start it in the settings of the group.")),
    93008: final(_("The robot is no longer in the group.")),
}


class WeComParams(forms.Form):
    """A robot."""

    key = PastedField(
        "[0-9A-Za-z-]{16,100}",
        inside=[r"[?&]key=(?P<key>[^&#\s]+)"],
        label=_("Webhook address"),
        help_text=_("As the robot's settings show it, or only its key."),
        mend=_(
            "This is no address of a WeCom robot: copy the one that begins with "
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
        ),
    )


class WeCom(Transport):
    """Markdown, whose colour tells the severity. Nobody is mentioned."""

    label = _("WeCom robot")
    guide = Guide(
        Group.CHAT,
        _("A robot in a WeCom group. You need a group that you may add robots to."),
        [
            _("In the group's menu choose Add Group Robot, and create one."),
            _("Copy the webhook address that it shows, and paste it here."),
        ],
    )
    Params = WeComParams
    secrets = frozenset({"key"})
    rates = (Rate(20, 60),)
    length = staticmethod(in_bytes)

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, MARKUP, LIMIT - self.length(_title(message)), self.length)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        text = _title(message) + self.lay_out(message).text
        url = f"{settings.WECOM_URL}/cgi-bin/webhook/send?key={self.params['key']}"
        content = {"msgtype": "markdown", "markdown": {"content": text}}
        answer = await post(outgoing, url, json=content)
        _judge(answer)
        return receipt(answer)


def _title(message: Message) -> str:
    return TITLES[message.severity].format(lookalikes(short(message.title, 200))) + "\n"


def _judge(answer: Answer) -> None:
    """Raise TransportError where the robot did not take the message."""
    said = members(answer)
    code = said.get("errcode")
    if code != 0:
        raise refused(_verdict(code), code, said.get("errmsg", ""), answer)


def _verdict(code: object) -> Verdict:
    if not isinstance(code, int):
        return UNKNOWN_AGAIN
    passes = code < 40_000 or 45_000 <= code < 46_000
    return VERDICTS.get(code, UNKNOWN_AGAIN if passes else UNKNOWN_FINAL)
