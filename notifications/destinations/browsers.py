"""Browsers as destinations: each is one, however often it subscribes anew."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from notifications import kinds
from notifications.destinations import editing
from notifications.models import Destination, Inbox
from notifications.transports.base import TransportError


def keep(
    user_id: int, kind: str, params: Mapping[str, Any], former: Mapping[str, Any], name: str = ""
) -> Destination | None:
    """Bring a browser's destination up to its subscription, valid `params`; return it.

    It is known by the identity of its `params`, or of its `former` ones. With a `name` it is turned
    on, and made where there is none. Raises editing.TooManyError.
    """
    way = kinds.transport_kinds()[kind]
    buckets = {way(one).bucket for one in (params, former) if one}
    with transaction.atomic():
        Inbox.objects.locked_for([user_id])  # of two tabs at once the second finds the first's
        found = _known(user_id, kind, buckets)
        if found is None:
            return editing.create(user_id, params, kind=kind, name=name) if name else None
        changed = None if found.secret_params | found.params == params else params
        turned_on = {"enabled": True} if name else {}
        if changed or turned_on:
            editing.change(found, changed, **turned_on)
    return found


def _known(user_id: int, kind: str, buckets: Collection[str]) -> Destination | None:
    for one in Destination.objects.of(user_id).filter(kind=kind).order_by("pk"):
        try:
            if one.transport.bucket in buckets:
                return one
        except TransportError:  # its secrets cannot be read any more
            continue
    return None
