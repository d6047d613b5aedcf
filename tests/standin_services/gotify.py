"""Gotify's POST /message, as its API documentation has it."""

import json
from typing import Any

from aiohttp import web

from tests.standin_services.base import Service


class Gotify(Service):
    """Applications by their token."""

    routes = (("POST", "/message"),)

    def __init__(self) -> None:
        super().__init__()
        self.applications = {"AKfAIvaz8v2uKBq"}

    def params(self, url: str) -> dict[str, str]:
        return {"server": f"{url}/", "token": next(iter(self.applications))}

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        token = f"A{number:014}"
        self.applications.add(token)
        return token, {"server": f"{url}/", "token": token}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Gotify-Key") not in self.applications:
            return _refuse(401, "Unauthorized", "you need to provide a valid access token")
        try:
            message: dict[str, Any] = json.loads(await request.read())
            shown = _shown(message)
        except (ValueError, KeyError, TypeError):
            return _refuse(400, "Bad Request", "Field 'message' is required")
        self.take(message, shown, request.headers["X-Gotify-Key"])
        return web.json_response({"id": len(self.taken), "appid": 1, **message})


def _shown(message: dict[str, Any]) -> str:
    if not message["message"] or not isinstance(message["priority"], int):
        raise ValueError("message")
    click = message["extras"].get("client::notification", {}).get("click", {}).get("url", "")
    return "\n".join([message["title"], message["message"].replace("\\", ""), click])


def _refuse(status: int, error: str, why: str) -> web.Response:
    told = {"error": error, "errorCode": status, "errorDescription": why}
    return web.json_response(told, status=status)
