"""Fields that take a key as people paste it: alone, or in the address that a service shows."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_AROUND = " \t\r\n\"'<>`\u200b\ufeff\u00a0"


class PastedField(forms.CharField):
    """A key, cleaned to nothing but itself."""

    def __init__(
        self, key: str, *, inside: Sequence[str] = (), mend: "StrOrPromise", **options: Any
    ) -> None:
        """Take a key of the form `key`, or as the group `key` of one of the patterns `inside`."""
        super().__init__(max_length=500, **options)
        self._key, self._inside, self._mend = key, inside, mend

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").strip(_AROUND)
        for pattern in self._inside:
            if found := re.search(pattern, text):
                text = found["key"]
        if text and not re.fullmatch(self._key, text):
            raise ValidationError(self._mend, code="invalid")
        return text


def keyword_field() -> forms.CharField:
    """Return the field of a word that a robot wants to see in each message."""
    return forms.CharField(
        label=_("Keyword"),
        required=False,
        max_length=50,
        help_text=_("Only where the robot is set to accept messages with a keyword: one of them."),
    )


def signing_secret_field(**options: Any) -> PastedField:
    """Return the field of the secret by which a robot's messages are signed."""
    return PastedField(
        label=_("Signing secret"),
        required=False,
        help_text=_("Only where the robot's security settings have a signature."),
        **options,
    )
