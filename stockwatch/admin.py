"""What the admin site is called, and what it keeps to itself."""

import knox.admin  # registers the tokens, so that they can be taken off whatever the order
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from monitors.models.monitor import kind_choices
from notifications.admin.log import NotificationAdmin
from stockwatch.console import actions

__all__ = ["actions", "knox"]

admin.site.site_header = admin.site.site_title = _("Stockwatch administration")
admin.site.index_title = _("Monitors, quotes and the monitoring service")

# A token is a key to somebody's account: made by logging in, ended by logging out.
admin.site.unregister(AuthToken)

NotificationAdmin.kinds = kind_choices()
