"""The app of monitors, quotes and rules."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitorsConfig(AppConfig):
    """Loads the kinds at start-up, so that a broken plugin stops it."""

    name = "monitors"
    verbose_name = _("Monitors")

    def ready(self) -> None:
        from monitors.asking import source_settings
        from monitors.kinds import rule_kinds
        from monitors.lifecycle import deeds
        from notifications import links

        rule_kinds()
        source_settings.check()
        links.register("snooze", deeds.SNOOZE)
        links.register("rearm", deeds.REARM)
