"""ServerChan, Turbo and ³, as their pages "Sending messages" document them."""

import re
from typing import Any

from aiohttp import web

from tests.standin_services.base import Service

LONGEST_TITLE = 32
LONGEST_SUMMARY = 64
LARGEST = 32 * 1024


class ServerChan(Service):
    """SendKeys. ServerChan³ gets its own host by number, which here is a part of the path."""

    routes = (("POST", r"/{key:(?:SCT|sct)\w+}.send"), ("POST", "/{number}/send/{key}.send"))
    refusal = {"code": 40001, "message": "[AUTH]错误的Key", "data": None, "scode": 461}

    def __init__(self) -> None:
        super().__init__()
        self.keys = {"SCT123456TqWeRtYuIoPaSdFgHjKlZxCvBn": 1000, "sctp1234tqwertyuiop": 1000}
        """What each may still send today."""

    def params(self, url: str) -> dict[str, str]:
        return {"sendkey": next(iter(self.keys))}

    def settings(self, url: str) -> dict[str, str]:
        return {"SERVERCHAN_URL": url, "SERVERCHAN3_URL": f"{url}/{{number}}"}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        number = re.match(r"sctp(\d+)t", key)
        if key not in self.keys or (number and request.match_info.get("number") != number[1]):
            return _refuse(40001, "[AUTH]错误的Key", 461)
        content = await _read(request)
        if problem := _problem(content):
            return _refuse(20001, f"[INPUT]{problem}", 460)
        if self.keys[key] == 0:
            return _refuse(40001, "[AUTH]超过当天的发送次数限制[5]", 471)
        self.keys[key] -= 1
        self.take(content, f"{content['title']}\n{content.get('desp', '')}")
        data = {"pushid": "1", "readkey": "SCTr", "error": "SUCCESS", "errno": 0}
        return web.json_response({"code": 0, "message": "", "data": data})


async def _read(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return dict(await request.post())


def _problem(content: dict[str, Any]) -> str:
    if not content.get("title"):
        return "title 不能为空"
    if len(content["title"]) > LONGEST_TITLE or len(content.get("short", "")) > LONGEST_SUMMARY:
        return "title 过长"
    if len(content.get("desp", "").encode()) > LARGEST:
        return "desp 过长"
    return ""


def _refuse(code: int, words: str, scode: int) -> web.Response:
    body = {"message": words, "code": code, "info": words, "args": [None], "scode": scode}
    return web.json_response(body, status=400)
