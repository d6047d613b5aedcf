"""Mattermost's incoming webhooks: what Apprise is tried against."""

import json

from aiohttp import web

from tests.standin_services.base import Service

HOOK = "mq3w8f6zxbnk7rtyu1oasdghjc"


class Mattermost(Service):
    """Webhooks by their id."""

    routes = (("POST", "/hooks/{id}"),)

    def params(self, url: str) -> dict[str, str]:
        return {"url": f"{url.replace('http://', 'mmost://')}/{HOOK}"}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["id"] != HOOK:
            return web.json_response({"message": "Couldn't find the webhook."}, status=404)
        message = json.loads(await request.read())
        self.take(message, message["text"])
        return web.Response(text="ok")
