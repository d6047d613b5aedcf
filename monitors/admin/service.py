"""The monitoring service as one page: its state, and the buttons that start and stop it."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitors.market import Market
from monitors.models import Service, Sweep
from monitors.polling.status import status
from stockwatch.changelists import BigTableAdmin

PAGE = "admin:monitors_service_changelist"


@admin.register(Service)
class ServiceAdmin(BigTableAdmin[Service]):
    """There is one service: its list is its page."""

    def get_urls(self) -> list[URLPattern]:
        """With the switch before the addresses that take anything for a key."""
        switch = self.admin_site.admin_view(self.switch_view)
        return [path("switch/", switch, name="monitors_service_switch"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: there is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        """Never."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show how the service is doing, with its buttons for those who may use them."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        state = status()
        for market in state["markets"]:
            market["label"] = Market(market["market"]).label
            change = market["next_change"]
            market["next_change"] = change and datetime.fromisoformat(change)
        for source in state["sources"]:
            failed = source["last_error_at"]
            source["last_error_at"] = failed and datetime.fromisoformat(failed)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Monitoring service"),
            "opts": self.opts,
            "service": Service.state(),
            "status": state,
            "last_sweep": Sweep.objects.last_finished(),
            "may_switch": self.has_change_permission(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/monitors/service/state.html", context)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the page: the history of the service links here."""
        return HttpResponseRedirect(reverse(PAGE))

    @method_decorator(require_POST)
    def switch_view(self, request: HttpRequest) -> HttpResponse:
        """Start or stop the service (`running` is 1 or 0), and note who did it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        running = request.POST.get("running") == "1"
        done = _("Started the service.") if running else _("Stopped the service.")
        if Service.switch(running):
            self.log_change(request, Service.state(), done)
            self.message_user(request, done)
        return HttpResponseRedirect(reverse(PAGE))
