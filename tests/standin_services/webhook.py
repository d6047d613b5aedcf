"""A receiver of webhooks that verifies them as docs/webhooks.md tells receivers to."""

import json

from aiohttp import web

from docs.webhook import verify
from tests.standin_services.base import Service

SECRET = "whsec-3fG7hJ9kL2mN5pQ8"


class Webhook(Service):
    """It takes what is signed by its secret and has its key."""

    routes = (("POST", "/hooks/{name}"),)
    reads_status_only = True

    def params(self, url: str) -> dict[str, str]:
        headers = "X-Api-Key: aZ3dF6gH9jK2"
        return {"url": f"{url}/hooks/rT5yU8iO1pAs", "secret": SECRET, "headers": headers}

    def recipient(self, number: int, url: str) -> tuple[str, dict[str, str]]:
        name = f"hook{number:08}"
        return name, self.params(url) | {"url": f"{url}/hooks/{name}"}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if request.headers.get("X-Api-Key") != "aZ3dF6gH9jK2":
            return web.Response(status=401, text="who are you")
        timestamp, signature = (
            request.headers.get(f"X-Stockwatch-{name}", "") for name in ("Timestamp", "Signature")
        )
        if not verify(SECRET, timestamp, signature, body, now=self.clock()):
            return web.Response(status=403, text="the signature is wrong")
        told = json.loads(body)
        self.take(
            {"body": told, "headers": dict(request.headers)},
            json.dumps(told, ensure_ascii=False),
            request.match_info["name"],
            request.headers["Idempotency-Key"],
        )
        return web.json_response({"taken": len(self.taken)})
