"""Links that do something once without a log-in: signed, and remembered when used."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.links.registry import ChoiceError, Deed, LinkError, deed_named, deeds
from notifications.message import Action
from notifications.models import Notification, UsedLink
from stockwatch.audit import acting
from stockwatch.audit.models import Via

VALID_FOR = timedelta(days=7)
SALT = "stockwatch.links"


def actions(notification: Notification) -> Sequence[Action]:
    """Return the links of a notification."""
    return [
        Action(str(deed.label), settings.SITE_URL + _path(notification, name))
        for name, deed in deeds(notification)
    ]


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
    deed = deed_named(name)
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
