"""Headers that a user adds to requests of ours: one a line, `Name: value`."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 20
OURS = frozenset({
    # Hop by hop (RFC 9110, 7.6.1), or what the connection itself decides.
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "expect", "host", "content-length",
    "content-encoding", "accept-encoding",
    # What the receiver must be able to rely on.
    "content-type", "idempotency-key", "x-stockwatch-signature", "x-stockwatch-timestamp",
})  # fmt: skip

_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([\x20-\x7e\t]{0,1000})").fullmatch


def read(text: str) -> dict[str, str]:
    """Return the headers. Raises ValidationError with the line that will not do, and the mend."""
    found: dict[str, str] = {}
    for name, value in _pairs(text):
        if name.lower() in OURS:
            raise ValidationError(_("Leave out %(name)s, it is set for you.") % {"name": name})
        if name.lower() in (other.lower() for other in found):
            raise ValidationError(_("Write %(name)s once only.") % {"name": name})
        found[name] = value
    if len(found) > MOST:
        raise ValidationError(_("Write at most %(most)d headers.") % {"most": MOST})
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    # Not splitlines(): it would also split at signs that are no line ends in HTTP.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            continue
        if not (read_line := _LINE(line.strip(" \t"))):
            raise ValidationError(
                _("Line %(number)d: write Name: value, in letters, digits and signs of ASCII.")
                % {"number": number}
            )
        yield read_line[1], read_line[2].rstrip(" \t")
