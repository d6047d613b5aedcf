"""What a way of being told is, for whoever chooses one and sets it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Group(TextChoices):
    """What ways have in common, in the order in which they are offered."""

    BROWSER = "browser", _("This browser")
    PHONE = "phone", _("Apps on your phone")
    CHAT = "chat", _("Robots in a chat")
    MAIL = "mail", _("Mail")
    OTHER = "other", _("Anything else")


@dataclass(frozen=True, slots=True)
class Guide:
    """What a user reads before the form, and beside it."""

    group: Group
    summary: "StrOrPromise"
    """One line: what it is, and what one needs for it."""
    steps: "Sequence[StrOrPromise]"
    """Where to get what the form asks for, two or three lines."""
    document: str = ""
    """The name of the file in docs/ that tells the rest, without its ending."""
