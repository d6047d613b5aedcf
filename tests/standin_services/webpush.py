"""A push service with one browser behind it, by RFC 8030, 8188, 8291 and 8292.

It reads what it gets by its own means: decrypts with the browser's private key, verifies the token.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.standin_services.base import RefusedError, Service

LARGEST = 4096
DAY = 24 * 3600
CURVE = ec.SECP256R1()


class WebPush(Service):
    """Subscriptions by their name; one that is gone is not among them."""

    routes = (("POST", "/send/{name}"),)

    def __init__(self) -> None:
        super().__init__()
        self.key = ec.generate_private_key(CURVE)
        self.auth = b"sixteen bytes ok"
        self.subscriptions: dict[str, str] = {"gAAAAABl-Zq1xC3vB5nM7": ""}
        """The server's public key that each is bound to; empty until the first message."""

    def params(self, url: str) -> dict[str, str]:
        return {
            "endpoint": f"{url}/send/{next(iter(self.subscriptions), 'gone-and-forgotten')}",
            "p256dh": encode(raw(self.key.public_key())),
            "auth": encode(self.auth),
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._judge(request)
        except RefusedError as error:
            return web.Response(status=error.code, text=error.words)
        return web.Response(status=201, text="created", headers={"Location": "/message/1"})

    async def _judge(self, request: web.Request) -> None:
        name, body = request.match_info["name"], await request.read()
        if name not in self.subscriptions:
            raise RefusedError(410, "push subscription has unsubscribed or expired")
        if len(body) > LARGEST:
            raise RefusedError(413, "Payload Too Large")
        claims, key = verified(request.headers.get("Authorization", ""))
        origin = f"{request.scheme}://{request.host}"
        if claims["aud"] != origin or not 0 < claims["exp"] - self.clock() <= DAY:
            raise RefusedError(403, "invalid JWT provided")
        if self.subscriptions.setdefault(name, key) not in ("", key):
            raise RefusedError(403, "the VAPID credentials do not match the subscription")
        self.subscriptions[name] = key
        headers = {name: request.headers[name] for name in ("TTL", "Urgency", "Content-Encoding")}
        shown = decrypt(body, self.key, self.auth)
        told = json.loads(shown)
        self.take(told | {"headers": headers, "claims": claims}, shown.decode())


def verified(header: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a VAPID header and the key that signed them (RFC 8292, 3)."""
    found = re.fullmatch(r"vapid t=([\w-]+\.[\w-]+)\.([\w-]+), ?k=([\w-]+)", header)
    if found is None:
        raise RefusedError(401, "no VAPID")
    signed, signature, key = found[1], decode(found[2]), found[3]
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(key))
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        public.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise RefusedError(403, "invalid signature") from None
    return json.loads(decode(signed.split(".")[1])), key


def decrypt(body: bytes, key: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """Return the content of one record (RFC 8188, 2; RFC 8291, 3.4)."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    if len(record) > size:
        raise RefusedError(400, "more than one record")
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
    info = b"WebPush: info\x00" + raw(key.public_key()) + sender
    secret = _derive(auth, shared, info, 32)
    content_key = _derive(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\x00", 12)
    try:
        padded = AESGCM(content_key).decrypt(nonce, record, None)
    except InvalidTag:
        raise RefusedError(400, "cannot be decrypted") from None
    return padded.rstrip(b"\x00").removesuffix(b"\x02")


def _derive(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def raw(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as browsers write it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encode(data: bytes) -> str:
    """Write base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
