"""Discord's Execute Webhook, as its documentation has it."""

import json
import re
from typing import Any

from aiohttp import web

from tests.standin_services.base import Pace, Service


class Discord(Service):
    """Webhooks by id and token."""

    routes = (("POST", "/api/webhooks/{id}/{token}"),)

    def __init__(self) -> None:
        super().__init__()
        self.webhooks = {"1312000000000000001/x5B_2kq-PnLr0wYtH8zMdVfJ3sGcU7aXeQ9oTbWi1lRm4"}
        self._paces = Pace(5, 2), Pace(30, 60)

    def params(self, url: str) -> dict[str, str]:
        return {"url": f"https://discord.com/api/webhooks/{next(iter(self.webhooks))}"}

    def settings(self, url: str) -> dict[str, str]:
        return {"DISCORD_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if "/".join(request.match_info.values()) not in self.webhooks:
            return _refuse(404, 10015, "Unknown Webhook")
        try:
            message: dict[str, Any] = json.loads(await request.read())
            shown = "\n".join(map(_shown, message["embeds"]))
        except (ValueError, KeyError, TypeError):
            return _refuse(400, 50035, "Invalid Form Body")
        if not all(map(self.in_time, self._paces)):
            told = {"message": "You are being rate limited.", "retry_after": 0.57, "global": False}
            return web.json_response(told, status=429)
        self.take(message, shown)
        if request.query.get("wait") != "true":
            return web.Response(status=204)
        return web.json_response({"id": "1312000000000000002", "type": 0, "embeds": []})


def _shown(embed: dict[str, Any]) -> str:
    texts = [embed["title"], embed.get("description", "")]
    fields = [(one["name"], one["value"]) for one in embed.get("fields", [])]
    if not 0 < len(texts[0]) <= 256 or len(texts[1]) > 4096 or len(fields) > 25:
        raise ValueError("length")
    if any(not 0 < len(name) <= 256 or not 0 < len(value) <= 1024 for name, value in fields):
        raise ValueError("length")
    texts += [text for field in fields for text in field]
    if sum(map(len, texts)) > 6000:
        raise ValueError("length")
    if not 0 <= embed["color"] <= 0xFFFFFF:
        raise ValueError("color")
    # A backslash before a sign shows the sign.
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", "\n".join([*texts, embed.get("url", "")]))


def _refuse(status: int, code: int, words: str) -> web.Response:
    return web.json_response({"message": words, "code": code}, status=status)
