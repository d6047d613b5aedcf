"""Puts our site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin with our front page."""

    default_site = "stockwatch.console.site.Console"
