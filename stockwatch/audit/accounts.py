"""Log-ins, accounts, tokens, preferences: what belongs to no other app is watched from here."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed
from django.utils.translation import gettext_lazy as _
from knox.models import get_token_model

from stockwatch.attempts import Attempts
from stockwatch.audit import acting, words
from stockwatch.audit.models import Deed
from stockwatch.audit.recording import record
from stockwatch.audit.watching import cover, watch
from stockwatch.models import Preferences

QUIET = ("quiet_from", "quiet_until", "quiet_lets_urgent")


def begin() -> None:
    """Watch; called once, when the apps are ready."""
    users = get_user_model()
    watch(
        users,
        ("username", "email", "first_name", "last_name", "is_active", "is_staff", "is_superuser"),
        secrets=("password",),
        owner=lambda user: user.pk,
    )
    watch(Group, ("name",))
    watch(get_token_model(), ("expiry",), name=lambda token: f"{token.token_key[:8]}…")
    watch(Preferences, ("zone", "theme", "colours", "sound", *QUIET), deletion=False)
    cover("account.login")  # sessions end through a door of their own
    words.register("account.login", "count", _("number"))
    user_logged_in.connect(_logged_in, dispatch_uid="audit")
    user_logged_out.connect(_logged_out, dispatch_uid="audit")
    user_login_failed.connect(_refused, dispatch_uid="audit")
    for rights in (users.groups, users.user_permissions, Group.permissions):
        m2m_changed.connect(_rights, sender=rights.through, dispatch_uid="audit")


def _logged_in(user: Any, **_signal: Any) -> None:
    with acting.named(user):
        record(Deed.LOGGED_IN, user, owner_id=user.pk)


def _logged_out(user: Any, **_signal: Any) -> None:
    if user is not None:
        with acting.named(user):
            record(Deed.LOGGED_OUT, user, owner_id=user.pk)


def _refused(credentials: dict[str, Any], **_signal: Any) -> None:
    """Tell whose log-in was tried. A name that nobody has may be a password, typed too early.

    Of such names anybody can think of any number, so of one address only some a minute are told;
    how often a user's own is tried is limited by the log-in itself.
    """
    users = get_user_model()
    name = str(credentials.get(users.USERNAME_FIELD, ""))[:150].replace("\0", "")
    user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()  # noqa: SLF001
    if user is not None:
        record(Deed.REFUSED, user, owner_id=user.pk)
    elif not Attempts("refused", acting.now().address).begin():
        record(Deed.REFUSED, users, name="?")


def _rights(
    instance: Any, action: str, pk_set: set[int] | None, model: Any, **_signal: Any
) -> None:
    """Tell which groups or permissions somebody got or lost."""
    if action not in ("post_add", "post_remove", "pre_clear") or pk_set == set():
        return
    named = model._default_manager.filter(pk__in=pk_set) if pk_set else ()  # noqa: SLF001
    names = [str(one) for one in named] or ["*"]
    change = [None, names] if action == "post_add" else [names, None]
    field = model._meta.model_name  # noqa: SLF001
    owner = instance.pk if isinstance(instance, get_user_model()) else None
    record(Deed.CHANGED, instance, owner_id=owner, changes=[[field, *change]])
