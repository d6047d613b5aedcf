"""The renderer of form fields draws what Django's own templates draw, to the letter."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from stockwatch.form_renderer import Renderer

NASTY = "\"><script>'&"
CHOICES = [
    ("", "---"),
    ("a", _("Save")),
    (NASTY, NASTY),
    (1, mark_safe("<b>1</b>")),
    ("Group <1>", [("x", "X"), ("y", "Y")]),
]


class Own(forms.Select):
    """A select whose options have a template of their own."""

    option_template_name = "django/forms/widgets/checkbox_option.html"


WIDGETS: dict[str, forms.Widget] = {
    "text": forms.TextInput({"class": NASTY, "required": True, "disabled": False, "size": 1000}),
    "number": forms.NumberInput({"step": "0.01"}),
    "hidden": forms.HiddenInput(),
    "password": forms.PasswordInput(render_value=True),
    "email": forms.EmailInput(),
    "url": forms.URLInput(),
    "date": forms.DateInput(),
    "datetime": forms.DateTimeInput(),
    "time": forms.TimeInput(),
    "checkbox": forms.CheckboxInput(),
    "select": forms.Select({"id": "it"}, choices=CHOICES),
    "several": forms.SelectMultiple(choices=CHOICES),
    "null": forms.NullBooleanSelect(),
    "own": Own(choices=CHOICES[:2]),
    "textarea": forms.Textarea(),
    "radio": forms.RadioSelect(choices=CHOICES),
    "boxes": forms.CheckboxSelectMultiple(choices=CHOICES),
    "split": forms.SplitDateTimeWidget(),
}
VALUES: list[Any] = [None, "", "a", NASTY, mark_safe("<i>"), 0, 1234567.5, True, ["a", "x"]]


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_widget_is_as_django_draws_it(name: str, value: Any, language: str) -> None:
    widget = WIDGETS[name]
    if name == "split" and value not in (None, ""):
        value = ["2021-12-01", "09:30"]
    if name == "null" and isinstance(value, list):
        value = None
    with translation.override(language):
        drawn = [widget.render("a<b", value, {"id": "id"}, one) for one in _renderers()]
    assert drawn[0] == drawn[1]
    assert "&lt;" in drawn[0]


def _renderers() -> tuple[Renderer, DjangoTemplates]:
    return Renderer(), DjangoTemplates()
