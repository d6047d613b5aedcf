"""Links that do something once without a log-in: signed, and remembered when used.

A link is to one deed for one notification, to a page of all of them, or, in a digest, to one deed
for all that it tells of. What was done by one of these is done for the others.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.links.registry import (
    ChoiceError,
    Deed,
    LinkError,
    Together,
    deed_named,
    deeds,
    togethers,
)
from notifications.message import Action
from notifications.models import Notification, UsedLink
from stockwatch.audit import acting
from stockwatch.audit.models import Via

VALID_FOR = timedelta(days=7)
SALT = "stockwatch.links"

ALL = ""
"""In the place of a deed's name: all that can be done."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a link's page offers, and that was not done yet."""

    name: str
    deed: Deed | Together
    mark: str
    """By which it is remembered that it was done."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is about: one notification, or those of a digest by their numbers."""

    notifications: Sequence[Notification]
    offers: Sequence[Offer]

    @property
    def first(self) -> Notification:
        """The one notification; of a digest the one under which it is remembered."""
        return self.notifications[0]

    def offer(self, name: str) -> Offer | None:
        """Return what was chosen, without a name the only one."""
        if not name and len(self.offers) == 1:
            return self.offers[0]
        return next((one for one in self.offers if one.name == name), None)


def actions(notification: Notification) -> Sequence[Action]:
    """Return the links of a notification."""
    return [
        Action(str(deed.label), _address([notification.pk, name]))
        for name, deed in deeds(notification)
    ]


def page(notification: Notification) -> str:
    """Return the link to all that can be done about a notification."""
    return _address([notification.pk, ALL])


def together(notifications: Sequence[Notification]) -> Sequence[Action]:
    """Return the links of a digest."""
    seqs = sorted(one.seq for one in notifications)
    # The first number and the steps from each to the next: mostly ones, which pack well.
    steps = [seqs[0], *(after - before for before, after in pairwise(seqs))]
    return [
        Action(str(deed.label), _address([notifications[0].user_id, name, steps]))
        for name, deed in togethers()
    ]


def _address(told: list[Any]) -> str:
    token = signing.dumps(told, salt=SALT, compress=True)
    return settings.SITE_URL + reverse("notification-link", args=[token])


def read(token: str) -> Link:
    """Return what a link is about, with what is still to be done. Raises LinkError."""
    try:
        told = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.SignatureExpired as error:
        raise LinkError(_("This link is too old.")) from error
    except (signing.BadSignature, ValueError, TypeError, OverflowError) as error:
        raise LinkError(_("This link is not one of ours, or it was cut.")) from error
    notifications, offers = _of_digest(*told) if len(told) == 3 else _of_one(*told)
    if not notifications or not offers:
        raise LinkError(_("What this link was about is no longer there."))
    marks = [one.mark for one in offers]
    used = UsedLink.objects.filter(notification=notifications[0], name__in=marks)
    done = set(used.values_list("name", flat=True))
    if not (left := [one for one in offers if one.mark not in done]):
        raise LinkError(_("This link has been used."))
    return Link(notifications, left)


def _of_one(pk: int, name: str) -> tuple[list[Notification], list[Offer]]:
    found = list(Notification.objects.filter(pk=pk, user__is_active=True))
    if name == ALL:
        return found, [Offer(name, deed, name) for one in found for name, deed in deeds(one)]
    deed = deed_named(name)
    return found, [Offer(name, deed, name)] if deed else []


def _of_digest(user_id: int, name: str, steps: list[int]) -> tuple[list[Notification], list[Offer]]:
    mine = Notification.objects.for_user(user_id).filter(user__is_active=True)
    found = list(mine.filter(seq__in=list(accumulate(steps))).order_by("seq"))
    mark = f"{name} {hashlib.sha256(repr(steps).encode()).hexdigest()[:24]}"
    return found, [Offer(name, deed, mark) for named, deed in togethers() if named == name]


def use(token: str, choice: str = "", name: str = "") -> tuple[Link, Any]:
    """Do what a link says, once; return what it is about and what is done now.

    `name` says which deed where it offers several. Raises LinkError.
    """
    link = read(token)
    offer = link.offer(name)
    if offer is None or choice not in dict(offer.deed.buttons):
        raise ChoiceError(_("Open the link again and press one of its buttons."))
    with transaction.atomic():
        _used, is_first = UsedLink.objects.get_or_create(notification=link.first, name=offer.mark)
        if not is_first:
            raise LinkError(_("This link has been used."))
        with acting.named(link.first.user, Via.LINK):
            done = _do(offer.deed, link, choice)
        if done is None:
            raise LinkError(_("What this link was about is no longer there."))
    return link, done


def _do(deed: Deed | Together, link: Link, choice: str) -> Any:
    if isinstance(deed, Together):
        return deed.do(link.notifications)
    return deed.do(link.first, choice)
