"""Where the pages of monitors are."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from monitors import edit_views, lifecycle, views

urlpatterns = [
    path("", views.monitor_list, name="monitor-list"),
    path("monitors/new/", edit_views.new, name="monitor-new"),
    path("monitors/quote/", edit_views.symbol_quote, name="monitor-quote"),
    path("monitors/<int:pk>/", edit_views.edit, name="monitor-edit"),
    path("monitors/<int:pk>/card/", views.monitor_card, name="monitor-card"),
    path("monitors/<int:pk>/delete/", views.delete, name="monitor-delete"),
    *(
        path(
            f"monitors/<int:pk>/{name}/",
            views.act,
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
