"""The app of monitors, quotes and rules."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitorsConfig(AppConfig):
    """Loads the kinds at start-up, so that a broken plugin stops it."""

    name = "monitors"
    verbose_name = _("Monitors")

    def ready(self) -> None:
        from django.db.models.signals import post_delete

        from monitors import lifecycle
        from monitors.asking import source_settings
        from monitors.kinds import rule_kinds
        from monitors.lifecycle import deeds
        from monitors.models import CalendarOverride
        from notifications import links
        from notifications.models import Destination
        from stockwatch.audit.watching import cover, watch

        rule_kinds()
        cover("monitors.monitor", "monitors.service")
        watch(CalendarOverride, ("market", "date", "kind", "note"))
        source_settings.check()
        links.register("snooze", deeds.SNOOZE)
        links.register("rearm", deeds.REARM)
        # A signal, as the admin deletes destinations without a call of ours.
        post_delete.connect(lifecycle.forget, sender=Destination, dispatch_uid="monitors")
