"""What an HTTP reply that is no success says: when to come again, and in which words."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(header: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for; None where it cannot be read.

    It holds seconds, or a date (RFC 9110, 10.2.3); one that is over asks for no wait.
    """
    header = header.strip()
    if header.isascii() and header.isdigit() and len(header) < 8:
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def words(body: bytes, most: int) -> str:
    """Return the beginning of a body, `most` characters of it, as one printable line."""
    text = body[: 4 * most].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]
