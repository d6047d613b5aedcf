"""The app of the composition root: what belongs to users and to no other app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StockwatchConfig(AppConfig):
    """Has what users do to their accounts recorded."""

    name = "stockwatch"
    verbose_name = _("Operation")

    def ready(self) -> None:
        from stockwatch.audit import accounts, admin_log

        accounts.begin()
        admin_log.begin()
