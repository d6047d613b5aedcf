"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from monitors.urls_api import urlpatterns as monitors_api
from notifications.urls import api_urlpatterns as notifications_api
from stockwatch import health
from stockwatch.accounts import Info, Login, Logout

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/login", Login.as_view(), name="api-login"),
    path("auth/logout", Logout.as_view(), name="api-logout"),
    path("auth/info", Info.as_view(), name="api-info"),
    *monitors_api,
    *notifications_api,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api_urlpatterns)),
    path("api/schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"^healthz/?$", health.healthz, name="healthz"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    re_path(r"^metrics/?$", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
]
