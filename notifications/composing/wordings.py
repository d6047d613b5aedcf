"""Which wording of a user's own a message has, and what it says. Pure."""

from collections.abc import Iterable, Mapping

from notifications import placeholders
from notifications.models import Wording


def chosen(wordings: Iterable[Wording], kind: str, transport: str) -> Wording | None:
    """Return the most specific one: for the kind and the way, the kind, the way, then for all."""
    fitting = [
        one for one in wordings if one.kind in ("", kind) and one.transport in ("", transport)
    ]
    return max(fitting, key=lambda one: (bool(one.kind), bool(one.transport)), default=None)


def written(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its values; nothing where it is broken or comes out empty.

    Then the built-in words are used: an alert is never lost for its wording.
    """
    try:
        return placeholders.fill(template, values).strip()
    except KeyError:
        return ""
