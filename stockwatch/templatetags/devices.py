"""`{% this_device %}`: the browser that asks for the page, by the name its user knows it by."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from stockwatch.devices import device

register = template.Library()


@register.simple_tag(takes_context=True)
def this_device(context: template.Context) -> str:
    """Name the browser and its system, as the list of log-ins does."""
    request: Any = context["request"]
    return device(request.headers.get("User-Agent", "")) or _("Browser")
