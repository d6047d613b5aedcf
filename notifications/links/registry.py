"""What can be done for the user of a notification, by a link or a button.

It belongs to other apps, which register it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Together:
    """The same deed for all notifications of a digest at once."""

    label: Any
    do: Callable[[Sequence[Notification]], Any]
    """Does it; returns what the page says then."""

    @property
    def buttons(self) -> Sequence[tuple[str, Any]]:
        """What its page offers."""
        return [("", self.label)]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a link can do for the user of a notification."""

    label: Any
    """What the link says."""
    do: Callable[[Notification, str], Any]
    """Does it as chosen; returns what the page says then, None where there is nothing any more."""
    fits: Callable[[Notification], bool]
    """Whether a notification has such a link."""
    place: int
    """Where it stands among a message's links, the first first."""
    choices: Sequence[tuple[str, Any]] = ()
    """Names and labels of the ways to do it; empty where there is one way only."""
    together: Together | None = None
    """What a digest has of it, if anything."""

    @property
    def buttons(self) -> Sequence[tuple[str, Any]]:
        """What its page offers: the choices, or itself."""
        return self.choices or [("", self.label)]


class LinkError(Exception):
    """A link that does nothing: forged, too old, or used. The message says which."""

    status = 410


class ChoiceError(LinkError):
    """What was chosen on a link's page is none of what it offers; the link is good still."""

    status = 400


_deeds: dict[str, Deed] = {}


def register(name: str, deed: Deed) -> None:
    """Let links do something; the name stands in them, so it stays."""
    _deeds[name] = deed


def deed_named(name: str) -> Deed | None:
    """Return what is registered under a name."""
    return _deeds.get(name)


def deeds(notification: Notification) -> list[tuple[str, Deed]]:
    """Return what can be done for the user of a notification, by name, in order."""
    return [(name, deed) for name, deed in _ordered() if deed.fits(notification)]


def togethers() -> list[tuple[str, Together]]:
    """Return what can be done for the user of several notifications at once, by name, in order."""
    return [(name, deed.together) for name, deed in _ordered() if deed.together]


def _ordered() -> list[tuple[str, Deed]]:
    return sorted(_deeds.items(), key=lambda named: named[1].place)


def do(notification: Notification, name: str, choice: str = "") -> Any:
    """Do it for a user who is logged in, as often as wanted; return what is done now.

    Raises LinkError.
    """
    deed = dict(deeds(notification)).get(name)
    if deed is None or choice not in dict(deed.buttons):
        raise ChoiceError(_("Choose one of the buttons of the notification."))
    done = deed.do(notification, choice)
    if done is None:
        raise LinkError(_("The monitor has been deleted."))
    return done
