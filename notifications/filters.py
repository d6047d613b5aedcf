"""Filters that several lists are narrowed by, strict about what is written."""

from typing import ClassVar

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import MAX_SEQ


class WholeNumberFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """A number that the database can take; anything else is a mistake in the request."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(min_value=0, max_value=MAX_SEQ, **kwargs)

    def get_max_validator(self) -> None:
        """None besides the field's own."""
        return


class YesOrNoField(forms.NullBooleanField):
    """true or false; NullBooleanField alone takes anything else for neither."""

    WORDS: ClassVar = {"true": True, "1": True, "false": False, "0": False}

    def clean(self, value: object) -> bool | None:
        """Return the answer, None where nothing was asked."""
        if value in (None, ""):
            return None
        try:
            return self.WORDS[str(value).lower()]
        except KeyError as error:
            raise forms.ValidationError(_("Write true or false.")) from error


class YesOrNoFilter(django_filters.BooleanFilter):  # type: ignore[misc]
    """A filter that is true, false, or left out."""

    field_class = YesOrNoField

    def __init__(self, **kwargs: object) -> None:
        super().__init__(widget=forms.TextInput, **kwargs)
