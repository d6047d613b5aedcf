"""The small language of texts that users write: `{{ name }}` stands for a value. Pure.

Both a wording of one's own (`notifications.wordings`) and the JSON of a webhook are written in it.
"""

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAMES: Mapping[str, "StrOrPromise"] = {
    "title": gettext_lazy("the title as Stockwatch words it"),
    "body": gettext_lazy("the text as Stockwatch words it"),
    "name": gettext_lazy("the name of the stock"),
    "symbol": gettext_lazy("its symbol, such as 600519.SH"),
    "price": gettext_lazy("the price that fired the rule"),
    "currency": gettext_lazy("the currency of the prices, such as CNY"),
    "level": gettext_lazy("the level that was reached"),
    "change": gettext_lazy("the change on the day, such as +1.25 %"),
    "touched": gettext_lazy("the price in between that reached the level, where there was one"),
    "time": gettext_lazy("when the price was quoted"),
    "zone": gettext_lazy("the time zone of that time"),
    "source": gettext_lazy("who quoted it"),
    "delay": gettext_lazy("how late the source is, where it is"),
    "note": gettext_lazy("the note of the monitor"),
    "url": gettext_lazy("the address of the page of the monitor"),
    "kind": gettext_lazy("the kind, such as take_profit"),
    "severity": gettext_lazy("info, normal or urgent"),
}
"""What a notification has, and what it is. A value that there is not is an empty text."""

_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_SHOWN = 20


def check(text: str, names: Collection[str] = NAMES) -> None:
    """Raise ValidationError where a placeholder is not one of `names`, or its brace stays open."""
    check_names(text, names)
    check_closed(text, names)


def check_names(text: str, names: Collection[str]) -> None:
    """Raise ValidationError where a placeholder is not one of `names`."""
    for name in names_in(text):
        if name not in names:
            message = _("{{ %(name)s }} is not known, write one of %(names)s.")
            raise ValidationError(message % {"name": name, "names": ", ".join(names)})


def check_closed(text: str, names: Collection[str]) -> None:
    """Raise ValidationError where a brace stays open: somebody meant one of `names` there."""
    _before, brace, rest = _PLACE.sub("", text).partition("{{")
    if brace:
        message = _("“{{%(rest)s” is not closed: write }} behind a name, one of %(names)s.")
        raise ValidationError(message % {"rest": rest[:_SHOWN], "names": ", ".join(names)})


def names_in(text: str) -> list[str]:
    """Return the names that stand between braces, in their order."""
    return [place.strip() for place in _PLACE.findall(text)]


def line_of(name: str, text: str) -> int:
    """Return the line of a placeholder that the text has, counted from 1."""
    places = (place.start() for place in _PLACE.finditer(text) if place[1].strip() == name)
    return text.count("\n", 0, next(places, 0)) + 1


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the values in place. Raises KeyError where one is not known.

    The values are put in at once, so what looks like a placeholder in one of them stays as it is.
    """
    return _PLACE.sub(lambda place: values[place[1].strip()], text)
