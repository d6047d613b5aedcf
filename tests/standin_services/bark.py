"""bark-server, as its "API V2" documents it, and Apple behind it."""

import json
import time

from aiohttp import web

from tests.standin_services.base import Service

LARGEST = 4096
LEVELS = {"critical", "active", "timeSensitive", "passive"}


class Bark(Service):
    """Devices by their key, each with Apple's word on it."""

    routes = (("POST", "/push"),)
    refusal = {"code": 400, "message": "request bind failed"}

    def __init__(self) -> None:
        super().__init__()
        self.devices = {"ynJ5Ft4atkMkWeo2PAvFhF": ""}

    def params(self, url: str) -> dict[str, str]:
        return {"key": f"https://api.day.app/{next(iter(self.devices))}/Customed Notification"}

    def settings(self, url: str) -> dict[str, str]:
        return {"BARK_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            message = json.loads(await request.read())
            key = message["device_key"]
        except (ValueError, KeyError, TypeError):
            return _say(400, "device key is empty")
        if key not in self.devices:
            words = f"failed to get [{key}] device token from database"
            return _say(400, f"failed to get device token: {words}")
        if message.get("level", "active") not in LEVELS:
            return _say(400, "request bind failed: level")
        # What Apple gets: the texts in its own envelope, and all other members.
        if len(json.dumps(message, ensure_ascii=False).encode()) + 200 > LARGEST:
            return _say(500, "push failed: PayloadTooLarge")
        if apple := self.devices[key]:
            return _say(500, f"push failed: {apple}")
        self.take(message, "\n".join([message["title"], message["body"], message.get("url", "")]))
        return _say(200, "success")


def _say(code: int, words: str) -> web.Response:
    body = {"code": code, "message": words, "timestamp": int(time.time())}
    return web.json_response(body, status=code)
