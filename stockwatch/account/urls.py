"""Where the settings are."""

from django.urls import path

from stockwatch.account.views import activity, appearance, data, security, telling, tokens, tour

urlpatterns = [
    path("settings/", appearance.appearance, name="settings"),
    path("settings/telling/", telling.telling, name="settings-telling"),
    path("settings/tokens/", tokens.token_list, name="settings-tokens"),
    path("settings/tokens/<str:digest>/revoke/", tokens.revoke, name="settings-token-revoke"),
    path("settings/security/", security.security, name="settings-security"),
    path("settings/security/others/", security.end_others, name="settings-end-others"),
    path("settings/security/<int:pk>/end/", security.end, name="settings-end"),
    path("settings/activity/", activity.activity, name="settings-activity"),
    path("settings/data/", data.data, name="settings-data"),
    path("settings/data/download/", data.download, name="settings-download"),
    path("settings/data/delete/", data.delete, name="settings-delete"),
    path("tour/", tour.step, name="tour"),
    path("tour/prices/", tour.prices, name="tour-prices"),
    path("tour/watch/", tour.watch, name="tour-watch"),
    path("tour/alert/", tour.alert, name="tour-alert"),
    path("tour/end/", tour.end, name="tour-end"),
    path("goodbye/", data.gone, name="settings-gone"),
]
