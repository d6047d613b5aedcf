"""Discord: a channel's webhook.

By "Webhook: Execute Webhook" (wait=true answers with the message), "Message: Embed limits" (title
256, description 4,096 characters, 25 fields with values of 1,024), "Allowed mentions object", "Rate
limits" (429 with retry_after in seconds, fractions allowed; a webhook that answers 404 must not be
used again) and "Opcodes and status codes" (JSON error codes) of Discord's documentation. Five
messages in two seconds and thirty a minute are what its answers' headers grant a webhook.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, members, receipt, refusal
from notifications.transports._backslashes import backslashes
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import LaidOut, Markup, headline, lay_out, short
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import (
    BAD_REQUEST,
    TOO_FAST,
    TOO_LONG,
    UNKNOWN_AGAIN,
    UNKNOWN_FINAL,
    Verdict,
    again,
    final,
    refused,
)
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 4096
MOST_FIELDS = 25
COLOURS = {Severity.INFO: 0x8A8F98, Severity.NORMAL: 0x2F7ED8, Severity.URGENT: 0xD32F2F}
MARKUP = Markup(backslashes, "**{}**", "[{label}]({url})", "\n")

REMOVED = final(_("Discord does not know the webhook any more: make one anew."))
REASONS: dict[int, Verdict] = {
    10003: REMOVED,
    10015: REMOVED,
    40005: TOO_LONG,
    50006: BAD_REQUEST,
    50027: REMOVED,
    50035: BAD_REQUEST,
}


_SITE = r"^https://((ptb|canary)\.)?discord(app)?\.com"


class DiscordParams(forms.Form):
    """The webhook's address."""

    url = PastedField(
        r"\d{5,25}/[-\w]{20,100}",
        inside=[_SITE + r"/api/(v\d+/)?webhooks/(?P<key>[^?#\s]+?)/?(\?.*)?$"],
        label=_("Webhook address"),
        help_text=_("From the channel's settings: Integrations, Webhooks."),
        mend=_("Enter a webhook's address: https://discord.com/api/webhooks/…/…"),
    )


class Discord(Transport):
    """An embed with a bar in the colour of its severity; it mentions nobody."""

    label = "Discord"
    guide = Guide(
        Group.CHAT,
        _("A webhook into a Discord channel. You need the right to manage webhooks there."),
        [
            _("Open the channel's settings: Integrations, then Webhooks."),
            _("Press New Webhook, then Copy Webhook URL, and paste it here."),
        ],
    )
    Params = DiscordParams
    secrets = frozenset({"url"})
    rates = (Rate(5, 2), Rate(30, 60))

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, MARKUP, LIMIT, len, with_facts=False)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        url = f"{settings.DISCORD_URL}/api/webhooks/{self.params['url']}?wait=true"
        answer = await ask(outgoing, url, json=_content(message, self.lay_out(message).text))
        _judge(answer)
        return receipt(answer)


def _content(message: Message, text: str) -> dict[str, Any]:
    embed: dict[str, Any] = {
        "title": backslashes(short(headline(message), 120)),
        "description": text,
        "fields": [
            {"name": fact.label, "value": backslashes(short(fact.value)), "inline": True}
            for fact in message.facts[:MOST_FIELDS]
        ],
        "color": COLOURS[message.severity],
    }
    if message.url:
        embed["url"] = message.url
    if not message.is_digest and (at := message.items[0].fired_at):
        embed["timestamp"] = at.isoformat()
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    if answer.status >= 500:
        raise refusal(answer)
    said = members(answer)
    if answer.status >= 300 or "id" not in said:
        verdict = _verdict(answer.status, said)
        raise refused(verdict, said.get("code", answer.status), said.get("message"), answer)


def _verdict(status: int, said: dict[str, Any]) -> Verdict:
    if status == 429:
        wait = said.get("retry_after")
        return again(TOO_FAST.reason, float(wait) if isinstance(wait, int | float) else None)
    if status == 404:
        return REMOVED
    code = said.get("code")
    if isinstance(code, int) and code in REASONS:
        return REASONS[code]
    return UNKNOWN_FINAL if status >= 300 else UNKNOWN_AGAIN
