"""Reads the settings that a user may give, by environment or `.env`; a bad one stops the start.

Every reader takes the name of the variable, checks its value, and ends the process with one line
that names the setting and the mend: a traceback would hide both.
"""

import os
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, EnvError, ValidationError, validate

from stockwatch.private_files import write_private
from stockwatch.zones import zone_names

T = TypeVar("T")

env = Env()

POOL = {"min_size": 1, "max_size": 16, "timeout": 10}
"""PostgreSQL's connections of one process; a server allows 100 unless told otherwise."""


def refuse(name: str, mend: str) -> NoReturn:
    """End the start with one line that names the setting and says what to write instead."""
    raise SystemExit(f"stockwatch: setting {name}: {mend}")


def _read(name: str, read: Callable[..., T], default: T, mend: str, **options: Any) -> T:
    """Read one variable; an empty one counts as unset, as in `NAME= make run`."""
    if os.environ.get(name) == "":
        return default
    try:
        value = read(name, default, **options)
    except (EnvError, ValidationError):
        refuse(name, f"{os.environ.get(name)!r} will not do, {mend}")
    return value


def flag(name: str, default: bool) -> bool:
    """Read a switch: on or off, true or false, 1 or 0."""
    return _read(name, env.bool, default, "write on or off")


def whole(name: str, default: int, low: int, high: int) -> int:
    """Read a whole number between `low` and `high`, both allowed."""
    allowed = validate.Range(min=low, max=high)
    return _read(
        name, env.int, default, f"write a whole number from {low} to {high}", validate=allowed
    )


def number(name: str, default: float, low: float, high: float) -> float:
    """Read a number, fractions allowed, between `low` and `high`, both allowed."""
    allowed = validate.Range(min=low, max=high)
    return _read(name, env.float, default, f"write a number from {low} to {high}", validate=allowed)


def text(name: str, default: str = "") -> str:
    """Read a text as it stands."""
    return _read(name, env.str, default, "write a text")


def names(name: str, default: Sequence[str] = ()) -> list[str]:
    """Read a comma list; blanks around the commas and empty items do not count."""
    items: list[str] = _read(name, env.list, list(default), "write a comma list")
    return [item.strip() for item in items if item.strip()]


def numbers(name: str) -> dict[str, int]:
    """Read a comma list of names with whole numbers above 0: `tencent=1200, sina=300`."""
    found = {}
    for item in names(name):
        key, _equals, value = (part.strip() for part in item.partition("="))
        if not (key and value.isascii() and value.isdigit() and 0 < int(value) < 10**9):
            refuse(name, f"{item!r} will not do, write a list such as tencent=1200,sina=300")
        found[key] = int(value)
    return found


def one_of(name: str, default: str, allowed: Sequence[str]) -> str:
    """Read a text that must be one of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        refuse(name, f"{value!r} is not known, write one of {', '.join(allowed)}")
    return value


def base_url(name: str, default: str) -> str:
    """Read an http(s) address without a trailing slash; none where the default is none."""
    value = text(name, default)
    if not value and not default:
        return ""
    if _host_of(value, "http", "https") is None:
        refuse(
            name,
            f"{value!r} is no address, write one such as {default or 'https://stocks.example'}",
        )
    return value.rstrip("/")


def _host_of(address: str, *schemes: str) -> str | None:
    """Return the host of an address with one of the schemes and a port that can be, or None."""
    try:
        parts = urlsplit(address)
        possible = parts.scheme in schemes and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        return None
    return parts.hostname if possible else None


def timezone(name: str, default: str) -> str:
    """Read the name of a time zone such as Asia/Shanghai."""
    value = text(name, default)
    if value not in zone_names():
        refuse(name, f"{value!r} is no time zone, write a name such as {default}")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Read a comma list of networks such as 192.168.1.0/24."""
    found = []
    for value in names(name):
        try:
            found.append(ip_network(value))
        except ValueError:
            refuse(name, f"{value!r} is no network, write one such as 192.168.1.0/24")
    return found


def origins(name: str) -> list[str]:
    """Read a comma list of origins such as https://stocks.example."""
    values = names(name)
    for value in values:
        if "://" not in value:
            refuse(name, f"{value!r} has no scheme, write https://{value}")
        if _host_of(value, "http", "https") is None:
            refuse(name, f"{value!r} is no origin, write one such as https://stocks.example")
    return values


def data_folder(name: str, default: Path) -> Path:
    """Read a folder, make it if need be (for this user alone), and see that it can be written."""
    folder = Path(text(name, str(default))).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        refuse(name, f"{folder} cannot be written ({error.strerror}), name another folder")
    return folder


def database(name: str, sqlite_file: Path) -> dict[str, Any]:
    """Read the database's address; unset, it is the SQLite file.

    SQLite is set up for several processes: WAL lets readers go on beside the one writer, IMMEDIATE
    takes the write lock when a transaction begins rather than failing half-way, and a writer that
    finds it taken waits. PostgreSQL's connections come from a pool, as each request has a thread of
    its own; how long a lock may block is bounded.
    """
    address = text(name, f"sqlite:///{sqlite_file}")
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(address))
    except (ValueError, KeyError):
        refuse(name, f"{address!r} is no database, write postgres://user:password@host:5432/name")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return config | {
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
                ),
            },
        }
    if config["ENGINE"] != "django.db.backends.postgresql":
        refuse(name, f"{config['ENGINE']} is not supported, write postgres://… or leave it unset")
    if not config["NAME"]:
        refuse(name, f"{address!r} names no database, write postgres://user:password@host/name")
    options = config.get("OPTIONS", {}) | {"options": "-c lock_timeout=30s", "pool": POOL}
    return config | {"CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def redis_address(name: str, embedded: Path) -> str:
    """Read the address of Redis or Valkey; unset, it is what the embedded server wrote down."""
    value = text(name)
    if not value:
        return embedded.read_text().strip() if embedded.exists() else "redis://127.0.0.1:6379/0"
    if _host_of(value, "redis", "rediss") is None:
        refuse(name, f"{value!r} is no Redis address, write redis://host:6379/0")
    return value


def kept(name: str, file: Path, make: Callable[[], str]) -> str:
    """Read a secret; unset, one is made once and kept in a file that only we can read."""
    value = text(name)
    if value:
        return value
    if not file.exists():
        # Of several first starts at once one wins, and none reads a secret that is not there yet.
        write_private(file, make(), once=True)
    return file.read_text().strip()


def new_secret() -> str:
    """Make a secret that nobody guesses."""
    return secrets.token_urlsafe(50)


def new_signing_key() -> str:
    """Make a private key on the curve P-256: its 32 bytes, in base64url without padding."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def signing_key(name: str, file: Path) -> str:
    """Read such a key, or make and keep one."""
    value = kept(name, file, new_signing_key)
    if not re.fullmatch(r"[-\w]{43}", value, re.ASCII):
        refuse(name, "it is no private key, leave it unset and one will be made")
    return value
