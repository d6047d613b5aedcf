"""Named tokens, for programs of a user's own. The one door for them."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken, get_token_model

from stockwatch.account.models import NamedToken

PREFIX = "sw_"
"""By which a token that was made by hand is known, to us and to what looks for leaked secrets."""

MOST = 50
"""Named tokens that a user may have."""


class TooManyError(Exception):
    """The user has as many tokens as one may have."""


def is_named(token: AuthToken) -> bool:
    """Tell whether a token was made by hand, from the token alone."""
    return bool(token.token_key.startswith(PREFIX))


def of(user_id: int | None) -> QuerySet[Any]:
    """Return a user's tokens that still hold, the newest first."""
    holds = Q(expiry=None) | Q(expiry__gt=timezone.now())
    mine: QuerySet[Any] = (
        get_token_model().objects.filter(holds, user_id=user_id).select_related("named")
    )
    return mine.order_by("-created", "pk")


def create(user: User, name: str, days: int | None) -> str:
    """Make a token that holds for some days, or for ever; return its secret."""
    expiry = None if days is None else timedelta(days=days)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two at once the second counts both
        if NamedToken.objects.filter(token__user=user).count() >= MOST:
            raise TooManyError
        token, secret = get_token_model().objects.create(user, expiry=expiry, prefix=PREFIX)
        NamedToken.objects.create(token=token, name=name)
    return str(secret)


def revoke(user_id: int | None, digest: str) -> bool:
    """End a token of a user; its sockets close within seconds. False where there is none."""
    deleted, _rows = get_token_model().objects.filter(user_id=user_id, pk=digest).delete()
    return bool(deleted)
