"""The account's tables, and the log-ins that it notes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountConfig(AppConfig):
    """The account."""

    name = "stockwatch.account"
    label = "account"
    verbose_name = _("Account")

    def ready(self) -> None:
        """Note log-ins from now on."""
        from django.contrib.auth import user_logged_in

        from stockwatch.account.presence import begin

        user_logged_in.connect(begin, dispatch_uid="account.presence")
