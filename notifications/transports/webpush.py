"""Web Push: to a browser, through the push service of its maker, readable by that browser alone.

By RFC 8030 (TTL, Urgency; 201 is taken, 404 and 410 say that the subscription is gone, 413 that the
message is too large), RFC 8188 and RFC 8291 (encryption; 4,096 bytes in all, of which 3,993 are
ours), RFC 8292 (VAPID: a token signed by this server's key says who we are). No Topic is sent: it
would let a message replace one that was not delivered yet.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from time import time
from typing import Any

import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02
from yarl import URL

from notifications.message import Message
from notifications.outgoing import Answer, Outgoing
from notifications.severity import Severity
from notifications.transports._answers import ask, receipt, refusal
from notifications.transports._fields import AddressField, SecretAddress
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import PLAIN, LaidOut, headline, lay_out, short
from notifications.transports._lengths import in_json
from notifications.transports._verdicts import TOO_LONG, UNKNOWN_AGAIN, final, refused
from notifications.transports.base import Rate, Receipt

LARGEST = 3993
URGENCY = {Severity.INFO: "low", Severity.NORMAL: "normal", Severity.URGENT: "high"}
TTL = {Severity.INFO: 6 * 3600, Severity.NORMAL: 24 * 3600, Severity.URGENT: 24 * 3600}
"""Seconds for which the push service keeps it for a browser that is away."""

TOKEN_SECONDS = 12 * 3600
"""RFC 8292 allows 24 hours; half of it leaves room for clocks that are wrong."""

GONE = final(_("The browser has given up its subscription: turn notifications on there anew."))
NOT_OURS = final(_("The subscription is of another key: turn notifications on there anew."))
REASONS = {401: NOT_OURS, 403: NOT_OURS, 404: GONE, 410: GONE, 413: TOO_LONG}


class WebPushParams(forms.Form):
    """A subscription as the browser hands it out (PushSubscription.toJSON)."""

    endpoint = AddressField(label=_("Endpoint"))
    p256dh = forms.CharField(label=_("Public key"), max_length=100)
    auth = forms.CharField(label=_("Shared secret"), max_length=50)

    def clean_p256dh(self) -> str:
        """See that it is a point on the curve P-256."""
        try:
            _point(_bytes(self.cleaned_data["p256dh"]))
        except ValueError:
            raise ValidationError(_("Send it as the browser gives it: it is no key.")) from None
        return str(self.cleaned_data["p256dh"])

    def clean_auth(self) -> str:
        """See that it has the 16 bytes of RFC 8291, 3.2."""
        try:
            is_secret = len(_bytes(self.cleaned_data["auth"])) == 16
        except ValueError:
            is_secret = False
        if not is_secret:
            raise ValidationError(_("Send it as the browser gives it: it has 16 bytes."))
        return str(self.cleaned_data["auth"])


class WebPush(SecretAddress):
    """A notification of the browser that opens the page, shown by static/push/worker.js."""

    label = _("Browser")
    guide = Guide(
        Group.BROWSER,
        _("Notifications of this browser, also while no page is open. You need nothing else."),
        [
            _("Press the button, and allow notifications when the browser asks."),
            _("Do the same in every browser, on every device, where you want to be told."),
        ],
    )
    Params = WebPushParams
    secrets = frozenset({"endpoint", "p256dh", "auth"})
    address = frozenset({"endpoint"})
    identity = frozenset({"endpoint"})
    # Push services document none for one browser; more than this is noise.
    rates = (Rate(1, 1), Rate(30, 60))
    length = staticmethod(in_json)

    @classmethod
    def browser_key(cls) -> str:
        return public_key()

    def lay_out(self, message: Message) -> LaidOut:
        room = LARGEST - len(orjson.dumps(_envelope(message)))
        return lay_out(message, PLAIN, room, self.length, with_links=False)

    async def send(self, message: Message, outgoing: Outgoing) -> Receipt:
        endpoint = self.params["endpoint"]
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL[message.severity]),
            "Urgency": URGENCY[message.severity],
            "Authorization": authorization(endpoint, int(time())),
        }
        answer = await ask(outgoing, endpoint, data=self._encrypted(message), headers=headers)
        _judge(answer)
        return receipt(answer)

    def _encrypted(self, message: Message) -> bytes:
        """Return the content as RFC 8291 has it, with a key pair that is used this once."""
        return bytes(
            http_ece.encrypt(
                self._content(message),
                private_key=ec.generate_private_key(ec.SECP256R1()),
                dh=_bytes(self.params["p256dh"]),
                auth_secret=_bytes(self.params["auth"]),
            )
        )

    def _content(self, message: Message) -> bytes:
        """Return what static/push/worker.js reads, as long as it may be."""
        return orjson.dumps(_envelope(message) | {"body": self.lay_out(message).text})


def _envelope(message: Message) -> dict[str, Any]:
    """Return all but the body, which has what room that leaves."""
    return {
        "title": short(headline(message), 150),
        "body": "",
        "url": message.url,
        "page": message.page,
        "tag": message.key,
        "urgent": message.severity is Severity.URGENT,
        "lang": message.language,
        "actions": [
            {"label": short(action.label, 40), "url": action.url} for action in message.actions
        ],
    }


def authorization(endpoint: str, now: int) -> str:
    """Return the header of RFC 8292 for a push service, made at a time in epoch seconds."""
    claims = {
        "aud": str(URL(endpoint).origin()),
        "exp": now + TOKEN_SECONDS,
        "sub": contact(),
    }
    # "no-strict": the library takes no contact with a port for one.
    vapid = Vapid02(_key(settings.VAPID_KEY), conf={"no-strict": True})
    return str(vapid.sign(claims)["Authorization"])


def contact() -> str:
    """Return who the push service may write to: the sender of mail, else this site."""
    if settings.EMAIL_FROM:
        return f"mailto:{settings.EMAIL_FROM.rpartition('<')[2].rstrip('>')}"
    sites = [one for one in settings.CSRF_TRUSTED_ORIGINS if one.startswith("https://")]
    return sites[0] if sites else "mailto:stockwatch@localhost"


def public_key() -> str:
    """Return what a browser subscribes with: `applicationServerKey`, in base64url."""
    point = _key(settings.VAPID_KEY).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _judge(answer: Answer) -> None:
    """Raise TransportError where the message was not taken."""
    if verdict := REASONS.get(answer.status):
        raise refused(verdict, answer.status, "", answer)
    if answer.status >= 300:
        raise refusal(answer)
    if answer.status not in (201, 202):
        raise refused(UNKNOWN_AGAIN, answer.status, "", answer)


@lru_cache(maxsize=4)
def _key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_bytes(text), "big"), ec.SECP256R1())


def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def _bytes(text: str) -> bytes:
    """Read base64url, with or without its padding. Raises ValueError."""
    if not text.isascii():
        raise ValueError("not ASCII")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("no base64url") from error
