"""Where the pages of monitors are."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from monitors import lifecycle
from monitors.views import acting, advising, bulk, chart, editing, levels, listing, monitor, quick

urlpatterns = [
    path("", listing.monitor_list, name="monitor-list"),
    path("monitors/new/", editing.new, name="monitor-new"),
    path("monitors/quote/", editing.symbol_quote, name="monitor-quote"),
    path("monitors/<int:pk>/", monitor.show, name="monitor"),
    path("monitors/<int:pk>/firings/", chart.older_firings, name="monitor-firings"),
    path("monitors/<int:pk>/edit/", editing.edit, name="monitor-edit"),
    path("monitors/rows/", listing.monitor_rows, name="monitor-rows"),
    path("monitors/clock/", listing.market_clock, name="market-clock"),
    path("monitors/quick/", quick.quick, name="monitor-quick"),
    path("monitors/bulk/", bulk.bulk, name="monitor-bulk"),
    path("monitors/download/", bulk.download, name="monitor-download"),
    path("monitors/advice/", advising.advice, name="monitor-advice"),
    path("monitors/act/", acting.act_on_all, name="monitor-act"),
    path("monitors/undo/<slug:batch>/", acting.undo, name="monitor-undo"),
    path("monitors/<int:pk>/actions/", acting.actions, name="monitor-actions"),
    path("monitors/<int:pk>/snooze/", acting.snooze, name="monitor-snooze"),
    path("monitors/<int:pk>/about/", acting.about, name="monitor-about"),
    path("monitors/<int:pk>/delete/", acting.delete, name="monitor-delete"),
    path("monitors/<int:pk>/rules/<int:rule_pk>/level/", levels.level, name="monitor-level"),
    *(
        path(
            f"monitors/<int:pk>/{name}/",
            acting.act,
            {"change": change, "done": done},
            name=f"monitor-{name}",
        )
        for name, change, done in (
            ("pause", lifecycle.pause, _("%(monitor)s is paused.")),
            ("resume", lifecycle.resume, _("%(monitor)s is watched again.")),
            ("rearm", lifecycle.rearm, _("The rules of %(monitor)s are armed again.")),
        )
    ),
]
