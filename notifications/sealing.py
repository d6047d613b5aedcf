"""Secrets at rest: encrypted with a key that is derived from SECRET_KEY and kept nowhere else."""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealError(Exception):
    """What was sealed cannot be opened: SECRET_KEY is another than it was."""


def seal(secrets: Mapping[str, Any]) -> str:
    """Return the secrets as one encrypted text (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _cipher(settings.SECRET_KEY).encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, Any]:
    """Return the secrets again; none of an empty text. Raises SealError."""
    if not sealed:
        return {}
    try:
        opened: dict[str, Any] = json.loads(_cipher(settings.SECRET_KEY).decrypt(sealed.encode()))
    except (InvalidToken, ValueError) as error:
        raise SealError from error
    return opened


@lru_cache(maxsize=4)
def _cipher(secret_key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"stockwatch destinations")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
