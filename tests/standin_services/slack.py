"""Slack's incoming webhooks, as their documentation and that of blocks have it."""

import html
import json
import re
from typing import Any

from aiohttp import web

from tests.standin_services.base import Pace, RefusedError, Service

LONGEST = 3000
MOST_FIELDS, LONGEST_FIELD = 10, 2000
_STRAY = re.compile(r"&(?!(amp|lt|gt);)|<(?![^<>|\s]+\|[^<>|]+>)")


class Slack(Service):
    """Webhooks by their path; what is wrong with one is its word."""

    routes = (("POST", "/services/{team}/{bot}/{key}"),)

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: dict[str, str] = {"T0471ABCD/B0472EFGH/vGzLm3xQwJ8kP2nR5tYb7cDa": ""}
        self._pace = Pace(10, 10)

    def params(self, url: str) -> dict[str, str]:
        return {"url": f"https://hooks.slack.com/services/{next(iter(self.webhooks))}"}

    def settings(self, url: str) -> dict[str, str]:
        return {"SLACK_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._judge(request)
        except RefusedError as error:
            wait = {"Retry-After": "1"} if error.code == 429 else {}
            return web.Response(status=error.code, text=error.words, headers=wait)
        return web.Response(text="ok")

    async def _judge(self, request: web.Request) -> None:
        trouble = self.webhooks.get("/".join(request.match_info.values()), "no_service")
        if trouble:
            status = {"channel_is_archived": 410, "action_prohibited": 403, "rollup_error": 500}
            raise RefusedError(status.get(trouble, 404), trouble)
        try:
            message = json.loads(await request.read())
            shown = list(map(_read, _texts(message)))
        except (ValueError, KeyError, TypeError):
            raise RefusedError(400, "invalid_payload") from None
        if not self.in_time(self._pace):
            raise RefusedError(429, "rate_limited")
        self.take(message, "\n".join(shown))


def _texts(message: dict[str, Any]) -> list[str]:
    if not message["text"]:
        raise ValueError("no_text")
    blocks = [block for bar in message.get("attachments", []) for block in bar["blocks"]]
    return [message["text"], *(text for block in blocks for text in _of_block(block))]


def _of_block(block: dict[str, Any]) -> list[str]:
    fields = [field["text"] for field in block.get("fields", [])]
    if len(fields) > MOST_FIELDS or any(not 0 < len(text) <= LONGEST_FIELD for text in fields):
        raise ValueError("invalid_blocks")
    texts = [block["text"]["text"]] if "text" in block else []
    if any(not 0 < len(text) <= LONGEST for text in texts) or not texts + fields:
        raise ValueError("invalid_blocks")
    return [*texts, *fields]


def _read(text: str) -> str:
    """Return mrkdwn as it is shown; a sign that would be markup by mistake is an error."""
    if _STRAY.search(text):
        raise ValueError(text)
    return html.unescape(re.sub(r"<([^<>|]+)\|([^<>|]+)>", r"\2 \1", text))
