"""Where the web server listens: whether it can, under which address, and whether it answers."""

import errno
import http.client
import socket

from django.conf import settings

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  names them, binds nothing
ANSWER_SECONDS = 0.5


def refusal(host: str, port: int) -> str | None:
    """Return why the web server cannot listen on `host` and `port`, with the mend, or None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        return f"setting HOST: {host!r} is not an address of this machine, write 127.0.0.1"
    with socket.socket(family, kind, protocol) as probe:
        # As the web server does, or connections that just closed would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"setting PORT: another program uses port {port}, set PORT to a free one"
            if error.errno == errno.EACCES:
                return f"setting PORT: port {port} needs more rights, set PORT above 1023"
            return f"setting HOST: cannot listen on {host!r} ({error.strerror}), write 127.0.0.1"
    return None


def reachable_host(host: str) -> str:
    """Return the host under which a program of this machine reaches the server."""
    return ANY_ADDRESS.get(host, host)


def url(host: str, port: int) -> str:
    """Return the address that a browser on this machine opens."""
    host = reachable_host(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def answers(host: str, port: int) -> bool:
    """Tell whether the web server says that it is alive; waits half a second at most."""
    connection = http.client.HTTPConnection(reachable_host(host), port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": _accepted_host()})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _accepted_host() -> str:
    first = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "*"
    return "localhost" if first == "*" else first.lstrip(".")
