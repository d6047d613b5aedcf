"""What tests of sources share: a session, and servers that answer as they are told."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import hypothesis
import pytest
from aiohttp import ClientSession, web
from django.conf import settings as configured
from pytest_django import Settings

from tests.monitors.sources.alpaca import KEY, SECRET
from tests.standin import http_json

# Replies take a while to draw where the machine is busy.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture(autouse=True)
def credentials(settings: Settings) -> None:
    """The key that Alpaca wants."""
    settings.ALPACA_KEY, settings.ALPACA_SECRET = KEY, SECRET
    settings.ALPACA_FEED = "iex"


@pytest.fixture
def point(settings: Settings, tmp_path: Path) -> Callable[[str, str], None]:
    """Have a source, by its name, ask a server."""

    def at(name: str, url: str) -> None:
        for setting in dir(configured):
            if setting.startswith(f"{name.upper()}_") and setting.endswith("URL"):
                setattr(settings, setting, url)
        file = tmp_path / f"{urlsplit(url).port}.json"
        file.write_text(json.dumps(http_json.configuration(url)))
        settings.HTTP_JSON_FILE = str(file)

    return at


@dataclass
class Answering:
    """A server that answers everything in one way, and keeps what it was asked."""

    url: str = ""
    requests: list[web.Request] = field(default_factory=list)


Answer = bytes | Callable[[web.Request], web.Response]


class Start(Protocol):
    async def __call__(self, answer: Answer = b"", **options: Any) -> Answering: ...


@pytest.fixture
async def answering() -> AsyncIterator[Start]:
    """Start servers that answer with a body (and what `web.Response` takes), or by a function."""
    runners: list[web.AppRunner] = []

    async def start(answer: Answer = b"", **options: Any) -> Answering:
        server = Answering()

        async def respond(request: web.Request) -> web.Response:
            server.requests.append(request)
            return (
                web.Response(body=answer, **options)
                if isinstance(answer, bytes)
                else answer(request)
            )

        app = web.Application()
        app.router.add_get("/{any:.*}", respond)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return server

    yield start
    for runner in runners:
        await runner.cleanup()
