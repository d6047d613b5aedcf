"""The app of what was said, to whom, and whether it arrived."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The log, the realtime stream and the ways out; a broken transport stops the start."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from notifications import links
        from notifications.kinds import transport_kinds
        from notifications.log.reading import ACKNOWLEDGE
        from notifications.models import Destination, Inbox, Wording
        from stockwatch.audit import words
        from stockwatch.audit.watching import cover, watch, watch_deletion

        transport_kinds()
        watch(Wording, ("kind", "transport", "title", "text"))
        watch(Inbox, ("language",), name=lambda _inbox: "", creation=False, deletion=False)
        watch_deletion(Destination)  # for the rest of its life there are doors
        cover("notifications.destination", "notifications.delivery")
        words.register("notifications.delivery", "count", _("number"))
        words.register("notifications.destination", "params", _("parameters"), _listed)
        words.register("notifications.destination", "sealed", _("secrets"))
        links.register("read", ACKNOWLEDGE)


def _listed(params: dict[str, Any]) -> str:
    return ", ".join(
        f"{name}: {value}" for name, value in params.items() if value not in ("", None)
    )
