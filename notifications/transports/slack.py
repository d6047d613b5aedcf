"""Slack: a channel's incoming webhook.

By "Sending messages using incoming webhooks" (errors are words in the body), "Formatting text for
app surfaces" (& < > are escaped; * _ ~ ` are not, so they become full-width), "Rate limits" (one
message a second) and "Blocks: section" (3,000 characters, ten fields) of Slack's documentation.
Links are no buttons: a button wants an app that answers when it is pressed.
"""

import html
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.message import Fact, Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, head, receipt, refusal
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import LaidOut, Markup, headline, lay_out, short
from notifications.transports._pasted import PastedField
from notifications.transports._verdicts import BAD_REQUEST, UNKNOWN_AGAIN, Verdict, final, refused
from notifications.transports.base import Rate, Receipt, Transport

LIMIT = 3000
MOST_FIELDS = 10
COLOURS = {Severity.INFO: "#8a8f98", Severity.NORMAL: "#2f7ed8", Severity.URGENT: "#d32f2f"}
_MARKUP = str.maketrans("*_~`", "＊＿～｀")

REMOVED = final(_("Slack does not know the webhook any more: add one anew."))
CLOSED = final(_("The channel takes no messages: it is archived, or closed to the webhook."))
REASONS: dict[str, Verdict] = {
    "invalid_payload": BAD_REQUEST,
    "no_text": BAD_REQUEST,
    "too_many_attachments": BAD_REQUEST,
    "invalid_token": REMOVED,
    "no_active_hooks": REMOVED,
    "no_service": REMOVED,
    "no_service_id": REMOVED,
    "no_team": REMOVED,
    "team_disabled": REMOVED,
    "user_not_found": REMOVED,
    "channel_not_found": REMOVED,
    "channel_is_archived": CLOSED,
    "action_prohibited": CLOSED,
    "posting_to_general_channel_denied": CLOSED,
    "rollup_error": UNKNOWN_AGAIN,
}


class SlackParams(forms.Form):
    """The webhook's address."""

    url = PastedField(
        r"T\w{1,30}/B\w{1,30}/\w{10,60}",
        inside=[r"^https://hooks\.slack(-gov)?\.com/services/(?P<key>[^?#\s]+?)/?$"],
        label=_("Webhook address"),
        help_text=_("It begins with https://hooks.slack.com/services/."),
        mend=_("Enter an incoming webhook's address: https://hooks.slack.com/services/T…/B…/…"),
    )


class Slack(Transport):
    """A title, and beside a bar in the colour of its severity facts as fields and the text."""

    label = "Slack"
    guide = Guide(
        Group.CHAT,
        _("An incoming webhook into a Slack channel. You need the right to add apps."),
        [
            _("At api.slack.com/apps create an app for your workspace."),
            _("Turn on its Incoming Webhooks, add one, and choose the channel."),
            _("Copy its address, and paste it here."),
        ],
    )
    Params = SlackParams
    secrets = frozenset({"url"})
    rates = (Rate(1, 1),)

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, MARKUP, LIMIT, len, with_facts=False)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        url = f"{settings.SLACK_URL}/services/{self.params['url']}"
        answer = await ask(outgoing, url, json=_content(message, self.lay_out(message).text))
        _judge(answer)
        return receipt(answer)


def escaped(text: str) -> str:
    """Return a text in which nothing is markup: names of stocks begin with *ST."""
    return html.escape(text.translate(_MARKUP), quote=False)


MARKUP = Markup(escaped, "*{}*", "<{url}|{label}>", "\n")


def _content(message: Message, text: str) -> dict[str, Any]:
    title = escaped(short(headline(message), 300))
    blocks: list[dict[str, Any]] = []
    if fields := list(map(_field, message.facts[:MOST_FIELDS])):
        blocks.append({"type": "section", "fields": fields})
    if text:
        blocks.append({"type": "section", "text": _mrkdwn(text)})
    if not blocks:
        return {"text": title}
    bar = {"color": COLOURS[message.severity], "fallback": title, "blocks": blocks}
    return {"text": title, "attachments": [bar]}


def _field(fact: Fact) -> dict[str, Any]:
    return _mrkdwn(f"*{escaped(fact.label)}*\n{escaped(short(fact.value))}")


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    word = head(answer.body)
    if answer.status == 200 and word == "ok":
        return
    if verdict := REASONS.get(word):
        raise refused(verdict, answer.status, word, answer)
    if answer.status >= 300:
        raise refusal(answer)
    raise refused(UNKNOWN_AGAIN, answer.status, "", answer)
