"""DingTalk's custom robot, as "Custom robot access" and "Security settings" document it."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.standin_services.base import Pace, RefusedError, Service

LARGEST = 20_000
HOUR = 3600
BLOCK = 600


@dataclass
class Robot:
    """One robot and its security settings."""

    secret: str = ""
    keyword: str = ""
    stopped: bool = False
    pace: Pace = field(default_factory=lambda: Pace(20, 60))
    blocked_until: float = 0.0


class DingTalk(Service):
    """Robots by their access_token."""

    routes = (("POST", "/robot/send"),)
    refusal = {"errcode": 400102, "errmsg": "robot is stopped"}

    def __init__(self) -> None:
        super().__init__()
        self.no_keyword = "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词"
        self.robots = {"0123456789abcdef" * 4: Robot("SEC" + "5e" * 32)}

    def params(self, url: str) -> dict[str, str]:
        [(token, robot)] = list(self.robots.items())[:1]
        address = f"https://oapi.dingtalk.com/robot/send?access_token={token}"
        return {"token": address, "secret": robot.secret}

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        token, secret = f"{number:064x}", f"SEC{number:064x}"
        self.robots[token] = Robot(secret)
        return token, {"token": token, "secret": secret}

    def settings(self, url: str) -> dict[str, str]:
        return {"DINGTALK_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._judge(request)
        except RefusedError as error:
            return web.json_response({"errcode": error.code, "errmsg": error.words})
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _judge(self, request: web.Request) -> None:
        robot = self.robots.get(request.query.get("access_token", ""))
        if robot is None:
            raise RefusedError(300005, "token is not exist")
        if robot.stopped:
            raise RefusedError(400102, "robot is stopped")
        body = await request.read()
        if len(body) > LARGEST:
            raise RefusedError(460101, "message too long, exceed 20000 bytes")
        if robot.secret and (refused := self._unsigned(request, robot.secret)):
            raise RefusedError(310000, refused)
        try:
            message = json.loads(body)
            shown = _shown(message)
        except (ValueError, KeyError, TypeError):
            raise RefusedError(40035, "invalid parameters") from None
        if robot.keyword not in shown:
            raise RefusedError(310000, self.no_keyword)
        if not self._is_in_time(robot):
            self.too_fast += 1
            raise RefusedError(130101, "send too fast, exceed 20 times per minute")
        self.take(message, shown, request.query["access_token"])

    def _unsigned(self, request: web.Request, secret: str) -> str:
        stamp, sign = request.query.get("timestamp", ""), request.query.get("sign", "")
        if len(stamp) != 13 or abs(self.clock() - int(stamp) / 1000) > HOUR:
            return "invalid timestamp"
        mac = hmac.new(secret.encode("utf-8"), digestmod=hashlib.sha256)
        mac.update(stamp.encode("utf-8") + b"\n" + secret.encode("utf-8"))
        return "" if base64.b64decode(sign) == mac.digest() else "sign not match"

    def _is_in_time(self, robot: Robot) -> bool:
        now = self.clock()
        if now < robot.blocked_until:
            return False
        if not robot.pace.allows(now):
            robot.blocked_until = now + BLOCK
            return False
        return True


def _shown(message: dict[str, Any]) -> str:
    if message["msgtype"] == "markdown":
        markdown = message["markdown"]
        return f"{markdown['title']}\n{markdown['text']}"
    if message["msgtype"] == "actionCard":
        card = message["actionCard"]
        buttons = [f"{button['title']} {button['actionURL']}" for button in card["btns"]]
        return "\n".join([card["title"], card["text"], *buttons])
    raise KeyError(message["msgtype"])
