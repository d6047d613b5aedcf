"""The embedded Valkey: broker, channel layer and locks for an installation without a Redis."""

import secrets
import socket
from pathlib import Path

from stockwatch.private_files import write_private

# Loopback only; a password because other users of the machine reach loopback too. What is in it
# (queued tasks, locks) survives a crash but for the last second. `set-proc-title no` keeps the
# environment readable, by which a leftover is found.
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
pidfile {pid_file}
daemonize no
set-proc-title no
loglevel warning
appendonly yes
appendfsync everysec
save ""
"""


def pid_file(data: Path) -> Path:
    """Return where the embedded Valkey of this data folder writes its pid."""
    return data / "valkey" / "valkey.pid"


def prepare(data: Path, address_file: Path) -> str:
    """Write Valkey's configuration with a free port and a new password; return its address.

    The address also goes to `address_file`, where the other processes and `manage.py` find it.
    Both files can be read by this user alone.
    """
    folder = data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    port, password = free_port("127.0.0.1"), secrets.token_urlsafe(32)
    config = CONFIG.format(
        port=port, password=password, folder=_quoted(folder), pid_file=_quoted(pid_file(data))
    )
    address = f"redis://:{password}@127.0.0.1:{port}/0"
    write_private(folder / "valkey.conf", config)
    write_private(address_file, address)
    return address


def free_port(host: str) -> int:
    """Return a TCP port of `host` that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
