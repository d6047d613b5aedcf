"""WeCom's group robot, as "Group robot configuration" documents it."""

import json

from aiohttp import web

from tests.standin_services.base import Pace, RefusedError, Service

LARGEST = 4096
SEE = "more info at https://open.work.weixin.qq.com/devtool/query?e="


class WeCom(Service):
    """Robots by their key."""

    routes = (("POST", "/cgi-bin/webhook/send"),)
    refusal = {"errcode": 93000, "errmsg": "invalid webhook url"}

    def __init__(self) -> None:
        super().__init__()
        self.keys = {"693a91f6-0000-4bc4-97a0-0ec2ffa5aaaa"}
        self._pace = Pace(20, 60)

    def params(self, url: str) -> dict[str, str]:
        [key] = self.keys
        return {"key": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}"}

    def settings(self, url: str) -> dict[str, str]:
        return {"WECOM_URL": url}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._judge(request)
        except RefusedError as error:
            words = f"{error.words}, hint: [1700000000], {SEE}{error.code}"
            return web.json_response({"errcode": error.code, "errmsg": words})
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _judge(self, request: web.Request) -> None:
        if request.query.get("key") not in self.keys:
            raise RefusedError(93000, "invalid webhook url")
        try:
            message = json.loads(await request.read())
            content = message[message["msgtype"]]["content"]
        except (ValueError, KeyError, TypeError):
            raise RefusedError(40008, "invalid message type") from None
        if message["msgtype"] != "markdown":
            raise RefusedError(40008, "invalid message type")
        if not content:
            raise RefusedError(44004, "empty content")
        if len(content.encode("utf-8")) > LARGEST:
            raise RefusedError(40058, "markdown.content exceed max length 4096")
        if not self.in_time(self._pace):
            raise RefusedError(45009, "api freq out of limit")
        self.take(message, content)
