"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from monitors.api.urls import urlpatterns as monitors_api
from monitors.models.monitor import existing, kind_choices
from monitors.notices import disagreements, outages
from monitors.symbols import Symbol, spelt
from monitors.urls import urlpatterns as monitors_pages
from notifications.delivery import notices
from notifications.subjects import Subjects
from notifications.urls import urlpatterns as notifications_pages
from notifications.urls_api import urlpatterns as notifications_api
from stockwatch import documents, health, installable, pages, rest
from stockwatch.account import trial_alert
from stockwatch.account.urls import urlpatterns as account_pages
from stockwatch.accounts import Info, Login, Logout
from stockwatch.entrance import Entrance
from stockwatch.status.urls import urlpatterns as status_pages

admin.site.login_form = pages.AdminLoginForm
handler400 = pages.bad_request

KINDS = [
    *kind_choices(),
    *outages.KINDS,
    *disagreements.KINDS,
    *notices.KINDS,
    *trial_alert.KINDS,
]
"""What notifications can be about."""

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/login", Login.as_view(), name="api-login"),
    path("auth/logout", Logout.as_view(), name="api-logout"),
    path("auth/info", Info.as_view(), name="api-info"),
    *monitors_api,
    *notifications_api(lambda text: str(Symbol.parse(text)), [name for name, _label in KINDS]),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1", Entrance.as_view(calls=api_urlpatterns), name="api-root"),
    path("api/v1/", include(api_urlpatterns)),
    path("api/schema", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/docs",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema",
            template_name="api_docs.html",
            http_method_names=["get", "head"],
        ),
        name="api-docs",
    ),
    re_path(r"^api/", rest.not_found),
    re_path(r"^healthz/?$", health.healthz, name="healthz"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    re_path(r"^metrics/?$", health.metrics, name="metrics"),
    path("favicon.ico", pages.favicon),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("offline/", installable.offline, name="offline"),
    path("push/worker.js", installable.worker, name="push-worker"),
    path("docs/<slug:name>/", documents.document, name="document"),
    path("login/", pages.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("banners/", pages.banners, name="banners"),
    path("language/", pages.choose_language, name="language"),
    *account_pages,
    *status_pages,
    *monitors_pages,
    *notifications_pages(Subjects(KINDS, spelt, existing)),
    path("admin/", admin.site.urls),
]
