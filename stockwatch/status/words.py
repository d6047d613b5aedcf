"""Times, sizes and sources' errors as people say them."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitors.sources.base import ASKED_TOO_OFTEN


def ago(seconds: float) -> str:
    """Say how long ago something was."""
    seconds = max(0, seconds)
    if seconds < 100:
        return _("%(n)d s ago") % {"n": seconds}
    if seconds < 100 * 60:
        return _("%(n)d min ago") % {"n": seconds / 60}
    if seconds < 48 * 3600:
        return _("%(n)d h ago") % {"n": seconds / 3600}
    return _("%(n)d days ago") % {"n": seconds / 86_400}


def ago_of(now: datetime, at: datetime | str | None) -> str:
    """Say how long ago a time was; a dash where there was none."""
    if not at:
        return "–"
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return ago((now - moment).total_seconds())


def size(count: int) -> str:
    """Say how large something is."""
    for unit, divisor in (("GB", 1024**3), ("MB", 1024**2)):
        if count >= divisor:
            return f"{count / divisor:.1f} {unit}"
    return f"{count / 1024:.0f} KB"


class Meaning(NamedTuple):
    """What an error means, and what is to be done."""

    meaning: Any
    todo: Any


_WAIT = gettext_lazy("Nothing: it is tried again by itself, and other sources are asked meanwhile.")
_LOOK = gettext_lazy("If it lasts, an administrator looks at this server's network.")
_SETTINGS = gettext_lazy("An administrator checks this source's address and keys in the settings.")
_REPORT = gettext_lazy("An administrator reports it with the log of the worker.")

_MEANINGS: tuple[tuple[str, Meaning], ...] = (
    (r"timeout|no answer in time", Meaning(gettext_lazy("It did not answer in time."), _WAIT)),
    (
        rf"HTTP ({'|'.join(map(str, sorted(ASKED_TOO_OFTEN)))})\b",
        Meaning(gettext_lazy("It says that it is asked too often; it is left alone."), _WAIT),
    ),
    (r"HTTP 5\d\d", Meaning(gettext_lazy("It has a fault of its own."), _WAIT)),
    (r"HTTP 401", Meaning(gettext_lazy("It does not accept our key."), _SETTINGS)),
    (r"HTTP \d", Meaning(gettext_lazy("It does not know what it is asked."), _SETTINGS)),
    (r"\w+Error: ", Meaning(gettext_lazy("It cannot be reached from this server."), _LOOK)),
    (r"rows older", Meaning(gettext_lazy("It told old prices, which are not used."), _WAIT)),
    (r"our mistake", Meaning(gettext_lazy("This is a fault of Stockwatch."), _REPORT)),
)
_UNREADABLE = Meaning(
    gettext_lazy("A part of its answer could not be read; the good rows count."), _WAIT
)


def meaning(problem: str) -> Meaning:
    """Return what the problem of a source means."""
    for pattern, found in _MEANINGS:
        if re.search(pattern, problem):
            return found
    return _UNREADABLE


def source_state(source: dict[str, Any]) -> tuple[str, str]:
    """Return how a source does, as a word for the style and in words for the reader."""
    if source["breaker"] == "open":
        return "warning", _("Left alone for %(n)d s") % {"n": source["retry_in"]}
    if source["state"] == "ok":
        return "ok", _("Answers")
    if source["state"] == "failing":
        return "warning", _("Fails")
    return "", _("Not asked yet")
