"""E-mail, by the server that an admin names (EMAIL_URL), as HTML with plain text beside it.

By RFC 5321, 4.2.1: a reply of 4xx may change, one of 5xx will not. A message's id (RFC 5322, 3.6.4)
comes from its key, so a mail program that gets a repeat takes it for the same message.
RFC 3834 wants the mark of an automatic message, so that no holiday notice answers.
"""

import asyncio
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate, parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING

import aiosmtplib
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.message import Message
from notifications.outgoing import Outgoing
from notifications.severity import Severity
from notifications.transports._answers import head
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import headline, links, short
from notifications.transports.base import Rate, Receipt, Transport, TransportError
from stockwatch.mail_server import MailServer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STEP_SECONDS = 10.0
TAKING_SECONDS = 30.0
"""For the answer to each command of a mail. A server may look for spam before it says that it took
one (RFC 5321, 4.5.3.2.6): who gives up earlier sends it twice."""
SECONDS = 40.0
GOODBYE_SECONDS = 2.0
COLOURS = {Severity.INFO: "#8a8f98", Severity.NORMAL: "#2f7ed8", Severity.URGENT: "#d32f2f"}
RISE, FALL = "#15803d", "#dc2626"
"""Chinese markets write rises in red and falls in green."""

LOGIN_CODES = frozenset({530, 534, 535, 538})
"""By RFC 4954, 6: it wants a log-in, or another."""

UNSET = gettext_lazy("This server cannot send mail yet: an admin must set EMAIL_URL.")
BAD_LOGIN = gettext_lazy("The mail server refuses the user or the password: see EMAIL_URL.")
BAD_SENDER = gettext_lazy("The mail server refuses the sender: see EMAIL_FROM.")
UNWANTED = gettext_lazy("The mail server takes no mail from this server: see EMAIL_URL.")
UNTRUSTED = gettext_lazy("The mail server has no certificate that can be trusted: see EMAIL_URL.")
INCAPABLE = gettext_lazy("The mail server cannot do what EMAIL_URL asks for, such as STARTTLS.")
WANTED = gettext_lazy("Enter an address such as name@example.com.")


class MailParams(forms.Form):
    """Whom to write to."""

    to = forms.EmailField(
        label=gettext_lazy("Mail address"),
        error_messages={"invalid": WANTED},
    )

    def clean_to(self) -> str:
        """Write a domain that is not ASCII as mail servers have it (RFC 5891)."""
        user, _at, domain = self.cleaned_data["to"].rpartition("@")
        if domain.startswith("["):  # a machine by its number: perhaps one that only our server sees
            raise ValidationError(WANTED)
        try:
            return f"{user}@{domain.encode('idna').decode()}"
        except UnicodeError:
            raise ValidationError(WANTED) from None


class Mail(Transport):
    """A mail; an urgent one is marked as important."""

    label = gettext_lazy("E-mail")
    guide = Guide(
        Group.MAIL,
        gettext_lazy("A mail with the price, its time and links. You need nothing but an address."),
        [
            gettext_lazy("Enter your address, and send a test."),
            gettext_lazy("If it does not come, look among the spam and mark it as wanted."),
        ],
    )
    Params = MailParams
    # None is documented everywhere; providers begin to frown at about one in two seconds.
    rates = (Rate(30, 60),)
    patience = SECONDS + 5

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        server = settings.EMAIL_SERVER
        if server is None:
            raise _servers(UNSET)
        mail = compose(message, self.params["to"])
        try:
            said = await _hand_over(mail, server)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _read(error) from None
        return Receipt(head(said.encode()))


def compose(message: Message, to: str) -> EmailMessage:
    """Return the mail that tells a message. No header can hold more than one line."""
    name, address = parseaddr(settings.EMAIL_FROM)
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(name or "Stockwatch", addr_spec=address)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = " ".join(short(headline(message), 200).split())
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = (
        f"<{sha256(message.key.encode()).hexdigest()[:40]}@{address.partition('@')[2]}>"
    )
    mail["Auto-Submitted"] = "auto-generated"
    if message.severity is Severity.URGENT:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    rise, fall = (FALL, RISE) if message.language.startswith("zh") else (RISE, FALL)
    told = {
        "message": message,
        "items": [(i, COLOURS[i.severity], list(links(i))) for i in message.items],
        "rise": rise,
        "fall": fall,
    }
    mail.set_content(render_to_string("notifications/mail/message.txt", {"message": message}))
    html = render_to_string("notifications/mail/message.html", told)
    mail.add_alternative(html, subtype="html")
    return mail


async def _hand_over(mail: EmailMessage, server: MailServer) -> str:
    """Return what the server said when it took the mail."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.tls,
        start_tls=server.starttls,
        tls_context=ssl.create_default_context(),
        timeout=STEP_SECONDS,
    )
    try:
        async with asyncio.timeout(SECONDS):
            await client.connect()
            _refused, said = await client.send_message(mail, timeout=TAKING_SECONDS)
        # It is taken, however the good-bye ends.
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=GOODBYE_SECONDS)
        return said
    finally:
        client.close()


def _read(error: Exception) -> TransportError:
    """Return what an error means; the library's own text is not told, it may hold the password."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[first, *_others]):
            return _refused(_("The mail server refuses the address."), first)
        case aiosmtplib.SMTPResponseException():
            fault = _fault(error)
            return _refused(fault or _("The mail server refuses the mail."), error, fault)
        case OSError():
            return _unreachable(error)
    return _servers(INCAPABLE)


def _fault(error: aiosmtplib.SMTPResponseException) -> "StrOrPromise":
    """Return what of our settings a reply refuses; nothing where it refuses the mail itself."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return BAD_LOGIN
        case aiosmtplib.SMTPSenderRefused():
            return BAD_SENDER
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError():
            return UNWANTED
    return ""


def _servers(fault: "StrOrPromise") -> TransportError:
    return TransportError(str(fault), fault=fault)


def _unreachable(error: OSError) -> TransportError:
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in (error, error.__cause__)):
        return _servers(UNTRUSTED)
    match error:
        case TimeoutError():
            return TransportError(_("The mail server gave no answer in time."))
        case aiosmtplib.SMTPServerDisconnected():
            return TransportError(_("The mail server hung up."))
    return TransportError(_("The mail server takes no connection."))


def _refused(
    reason: "StrOrPromise", said: aiosmtplib.SMTPResponseException, fault: "StrOrPromise" = ""
) -> TransportError:
    """Return the error of a reply; what lies in the settings is their fault if it lasts."""
    words = head(f"{said.code} {said.message}".encode())
    lasts = said.code >= 500
    if said.code in LOGIN_CODES:
        reason = fault = BAD_LOGIN
    return TransportError(
        f"{reason} ({words})", permanent=lasts, answer=words, fault=fault if lasts else ""
    )
