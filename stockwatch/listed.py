"""Lists in a sentence."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(parts: Iterable[object]) -> str:
    """Return parts as a list in the reader's language, whose marks between them differ."""
    return pgettext("between the parts of a list", ", ").join(map(str, parts))
