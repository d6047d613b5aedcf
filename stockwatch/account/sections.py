"""The sections of the settings, in the order of their navigation."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


class Section(NamedTuple):
    """A page of the settings."""

    url_name: str
    label: Any
    icon: str


SECTIONS = (
    Section("settings", _("Appearance and language"), "palette"),
    Section("settings-telling", _("Destinations and quiet hours"), "bell"),
    Section("settings-tokens", _("API tokens"), "key"),
    Section("settings-security", _("Password and log-ins"), "lock"),
    Section("settings-activity", _("Activity"), "list"),
    Section("settings-data", _("Your data"), "box"),
)


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, is_wrong: bool = False
) -> HttpResponse:
    """Show a section with the navigation beside it; what was sent and is wrong is 422."""
    context |= {"sections": SECTIONS, "is_wrong": is_wrong}
    return render(request, f"account/{template}.html", context, status=422 if is_wrong else 200)
