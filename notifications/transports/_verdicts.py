"""What the codes by which services refuse a message mean for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.outgoing import Answer
from notifications.transports._answers import head, wait_of
from notifications.transports.base import TransportError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a message was refused, and whether to try it again."""

    reason: "StrOrPromise"
    permanent: bool = True
    wait: float | None = None
    """Seconds, where the service's documentation says so."""


def final(reason: "StrOrPromise") -> Verdict:
    """Return the verdict that another try would end the same way."""
    return Verdict(reason)


def again(reason: "StrOrPromise", wait: float | None = None) -> Verdict:
    """Return the verdict that it may work later."""
    return Verdict(reason, permanent=False, wait=wait)


def refused(verdict: Verdict, code: object, said: object, answer: Answer) -> TransportError:
    """Return the error of a verdict, with the service's own code and words."""
    words = f"{code}: {said}" if said else f"{code}"
    return TransportError(
        f"{verdict.reason} ({head(words.encode())})",
        permanent=verdict.permanent,
        retry_after=wait_of(answer) or verdict.wait,
        answer=head(answer.body),
    )


BUSY = again(_("The service is busy."))
TOO_FAST = again(_("Too many messages in a short time."), 60)
UNKNOWN_FINAL = final(_("The service refused the message."))
UNKNOWN_AGAIN = again(_("The service did not take the message."))
BAD_REQUEST = final(_("The service does not understand the message."))
TOO_LONG = final(_("The message is too long for the service."))
WRONG_SIGNATURE = final(
    _("The signature is wrong: check the signing secret, and this server's clock.")
)
WRONG_ADDRESS = final(_("This server's IP address is not among those that the robot accepts."))
NO_KEYWORD = final(
    _("The robot wants a keyword that is not in the message: name it in the destination.")
)
