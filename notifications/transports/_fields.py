"""The form field of an address, and transports whose addresses are secrets."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from yarl import URL

from notifications.transports._concealing import HIDDEN, spellings
from notifications.transports.base import Transport

LONGEST_ADDRESS = 2000
SHORTEST_SECRET = 8
"""Shorter parts of an address are words such as "services"."""

_HOST = re.compile("^https?://[^/?#]*")
_PARTS = re.compile("[/?#&=;]+")


class AddressField(forms.CharField):
    """An http(s) address. Credentials before the host are refused: they would end in logs."""

    default_error_messages = {
        "address": _("Enter an address that begins with https:// or http://."),
        "credentials": _("Leave out the user and the password before the host."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_ADDRESS} | options)

    def clean(self, value: Any) -> str:
        """Return the address as it was entered, or nothing where it may be left out."""
        text: str = super().clean(value)
        if not text:
            return text
        address = _read(text)
        if address is None:
            raise ValidationError(self.error_messages["address"], code="address")
        if address.user is not None or address.password is not None:
            raise ValidationError(self.error_messages["credentials"], code="credentials")
        return text


def _read(text: str) -> URL | None:
    """Return an http(s) address with a host and nothing that does not belong into one, or None."""
    if not text.isprintable() or " " in text:
        return None
    try:
        address = URL(text)
        is_web = address.scheme in ("http", "https") and bool(address.host) and address.port != 0
    except ValueError:
        return None
    return address if is_web else None


class SecretAddress(Transport):
    """A transport to an address that has its secret in its path or query.

    What answers may repeat a part of it, such as the path alone.
    """

    def _concealed(self, text: str) -> str:
        for part in sorted(self._parts(), key=len, reverse=True):
            for form in spellings(part):
                text = text.replace(form, HIDDEN)
        return super()._concealed(text)

    def _parts(self) -> Iterator[str]:
        for name in self.secrets:
            told = _HOST.sub("", str(self.params.get(name) or ""))
            yield from (part for part in _PARTS.split(told) if len(part) >= SHORTEST_SECRET)
