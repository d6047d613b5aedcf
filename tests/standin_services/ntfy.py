"""ntfy, as "Publishing" and the server's list of errors document it."""

import json
import re
from typing import Any

from aiohttp import web

from tests.standin_services.base import Pace, RefusedError, Service

LARGEST = 4096
TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}").fullmatch
TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"


class Ntfy(Service):
    """Topics by name; of those in `protected` only who has the token may write to them."""

    routes = (("POST", ""),)

    def __init__(self) -> None:
        super().__init__()
        self.protected = {"stocks-4711-secret"}
        self.left_today = 250
        self._pace = Pace(60, 300)

    def params(self, url: str) -> dict[str, str]:
        return {"topic": "stocks-4711-secret", "token": TOKEN}

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        topic = f"stocks-{number:08}"
        return topic, {"topic": topic}

    def settings(self, url: str) -> dict[str, str]:
        return {"NTFY_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            message = await self._judge(request)
        except RefusedError as error:
            status = error.code // 100
            told = {"code": error.code, "http": status, "error": error.words}
            return web.json_response(told, status=status)
        return web.json_response({"id": "hwQ2YpKdmg", "event": "message", **message})

    async def _judge(self, request: web.Request) -> dict[str, Any]:
        if not self.in_time(self._pace):
            raise RefusedError(42901, "limit reached: too many requests, please be nice")
        try:
            message: dict[str, Any] = json.loads(await request.read())
            topic = str(message["topic"])
        except (ValueError, KeyError, TypeError):
            raise RefusedError(40024, "request body must be valid JSON") from None
        if not TOPIC(topic):
            raise RefusedError(40009, "invalid request: topic invalid")
        if topic in self.protected and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise RefusedError(40301, "forbidden")
        if not self.left_today:
            raise RefusedError(42908, "limit reached: daily message quota reached")
        _check(message)
        self.left_today -= 1
        buttons = [f"{one['label']} {one['url']}" for one in message.get("actions", [])]
        shown = [message["title"], message["message"], message.get("click", ""), *buttons]
        self.take(message, "\n".join(shown), topic)
        return message


def _check(message: dict[str, Any]) -> None:
    # What is longer would come as a file.
    if not 0 < len(message["message"].encode()) <= LARGEST:
        raise RefusedError(41301, "attachment too large")
    if message["priority"] not in range(1, 6):
        raise RefusedError(40007, "invalid priority parameter")
    actions = message.get("actions", [])
    if len(actions) > 3 or any(one["action"] != "view" or not one["url"] for one in actions):
        raise RefusedError(40018, "invalid request: actions invalid")
