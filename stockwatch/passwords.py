"""What a changed password ends."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from knox.models import get_token_model


class TokensEndWithPassword:
    """Ends a user's tokens with the password that they were got by.

    Django tells its password validators of every change, be it by a page, the admin or
    `manage.py changepassword`. Sessions end by Django itself, open sockets by their credential.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Take any password: this one has no opinion."""
        return

    def password_changed(self, password: str, user: User) -> None:
        """End the user's tokens."""
        get_token_model().objects.filter(user=user).delete()

    def get_help_text(self) -> str:
        """Warn those who change a password."""
        return _("Programs that use a token of this account must log in again.")
