"""The stand-ins' HTTP: every service under its own name, on one port of 127.0.0.1."""

from collections import Counter, defaultdict, deque
from typing import Self

from aiohttp import web

from stockwatch.plugins import load
from tests import standin_services
from tests.standin_services._faults import Fault, Handler, misbehave
from tests.standin_services.base import Service


def service_kinds() -> dict[str, type[Service]]:
    """The services by name."""
    return load(standin_services, Service)  # type: ignore[type-abstract]


class StandInServices:
    """The server. `async with StandInServices() as server:` listens on a free port."""

    def __init__(self) -> None:
        self.services = {name: kind() for name, kind in service_kinds().items()}
        self.requests: Counter[str] = Counter()
        """How many requests came to each service."""
        self.private_requests = 0
        """How many came where a redirect leads that nobody should follow."""
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        app = web.Application(middlewares=[self._misbehave], client_max_size=16 * 1024 * 1024)
        for name, service in self.services.items():
            for method, path in service.routes:
                app.router.add_route(method, f"/{name}{path}", service.answer)
        app.router.add_route("*", "/private/{rest:.*}", self._private)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    def __getitem__(self, name: str) -> Service:
        return self.services[name]

    @property
    def root(self) -> str:
        """The address of the server itself."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    def url(self, name: str) -> str:
        """The base URL of a service, for the settings that hold it."""
        return f"{self.root}/{name}"

    def settings(self) -> dict[str, str]:
        """Return the settings by which all transports come here."""
        return {
            setting: address
            for name, service in self.services.items()
            for setting, address in service.settings(self.url(name)).items()
        }

    def misbehave(self, name: str, *faults: Fault) -> None:
        """Spoil the service's next answers, one by each fault."""
        self._faults[name].extend(faults)

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.path.split("/")[1]
        self.requests[name] += 1
        if not self._faults[name]:
            return await handler(request)
        fault = self._faults[name].popleft()
        return await misbehave(fault, request, handler)

    async def _private(self, _request: web.Request) -> web.Response:
        self.private_requests += 1
        return web.Response(text="secrets of the network")
