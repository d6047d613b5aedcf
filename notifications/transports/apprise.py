"""Apprise: any other service, by an address such as pover://user@token.

By "Apprise API for developers" and "URL basics" of Apprise's documentation. It says True or False
and no more: a failure counts as temporary. Which services may be used, `_apprise_services` says.

Apprise blocks, takes what time and memory a server makes it take, and cannot be stopped: it runs in
a process of its own (`_apprise_process`), which is killed when its time is up.

Where an address names a host, the name is resolved and judged before sending, and the process
connects to a judged address, whatever the name leads to by then (DNS rebinding). Redirects are not
followed, nothing is stored on disk.
"""

import asyncio
import hashlib
import re
import sys
from functools import cache
from typing import Any

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.message import Message
from notifications.outgoing import Outgoing
from notifications.outgoing.guard import GuardedResolver, NotAllowedError, judge_literal
from notifications.severity import Severity
from notifications.transports import _apprise_process
from notifications.transports._apprise_services import OURS, PUBLIC, SELF_HOSTED
from notifications.transports._fields import SecretAddress
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import PLAIN, LaidOut, headline, lay_out, short
from notifications.transports.base import Rate, Receipt, TransportError

SECONDS = 20.0
MOST_AT_ONCE = 3
"""Processes that one messenger runs at a time, of some 50 MB each."""
ROOM = 2500
"""Characters of text: what most services take."""
_HOST = re.compile(r"\w+://(?:[^/?#]*@)?(?P<host>[^/?#]*)")
TYPES = {Severity.INFO: "info", Severity.NORMAL: "info", Severity.URGENT: "warning"}


class AppriseParams(forms.Form):
    """The service's address."""

    url = forms.CharField(
        label=gettext_lazy("Apprise URL"),
        max_length=1000,
        help_text=gettext_lazy("Such as pover://user@token; Apprise's documentation has them all."),
    )

    def clean_url(self) -> str:
        """See that it is the address of a service that may be used."""
        url: str = self.cleaned_data["url"]
        schema = _schema(url)
        if schema in OURS:
            raise ValidationError(
                _("Use the transport %(name)s instead: it tells why a message was refused.")
                % {"name": OURS[schema]}
            )
        if schema not in PUBLIC | SELF_HOSTED:
            raise ValidationError(
                _("This service cannot be used here, write one of %(names)s.")
                % {"names": ", ".join(sorted(PUBLIC | SELF_HOSTED))}
            )
        if _apprise_process.service(url) is None:
            raise ValidationError(
                _("This is no address of %(name)s: see its page in Apprise's documentation.")
                % {"name": schema}
            )
        return url


class Apprise(SecretAddress):
    """One message by Apprise."""

    label = gettext_lazy("Other services (Apprise)")
    guide = Guide(
        Group.OTHER,
        gettext_lazy(
            "Some eighty other services, such as Pushover. You need the address of yours."
        ),
        [
            gettext_lazy("Look your service up in Apprise's documentation."),
            gettext_lazy("Put the address together as it says there, such as pover://user@token."),
            gettext_lazy("Send a test: Apprise tells success or failure, and no more."),
        ],
    )
    Params = AppriseParams
    secrets = frozenset({"url"})
    address = frozenset({"url"})
    # The services' own limits differ; this is below what most allow.
    rates = (Rate(1, 1), Rate(20, 60))

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, PLAIN, ROOM, len)

    @property
    def service(self) -> str:
        """A service of fixed host by its name; one of a host of one's own by that, too."""
        schema = _schema(self.params["url"])
        found = _HOST.match(self.params["url"]) if schema in SELF_HOSTED else None
        host = hashlib.sha256(found["host"].lower().encode()).hexdigest()[:16] if found else ""
        return f"apprise:{schema}:{host}"

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        url = self.params["url"]
        service = await asyncio.to_thread(_apprise_process.service, url)
        if service is None:
            raise TransportError(_("Apprise does not know this address."), permanent=True)
        # A service that may have a host of one's own, and has none, goes to its makers'.
        judged: list[str] = []
        if _schema(url) in SELF_HOSTED and service.host:
            judged = await _judge(service.host.strip("[]"))
        try:
            async with asyncio.timeout(SECONDS), _places():
                taken = await _notify(self._content(message, judged))
        except TimeoutError:
            raise TransportError(_("The service gave no answer in time.")) from None
        if not taken:
            raise TransportError(_("Apprise could not deliver the message; it does not say why."))
        return Receipt()

    def _content(self, message: Message, judged: list[str]) -> dict[str, Any]:
        return {
            "url": self.params["url"],
            "judged": judged,
            "title": short(headline(message), 200),
            "body": self.lay_out(message).text or short(message.title, 200),
            "type": TYPES[message.severity],
        }


def _schema(url: str) -> str:
    return url.partition("://")[0].lower()


@cache
def _places_of(_loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    return asyncio.Semaphore(MOST_AT_ONCE)


def _places() -> asyncio.Semaphore:
    """The places for processes; who gets none in time is told later."""
    return _places_of(asyncio.get_running_loop())


async def _judge(host: str) -> list[str]:
    """Return a host's addresses. Raises TransportError where it is not one that we send to."""
    try:
        judge_literal(host)
        return [found["host"] for found in await GuardedResolver().resolve(host)]
    except NotAllowedError as error:
        raise TransportError(str(error), permanent=True) from None
    except OSError:
        reason = _("The name %(host)s is not known.") % {"host": host}
        raise TransportError(reason) from None


async def _notify(content: dict[str, Any]) -> bool:
    """Return what Apprise says. The content goes in by stdin: arguments are seen by everybody."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _apprise_process.__name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await process.communicate(orjson.dumps(content))
        return process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
