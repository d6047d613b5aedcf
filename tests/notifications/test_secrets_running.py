"""What a running Stockwatch leaves on disk, in its logs and in Redis tells no secret."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from notifications.kinds import transport_kinds
from stockwatch.background import background_loop
from tests.notifications.secrets_desk import MAIL_PASSWORD, marks, typed
from tests.running import PATIENCE, Stockwatch
from tests.servers import free_port
from tests.standin_services._faults import Fault, Kind
from tests.standin_services._server import StandInServices

pytestmark = pytest.mark.system


@pytest.fixture
def services() -> Iterator[StandInServices]:
    server = StandInServices()
    background_loop().run(server.__aenter__())
    yield server
    background_loop().run(server.__aexit__())


@pytest.fixture
def stockwatch(
    services: StandInServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stockwatch]:
    made = Stockwatch(tmp_path, free_port())
    variables = {
        "STOCKWATCH_DATA": str(tmp_path),
        "REDIS_URL": "",
        "PORT": str(made.port),
        "DATABASE_URL": f"sqlite:///{tmp_path}/stockwatch.db",
        "DELIVERY_ALLOWED_NETWORKS": "127.0.0.0/8",
        "EMAIL_URL": f"smtp://alerts%40stocks.example:{MAIL_PASSWORD.replace('/', '%2F')}"
        f"@127.0.0.1:{free_port()}",
        **services.settings(),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made.start()
    try:
        made.wait_until_ready()
        yield made
    finally:
        made.end()


class Monitor(threading.Thread):
    """Everything that Redis is told, from then on."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.commands: list[str] = []
        self._redis = Redis.from_url(address)
        self.start()

    def run(self) -> None:
        with suppress(RedisError, ValueError, OSError), self._redis.monitor() as monitor:
            for command in monitor.listen():
                self.commands.append(str(command["command"]))


def test_disk_logs_and_redis_tell_no_secret(
    stockwatch: Stockwatch, services: StandInServices
) -> None:
    monitor = Monitor((stockwatch.data / "redis-url").read_text().strip())
    found = re.search(r"Demo login: (\S+) / (\S+)", stockwatch.log.read_text())
    assert found is not None
    login = {"username": found[1], "password": found[2]}
    token = stockwatch.call("POST", "/api/v1/auth/login", login)["token"]
    forbidden = {MAIL_PASSWORD}
    for kind, params in typed(services).items():
        # Off until it is tested: an alert might take the service's only place of that second.
        body = {"kind": kind, "name": kind, "params": params, "enabled": False}
        made = stockwatch.call("POST", "/api/v1/destinations", body, token)
        form = transport_kinds()[kind].Params(params)
        assert form.is_valid()
        forbidden |= set(marks(kind, form.cleaned_data))
        stand_in = {"apprise": "mattermost"}.get(kind, kind)
        if stand_in in services.services:
            faults = [Fault(Kind.ECHO, 400), Fault(Kind.RESET), Fault(Kind.ECHO, 500)]
            services.misbehave(stand_in, *faults)
        if kind in ("webhook", "ntfy", "apprise"):
            stockwatch.call("POST", f"/api/v1/destinations/{made['id']}/test", None, token)
        stockwatch.call("PATCH", f"/api/v1/destinations/{made['id']}", {"enabled": True}, token)
    rule = {"kind": "price_below", "price": "90000"}
    watch = {"symbol": "600519", "rules": [rule], "trading_hours_only": False}
    stockwatch.call("POST", "/api/v1/realtime/monitors", watch, token)
    _wait_for_tries(stockwatch, token, len(transport_kinds()))
    stockwatch.end()
    texts = {
        str(file.relative_to(stockwatch.data)): file.read_bytes()
        for file in stockwatch.data.rglob("*")
        if file.is_file()
    }
    assert {"stockwatch.db", "run.log"} <= texts.keys()
    assert any("deliver" in command for command in monitor.commands)
    texts["Redis"] = "\n".join(monitor.commands).encode()
    assert [(p, m) for p, text in texts.items() for m in forbidden if m.encode() in text] == []


def _wait_for_tries(stockwatch: Stockwatch, token: str, count: int) -> None:
    """Wait until something was sent to each of so many destinations."""
    deadline = time.monotonic() + PATIENCE
    tried: set[str] = set()
    while len(tried) < count:
        assert time.monotonic() < deadline, f"only {tried} have been tried"
        page = stockwatch.call("GET", "/api/v1/deliveries?page_size=100", token=token)
        tried |= {one["kind"] for one in page["results"] if one["tries"]}
        time.sleep(0.2)
