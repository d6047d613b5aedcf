"""The admin site: Django's, with dashboards before its lists."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path


class Console(AdminSite):
    """What an operator opens first."""

    index_template = "admin/console/index.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With the dashboards before the addresses that take anything for a model."""
        from stockwatch.console import views

        pages = [
            path(address, self.admin_view(view), name=name)
            for address, view, name in (
                ("firing/", views.firing, "firing"),
                ("failing/", views.failing, "failing"),
                ("failing/again/", views.send_again, "failing-again"),
                ("failing/switch/", views.switch, "failing-switch"),
            )
        ]
        return [*pages, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the dashboards in short, then all lists."""
        from stockwatch.console.front import front

        context = front(request) | (extra_context or {})
        return super().index(request, context)
