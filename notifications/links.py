"""Links in a message that do something without a log-in, and only once: signed and remembered.

What can be done belongs to other apps: the composition root registers it. A link only leads to a
page with a button, as chats and mail scanners open what they are sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification, UsedLink
from notifications.transports.base import Action
from stockwatch.audit import acting
from stockwatch.audit.models import Via

VALID_FOR = timedelta(days=7)
SALT = "stockwatch.links"


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


def actions(notification: Notification) -> Sequence[Action]:
    """Return the links of a notification."""
    return [
        Action(str(deed.label), settings.SITE_URL + _path(notification, name))
        for name, deed in deeds(notification)
    ]


def deeds(notification: Notification) -> list[tuple[str, Deed]]:
    """Return what can be done for the user of a notification, by name, in order."""
    ordered = sorted(_deeds.items(), key=lambda named: named[1].place)
    return [(name, deed) for name, deed in ordered if deed.fits(notification)]


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


def _path(notification: Notification, name: str) -> str:
    token = signing.dumps([notification.pk, name], salt=SALT)
    return reverse("notification-link", args=[token])


def read(token: str) -> tuple[Notification, str, Deed]:
    """Return what a link is about. Raises LinkError."""
    try:
        pk, name = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.SignatureExpired as error:
        raise LinkError(_("This link is too old.")) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkError(_("This link is not one of ours, or it was cut.")) from error
    notification = Notification.objects.filter(pk=pk, user__is_active=True).first()
    deed = _deeds.get(name)
    if notification is None or deed is None:
        raise LinkError(_("What this link was about is no longer there."))
    if UsedLink.objects.filter(notification=notification, name=name).exists():
        raise LinkError(_("This link has been used."))
    return notification, name, deed


def use(token: str, choice: str = "") -> tuple[Notification, Any]:
    """Do what a link says, once; return its notification and what is done now.

    Raises LinkError.
    """
    notification, name, deed = read(token)
    if choice not in dict(deed.buttons):
        raise ChoiceError(_("Open the link again and press one of its buttons."))
    with transaction.atomic():
        _used, is_first = UsedLink.objects.get_or_create(notification=notification, name=name)
        if not is_first:
            raise LinkError(_("This link has been used."))
        with acting.named(notification.user, Via.LINK):
            done = deed.do(notification, choice)
        if done is None:
            raise LinkError(_("What this link was about is no longer there."))
    return notification, done
