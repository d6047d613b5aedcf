"""How a user wants pages to look, read and sound."""

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from stockwatch.models import Colours, Preferences, Sound, Theme
from stockwatch.zones import zone_names


def zone_options() -> SafeString:
    """Return all time zones with their offsets, drawn anew each hour: there are hundreds."""
    return _drawn(timezone.now().strftime("%Y-%m-%d %H"))


@lru_cache(maxsize=1)
def _drawn(hour: str) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', zones())


def zones() -> list[tuple[str, str]]:
    """Return the names of all time zones with their offsets of now: "UTC+08:00"."""
    found = sorted(name for name in zone_names() if "/" in name or name == "UTC")
    return [(name, _offset(name)) for name in found if not name.startswith("Etc/")]


def _offset(name: str) -> str:
    text = f"{timezone.now().astimezone(ZoneInfo(name)):%z}"
    return f"UTC{text[:3]}:{text[3:5]}"


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """The preferences, and the language, which is kept elsewhere."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "list": "zones",
                "placeholder": settings.TIME_ZONE,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, widget=forms.RadioSelect)
    colours = forms.ChoiceField(
        label=_("Colours of prices"), choices=Colours.choices, widget=forms.RadioSelect
    )
    sound = forms.ChoiceField(
        label=_("Sound of notifications"), choices=Sound.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Preferences
        fields = ("zone", "theme", "colours", "sound")

    def clean_zone(self) -> Any:
        """Find a zone whatever its capitals, and with blanks for underscores."""
        typed = self.cleaned_data["zone"].strip().replace(" ", "_")
        return {name.casefold(): name for name in zone_names()}.get(typed.casefold(), typed)
