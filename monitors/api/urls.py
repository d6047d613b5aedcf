"""The addresses of monitors, quotes and the service in REST."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from monitors.api import monitors, quotes, search, service

_router = SimpleRouter(trailing_slash=False)
_router.register("realtime/monitors", monitors.MonitorViewSet, basename="api-monitor")

urlpatterns: list[URLPattern | URLResolver] = [
    *_router.urls,
    path("realtime/start", service.StartView.as_view(), name="api-start"),
    path("realtime/stop", service.StopView.as_view(), name="api-stop"),
    path("realtime/status", service.StatusView.as_view(), name="api-status"),
    path("symbols", search.SymbolsView.as_view(), name="api-symbols"),
    path("quotes", quotes.QuotesView.as_view(), name="api-quotes"),
    path("quotes/<str:symbol>/bars", quotes.BarsView.as_view(), name="api-bars"),
]
