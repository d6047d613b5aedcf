"""The stand-ins' HTTP: every service under its own name, on one port of 127.0.0.1."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from functools import partial
from typing import Self

from aiohttp import web

from stockwatch.plugins import load
from tests import standin_services
from tests.standin_services._faults import UNSAID, Fault, Handler, misbehave
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
        self.weather: Callable[[], Fault | None] = lambda: None
        """How the next request to any service goes wrong, where no fault was ordered."""
        self._port = 0
        app = web.Application(middlewares=[self._misbehave], client_max_size=16 * 1024 * 1024)
        for name, service in self.services.items():
            for method, path in service.routes:
                app.router.add_route(method, f"/{name}{path}", service.answer)
        app.router.add_route("*", "/private/{rest:.*}", self._private)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self.listen()
        return self

    async def listen(self) -> None:
        """Take connections; after `hang_up` on the same port."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def hang_up(self) -> None:
        """Refuse new connections. Those that are open may be spoilt by `weather`."""
        await self._site.stop()

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    def __getitem__(self, name: str) -> Service:
        return self.services[name]

    @property
    def root(self) -> str:
        """The address of the server itself."""
        return f"http://127.0.0.1:{self._port}"

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
        fault = self._faults[name].popleft() if self._faults[name] else self.weather()
        if fault is None:
            return await handler(request)
        if fault.kind in UNSAID and name in self.services:
            handler = partial(_unsaid, handler, self.services[name])
        return await misbehave(fault, request, handler)

    async def _private(self, _request: web.Request) -> web.Response:
        self.private_requests += 1
        return web.Response(text="secrets of the network")


async def _unsaid(handler: Handler, service: Service, request: web.Request) -> web.StreamResponse:
    """Take a message of which the sender will not know that it was taken."""
    await request.read()  # from here on the service waits for nothing: what it takes is this one
    before = len(service.taken)
    answer = await handler(request)
    for taken in service.taken[before:]:
        taken.confirmed = False
    return answer
