"""Telegram's Bot API: sendMessage with HTML style and an inline keyboard, as it is documented."""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.standin_services.base import Pace, Service

LONGEST = 4096
TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote"}
_PIECE = re.compile(r"<(/?)(\w+)((?:\s[^<>]*)?)>|([^<>]+)|(.)", re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")


class Telegram(Service):
    """Bots by their token; chats by their id."""

    routes = (("POST", "/bot{token}/sendMessage"),)
    refusal = {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked"}

    def __init__(self) -> None:
        super().__init__()
        self.tokens = {"123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"}
        self.chats = {"4711", "-100987654321", "@stocks"}
        self.moved = {"-555": -100555}
        """Groups that became supergroups."""
        self.blocked: set[str] = set()
        self._paces: dict[str, Pace] = defaultdict(lambda: Pace(20, 60))

    def params(self, url: str) -> dict[str, str]:
        return {"token": next(iter(self.tokens)), "chat_id": "-100987654321"}

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        chat = f"-100{number:010}"
        self.chats.add(chat)
        return chat, {"token": next(iter(self.tokens)), "chat_id": chat}

    def settings(self, url: str) -> dict[str, str]:
        return {"TELEGRAM_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] not in self.tokens:
            return _refuse(401, "Unauthorized")
        message: dict[str, Any] = json.loads(await request.read())
        chat = str(message.get("chat_id", ""))
        if refused := self._refusal_of_chat(chat):
            return refused
        try:
            shown = [_text(message), *_buttons(message)]
        except ValueError as error:
            return _refuse(400, f"Bad Request: {error}")
        if chat.startswith("-") and not self.in_time(self._paces[chat]):
            return _refuse(429, "Too Many Requests: retry after 37", retry_after=37)
        self.take(message, "\n".join(shown), chat)
        return web.json_response({"ok": True, "result": {"message_id": len(self.taken)}})

    def _refusal_of_chat(self, chat: str) -> web.Response | None:
        if new := self.moved.get(chat):
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            return _refuse(400, words, migrate_to_chat_id=new)
        if chat in self.blocked:
            return _refuse(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats | {str(new) for new in self.moved.values()}:
            return _refuse(400, "Bad Request: chat not found")
        return None


def _text(message: dict[str, Any]) -> str:
    """Return the text without its markup. Raises ValueError as Telegram words it."""
    shown = "".join(_entities(message["text"])) if message.get("parse_mode") else message["text"]
    if not shown.strip():
        raise ValueError("message text is empty")
    if len(shown.encode("utf-16-le")) // 2 > LONGEST:
        raise ValueError("message is too long")
    return shown


def _entities(text: str) -> Iterator[str]:
    opened: list[str] = []
    for closing, tag, attributes, words, stray in _PIECE.findall(text):
        if stray or (tag and tag not in TAGS) or _ENTITY.search(words):
            raise ValueError(f"can't parse entities: Unsupported start tag {tag or stray!r}")
        if closing and (not opened or opened.pop() != tag):
            raise ValueError("can't parse entities: Unmatched end tag")
        if tag and not closing:
            opened.append(tag)
        yield html.unescape(words) + attributes
    if opened:
        raise ValueError(f"can't parse entities: Can't find end tag of {opened[-1]}")


def _buttons(message: dict[str, Any]) -> Iterator[str]:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            if "." not in (urlsplit(button["url"]).hostname or ""):
                raise ValueError(
                    f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
                )
            yield f"{button['text']} {button['url']}"


def _refuse(code: int, words: str, **parameters: int) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)
