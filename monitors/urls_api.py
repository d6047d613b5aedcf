"""The addresses of monitors, quotes and the service in REST."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from monitors import api, search_api

_router = SimpleRouter(trailing_slash=False)
_router.register("realtime/monitors", api.MonitorViewSet, basename="api-monitor")

urlpatterns: list[URLPattern | URLResolver] = [
    *_router.urls,
    path("realtime/start", api.StartView.as_view(), name="api-start"),
    path("realtime/stop", api.StopView.as_view(), name="api-stop"),
    path("realtime/status", api.StatusView.as_view(), name="api-status"),
    path("symbols", search_api.SymbolsView.as_view(), name="api-symbols"),
    path("quotes", api.QuotesView.as_view(), name="api-quotes"),
    path("quotes/<str:symbol>/bars", api.BarsView.as_view(), name="api-bars"),
]
