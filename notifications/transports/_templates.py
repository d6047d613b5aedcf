"""JSON templates of users: a JSON text in whose strings `{{ name }}` stands for a value.

The text is parsed first and the values are put into its strings, so whatever a value holds, it
cannot break out of its string.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from notifications import placeholders
from notifications.message import Message

LONGEST, DEEPEST = 10_000, 20

OF_MESSAGE: Mapping[str, Callable[[Message], str]] = {
    "key": lambda message: message.key,
    "title": lambda message: message.title,
    "body": lambda message: message.text(links=False),
    "text": lambda message: message.text(),
    "severity": lambda message: message.severity.name.lower(),
    "language": lambda message: message.language,
    "count": lambda message: str(len(message.items)),
}
OF_ITEM = ("seq", "monitor", "rule", "quote_at", "created_at")
"""Members of the notification as in REST; a digest gives those of its first item, the gravest."""

NAMES = tuple(dict.fromkeys((*OF_MESSAGE, *placeholders.NAMES, *OF_ITEM)))
"""What a message has goes before what its first item has under the same name."""


def read(text: str) -> Any:
    """Return a template, parsed. Raises ValidationError with what is wrong and what to write."""
    if len(text) > LONGEST:
        raise ValidationError(_("Write at most %(most)d characters.") % {"most": LONGEST})
    try:
        template = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValidationError(
            _(
                "Line %(line)d, column %(column)d: this is no JSON. "
                "Put each placeholder between quotation marks."
            )
            % {"line": error.lineno, "column": error.colno}
        ) from error
    if not isinstance(template, dict | list):
        raise ValidationError(_("Write a JSON object or array, in {…} or […]."))
    for name in _names(template, DEEPEST):
        if name not in NAMES:
            line, names = placeholders.line_of(name, text), ", ".join(NAMES)
            message = _("Line %(line)d: {{ %(name)s }} is not known, write one of %(names)s.")
            raise ValidationError(message % {"line": line, "name": name, "names": names})
    return template


def _names(value: Any, depth: int) -> Iterator[str]:
    """Yield the names of all placeholders. Raises ValidationError where it is nested too deep."""
    if depth == 0:
        raise ValidationError(_("Nest at most %(most)d levels deep.") % {"most": DEEPEST})
    if isinstance(value, str):
        yield from placeholders.names_in(value)
    for inner in _inside(value):
        yield from _names(inner, depth - 1)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def fill(template: Any, message: Message) -> Any:
    """Return a template that `read` gave, with a message's values in its strings."""
    first = message.items[0]
    values = dict.fromkeys(placeholders.NAMES, "") | dict(first.values)
    values |= {name: _shown(first.data.get(name)) for name in OF_ITEM}
    values |= {name: read(message) for name, read in OF_MESSAGE.items()}
    return _filled(template, values)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return placeholders.fill(value, values)
    if isinstance(value, dict):
        return {name: _filled(inner, values) for name, inner in value.items()}
    return [_filled(inner, values) for inner in value] if isinstance(value, list) else value


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
