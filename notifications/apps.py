"""The app of what was said, to whom, and whether it arrived."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The notification log and the realtime stream."""

    name = "notifications"
    verbose_name = _("Notifications")
