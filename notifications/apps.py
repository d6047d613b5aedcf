"""The app of what was said, to whom, and whether it arrived."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The log, the realtime stream and the ways out; a broken transport stops the start."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from notifications import links
        from notifications.kinds import transport_kinds
        from notifications.reading import ACKNOWLEDGE

        transport_kinds()
        links.register("read", ACKNOWLEDGE)
