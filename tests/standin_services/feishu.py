"""Feishu's custom bot, as "Custom bot usage guide" documents it."""

import base64
import hashlib
import hmac
import html
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.standin_services.base import Pace, RefusedError, Service

LARGEST = 20 * 1024
HOUR = 3600
UNSIGNED = "sign match fail or timestamp is not within one hour from current time"
COLOURS = {"blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet",
           "purple", "indigo", "grey", "default"}  # fmt: skip


@dataclass
class Bot:
    """One bot and its security settings."""

    secret: str = ""
    keyword: str = ""


class Feishu(Service):
    """Bots by what their address ends with."""

    routes = (("POST", "/open-apis/bot/v2/hook/{token}"),)
    refusal = {"code": 19024, "msg": "Key Words Not Found"}

    def __init__(self) -> None:
        super().__init__()
        self.bots = {"2f6a9c1e-0000-4000-8000-5b7d3e1a9c24": Bot("u1GBfHJ3dXyZkQ")}
        self._of_second, self._of_minute = Pace(5, 1), Pace(100, 60)

    def params(self, url: str) -> dict[str, str]:
        [(token, bot)] = list(self.bots.items())[:1]
        address = f"https://open.feishu.cn/open-apis/bot/v2/hook/{token}"
        return {"token": address, "secret": bot.secret}

    def settings(self, url: str) -> dict[str, str]:
        return {"FEISHU_URL": url, "LARK_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._judge(request)
        except RefusedError as error:
            said = {"code": error.code, "msg": error.words, "data": {}}
            return web.json_response(said, status=error.status)
        done = {"code": 0, "msg": "success", "data": {}}
        return web.json_response({"StatusCode": 0, "StatusMessage": "success", **done})

    async def _judge(self, request: web.Request) -> None:
        body = await request.read()
        bot = self.bots.get(request.match_info["token"])
        if bot is None:
            raise RefusedError(19001, "param invalid: incoming webhook access token invalid")
        try:
            message = json.loads(body)
            shown = _shown(message)
        except (ValueError, KeyError, TypeError):
            raise RefusedError(9499, "Bad Request") from None
        if len(body) > LARGEST:
            raise RefusedError(9499, "Bad Request")
        if bot.secret and not self._is_signed(message, bot.secret):
            raise RefusedError(19021, UNSIGNED)
        if bot.keyword not in shown:
            raise RefusedError(19024, "Key Words Not Found")
        if not self.in_time(self._of_second):  # the gateway before the bots
            raise RefusedError(9499, "too many request", status=400)
        if not self.in_time(self._of_minute):
            raise RefusedError(11232, "frequency limited psm[lark.oapi.app_platform_runtime]")
        self.take(message, shown)

    def _is_signed(self, message: dict[str, Any], secret: str) -> bool:
        stamp = message.get("timestamp", "")
        if not str(stamp).isdigit() or abs(self.clock() - int(stamp)) > HOUR:
            return False
        mac = hmac.new(f"{stamp}\n{secret}".encode(), digestmod=hashlib.sha256)
        return message.get("sign") == base64.b64encode(mac.digest()).decode()


def _shown(message: dict[str, Any]) -> str:
    if message["msg_type"] != "interactive":
        raise KeyError(message["msg_type"])
    card = message["card"]
    if card["header"]["template"] not in COLOURS:
        raise ValueError(card["header"]["template"])
    shown = [_text(card["header"]["title"])]
    for element in card["elements"]:
        shown += _element(element)
    return "\n".join(shown)


def _element(element: dict[str, Any]) -> list[str]:
    if element["tag"] == "div" and "fields" in element:
        return [_text(field["text"]) for field in element["fields"] if field["is_short"]]
    if element["tag"] == "div":
        return [_text(element["text"])]
    if element["tag"] == "markdown":
        return [html.unescape(element["content"])]
    if element["tag"] == "action":
        return [f"{_text(button['text'])} {button['url']}" for button in element["actions"]]
    raise KeyError(element["tag"])


def _text(text: dict[str, str]) -> str:
    if text["tag"] not in ("plain_text", "lark_md") or not text["content"]:
        raise KeyError(text["tag"])
    return html.unescape(text["content"]) if text["tag"] == "lark_md" else text["content"]
