"""The app of monitors, quotes and rules."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from stockwatch.environment import refuse


class MonitorsConfig(AppConfig):
    """Loads the kinds at start-up, so that a broken plugin stops it."""

    name = "monitors"
    verbose_name = _("Monitors")

    def ready(self) -> None:
        from monitors import deeds
        from monitors.kinds import MADE_UP_SOURCE, rule_kinds, source_kinds
        from monitors.sources.base import ConfigurationError
        from notifications import links

        links.register("snooze", deeds.SNOOZE)
        links.register("rearm", deeds.REARM)

        rule_kinds()
        known, chosen = list(source_kinds()), settings.QUOTE_SOURCES
        if unknown := [name for name in chosen if name not in known]:
            refuse("QUOTE_SOURCES", f"{unknown[0]!r} is not known, write {', '.join(known)}")
        if not chosen:
            refuse("QUOTE_SOURCES", f"no source is named, write {', '.join(known)}")
        if unknown := [name for name in settings.SOURCE_BUDGETS if name not in known]:
            refuse("SOURCE_BUDGETS", f"{unknown[0]!r} is not known, write {', '.join(known)}")
        for name in chosen:
            for setting in source_kinds()[name].settings:
                if not getattr(settings, setting):
                    refuse(setting, f"{name} cannot be asked without it")
            try:
                source_kinds()[name]()
            except ConfigurationError as error:
                refuse(error.setting, str(error))
        if MADE_UP_SOURCE in chosen and len(chosen) > 1:
            refuse(
                "QUOTE_SOURCES",
                f"{MADE_UP_SOURCE} makes its prices up and cannot stand beside a real source, "
                "write the one or the other",
            )
