"""Secrets that were made for a destination: shown on the next page, and never again.

The session remembers which, not what: that is sealed in the destination, and nowhere else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from notifications import kinds
from notifications.models import Destination

KEPT = "shown_once"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows this once."""

    destination: Destination
    secrets: list[tuple[Any, str]]
    """Labels and values."""


def remember(request: HttpRequest, destination: Destination, names: Collection[str]) -> None:
    """Have the next page show secrets of a destination."""
    if names:
        request.session[KEPT] = [destination.pk, list(names)]


def take(request: HttpRequest) -> Shown | None:
    """Return what is to be shown, once."""
    pk, names = request.session.pop(KEPT, (None, []))
    found = Destination.objects.of(request.user.pk).filter(pk=pk).first() if pk else None
    if found is None:
        return None
    fields = kinds.transport_kinds()[found.kind].Params.base_fields
    secrets = found.secret_params
    return Shown(found, [(fields[name].label, secrets[name]) for name in names if name in secrets])
