"""Telegram: a bot in a chat with a user, in a group, or in a channel.

By "Bot API" (sendMessage, ResponseParameters, HTML style) and "Bots FAQ" (My bot is hitting
limits): one message a second a chat, 20 a minute a group; a text has 4,096 characters once its
markup is read.

`error_code` follows HTTP: 429 tells how long to wait, 4xx are final, other ones are tried again.
A group that became a supergroup tells its new id, to which the message then goes; where a button's
address is refused (localhost, say), the links go into the text.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, members, receipt, refusal
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import (
    LaidOut,
    Markup,
    headline,
    lay_out,
    message_links,
    short,
)
from notifications.transports._lengths import in_utf16
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
MARKUP = Markup(html.escape, "<b>{}</b>", '<a href="{url}">{label}</a>', "\n")

REASONS = {
    401: final(_("Telegram does not know the bot: copy its token from @BotFather anew.")),
    403: final(_("The bot may not write there: start it, or add it to the chat.")),
    404: final(_("Telegram does not know the bot: copy its token from @BotFather anew.")),
}
BAD_REQUESTS = {
    "chat": final(_("Telegram does not know the chat, or the bot is not in it.")),
    "too long": TOO_LONG,
}


class TelegramParams(forms.Form):
    """A bot, and the chat that it writes to."""

    token = PastedField(
        r"\d{5,20}:[0-9A-Za-z_-]{30,100}",
        inside=[r"(?P<key>\d{5,20}:[0-9A-Za-z_-]{30,100})"],
        label=_("Bot token"),
        help_text=_("From @BotFather, or its whole message."),
        mend=_("This is no token of a bot: copy the one like 123456:ABC… from @BotFather."),
    )
    chat_id = forms.CharField(
        label=_("Chat"),
        max_length=100,
        help_text=_("A number (groups have a minus sign), or the @name of a channel."),
    )

    def clean_chat_id(self) -> str:
        """Take a number, a name with its @, or the address of a public channel."""
        text: str = self.cleaned_data["chat_id"].strip()
        named = re.sub(r"^(https?://)?t\.me/(?=[A-Za-z])", "@", text)
        if not re.fullmatch(r"-?\d{1,20}|@[A-Za-z]\w{3,40}", named, re.ASCII):
            raise ValidationError(
                _("Write a number such as 123456789 or -1001234567890, or a name such as @name.")
            )
        return named


class Telegram(Transport):
    """HTML with buttons; what is not even normal comes without a sound."""

    label = _("Telegram bot")
    guide = Guide(
        Group.CHAT,
        _("A bot of your own in Telegram. You need an account there."),
        [
            _("In Telegram write /newbot to @BotFather, and copy the token that it answers with."),
            _("Write anything to your new bot, as bots may not begin a chat."),
            _(
                "Open https://api.telegram.org/bot…/getUpdates with your token for the dots: "
                "the number behind chat and id is your chat's."
            ),
        ],
    )
    Params = TelegramParams
    secrets = frozenset({"token"})
    length = staticmethod(in_utf16)

    def __init__(self, params: Mapping[str, Any]) -> None:
        super().__init__(params)
        is_group = not str(params["chat_id"]).isdigit()
        self.rates = (Rate(1, 1), Rate(20, 60)) if is_group else (Rate(1, 1),)

    def lay_out(self, message: Message, *, with_actions: bool = True) -> LaidOut:
        room = LIMIT - self.length(_title(message))
        return lay_out(message, MARKUP, room, self.length, with_actions=with_actions)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        content = self._content(message, with_buttons=True)
        answer = await self._ask(content, outgoing)
        if _has_refused_button(answer):
            content = self._content(message, with_buttons=False)
            answer = await self._ask(content, outgoing)
        if moved := _moved_to(answer):
            answer = await self._ask(content | {"chat_id": moved}, outgoing)
        _judge(answer)
        return receipt(answer)

    async def _ask(self, content: dict[str, Any], outgoing: Outgoing) -> Answer:
        url = f"{settings.TELEGRAM_URL}/bot{self.params['token']}/sendMessage"
        return await ask(outgoing, url, json=content)

    def _content(self, message: Message, *, with_buttons: bool) -> dict[str, Any]:
        buttons = list(message_links(message)) if with_buttons else []
        laid_out = self.lay_out(message, with_actions=not buttons)
        content: dict[str, Any] = {
            "chat_id": self.params["chat_id"],
            "text": _title(message) + laid_out.text,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "disable_notification": message.severity is Severity.INFO,
        }
        if buttons:
            rows = [[{"text": short(label, 60), "url": url}] for label, url in buttons]
            content["reply_markup"] = {"inline_keyboard": rows}
        return content


def _title(message: Message) -> str:
    return f"<b>{html.escape(short(headline(message), 200))}</b>\n"


def _has_refused_button(answer: Answer) -> bool:
    words = str(members(answer).get("description", "")) if answer.status == 400 else ""
    return "button url" in words.lower().replace("_", " ")


def _moved_to(answer: Answer) -> int | None:
    """Return the new id of a group that became a supergroup (ResponseParameters)."""
    if answer.status != 400:
        return None
    moved = _parameters(members(answer)).get("migrate_to_chat_id")
    return moved if isinstance(moved, int) else None


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    if answer.status >= 500:
        raise refusal(answer)
    said = members(answer)
    if said.get("ok") is not True:
        code, words = said.get("error_code"), str(said.get("description", ""))
        raise refused(_verdict(code, words, _parameters(said)), code, words, answer)


def _verdict(code: object, words: str, parameters: Mapping[str, Any]) -> Verdict:
    if code == 429:
        wait = parameters.get("retry_after")
        return again(TOO_FAST.reason, float(wait) if isinstance(wait, int) else TOO_FAST.wait)
    if code == 400:
        return next((v for word, v in BAD_REQUESTS.items() if word in words), BAD_REQUEST)
    if not isinstance(code, int):
        return UNKNOWN_AGAIN
    return REASONS.get(code, UNKNOWN_FINAL if 400 <= code < 500 else UNKNOWN_AGAIN)


def _parameters(said: Mapping[str, Any]) -> Mapping[str, Any]:
    parameters = said.get("parameters")
    return parameters if isinstance(parameters, dict) else {}
