"""Whether a page may use its visitor's cookie on our socket: only one of our own pages may."""

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

LOCAL_HOSTS = [".localhost", "127.0.0.1", "[::1]"]


def may_use_cookie(origin: str, host: str) -> bool:
    """Judge a handshake by its Origin and Host headers, either empty where it was not sent.

    The page's host and port must be those that it asked (and allowed ones, or a name that an
    attacker points at us would do), or the origin must be in `CSRF_TRUSTED_ORIGINS`.
    """
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if any(fnmatchcase(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS):
        return True
    allowed = settings.ALLOWED_HOSTS or (LOCAL_HOSTS if settings.DEBUG else [])
    domain, _port = split_domain_port(host)
    if not domain or not validate_host(domain, allowed):
        return False
    default = 443 if parts.scheme == "https" else 80
    asked = urlsplit(f"//{host}")
    return parts.hostname == asked.hostname and (port or default) == (asked.port or default)
