"""Where the pages of monitors are."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from monitors import lifecycle
from monitors.views import editing, listing, monitor

urlpatterns = [
    path("", listing.monitor_list, name="monitor-list"),
    path("monitors/new/", editing.new, name="monitor-new"),
    path("monitors/quote/", editing.symbol_quote, name="monitor-quote"),
    path("monitors/<int:pk>/", monitor.show, name="monitor"),
    path("monitors/<int:pk>/edit/", editing.edit, name="monitor-edit"),
    path("monitors/<int:pk>/card/", listing.monitor_card, name="monitor-card"),
    path("monitors/<int:pk>/delete/", listing.delete, name="monitor-delete"),
    *(
        path(
            f"monitors/<int:pk>/{name}/",
            listing.act,
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
