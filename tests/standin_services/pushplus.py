"""PushPlus, as "Sending messages", "Return codes" and "Limits" document it."""

import json
from typing import Any

from aiohttp import web

from tests.standin_services.base import Pace, RefusedError, Service

LONGEST_TITLE = 100
LONGEST = 20_000
TEMPLATES = {"html", "txt", "json", "markdown"}


class PushPlus(Service):
    """Accounts by their token, and the groups that they have."""

    routes = (("POST", "/send"),)
    refusal = {"code": 905, "msg": "账户未进行实名认证", "data": None}

    def __init__(self) -> None:
        super().__init__()
        self.accounts = {"c5ae2e4f0000400080005b7d3e1a9c24": {"moutai"}}
        self._pace = Pace(5, 60)

    def params(self, url: str) -> dict[str, str]:
        return {"token": next(iter(self.accounts))}

    def settings(self, url: str) -> dict[str, str]:
        return {"PUSHPLUS_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._judge(request)
        except RefusedError as error:
            return web.json_response({"code": error.code, "msg": error.words, "data": None})
        data = "f1e2d3c4b5a697887766554433221100"
        return web.json_response({"code": 200, "msg": "请求成功", "data": data})

    async def _judge(self, request: web.Request) -> None:
        try:
            message: dict[str, Any] = json.loads(await request.read())
            groups = self.accounts.get(message["token"])
        except (ValueError, KeyError, TypeError):
            raise RefusedError(600, "数据异常，操作失败") from None
        if groups is None:
            raise RefusedError(903, "无效的用户令牌")
        if problem := _problem(message, groups):
            raise RefusedError(999, problem)
        if not self.in_time(self._pace):
            raise RefusedError(900, "用户账号使用受限，请求次数过多")
        self.take(message, f"{message['title']}\n{message['content']}")


def _problem(message: dict[str, Any], groups: set[str]) -> str:
    if not message.get("content") or len(message["content"]) > LONGEST:
        return "内容长度错误"
    if len(message.get("title", "")) > LONGEST_TITLE:
        return "标题过长"
    if message.get("template", "html") not in TEMPLATES:
        return "模板不存在"
    if message.get("topic") and message["topic"] not in groups:
        return "群组不存在"
    return ""
