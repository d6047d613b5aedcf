"""Reads the settings of mail: which server takes it, and who it comes from."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from stockwatch.environment import refuse, text

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""RFC 5321, RFC 6409, RFC 8314."""

THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
EXAMPLE = "smtps://user:password@mail.example:465"


@dataclass(frozen=True, slots=True, repr=False)
class MailServer:
    """An SMTP server. Its representation is Python's own, which tells no password."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    """From the first byte on."""
    starttls: bool | None
    """True: required; None: taken where it is offered."""


def server(name: str) -> MailServer | None:
    """Read a server's address, such as smtps://user:password@host:465; None where unset."""
    address = text(name)
    if not address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        refuse(name, f"this is no mail server, write one such as {EXAMPLE}")
    if not parts.hostname or parts.path.strip("/") or parts.query:
        refuse(name, f"this is no mail server, write one such as {EXAMPLE}")
    if (parts.username is None) != (parts.password is None):
        refuse(name, f"it has only one of user and password, write both: {EXAMPLE}")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=parts.scheme == "smtps",
        starttls=_starttls(parts),
    )


def _starttls(parts: SplitResult) -> bool | None:
    """Whether TLS must be negotiated; a password leaves this machine by TLS or not at all."""
    if parts.scheme == "smtps":
        return False
    if parts.scheme == "smtp" and (not parts.username or parts.hostname in THIS_MACHINE):
        return None
    return True


def sender(name: str, mail_server: MailServer | None) -> str:
    """Read who mail comes from; unset, it is the server's user where that is an address."""
    value = text(name) or (mail_server and mail_server.user) or ""
    _name, address = parseaddr(value)
    is_address = address.isascii() and address.isprintable() and address.count("@") == 1
    if is_address and value.isprintable() and not address.startswith("@"):
        return value
    if text(name) or mail_server:
        refuse(name, "this is no sender, write one such as Stockwatch <alerts@example.com>")
    return ""
