"""How form fields become HTML: Django's templates, but for the fields of which a page has hundreds.

A form with its blank rules has a hundred fields, an admin's list a box a row. Django draws each by
two or three templates inside one another, which takes longer than the queries of the whole page.
Inputs and selects are drawn here instead, to the letter as `django/forms/widgets/input.html` and
`select.html` have them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in (
        "checkbox", "color", "date", "datetime", "email", "hidden", "input", "number", "password",
        "search", "tel", "text", "time", "url",
    )
)  # fmt: skip
_SELECT = "django/forms/widgets/select.html"
_OPTION = "django/forms/widgets/select_option.html"


class Renderer(DjangoTemplates):
    """Draws inputs and selects at once, and leaves all else to the templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """Return the HTML of a widget, a field or a form."""
        if template_name in _INPUTS:
            return mark_safe(_input(context["widget"]))  # noqa: S308 (each part is escaped)
        if template_name == _SELECT and _is_plain(context["widget"]):
            return mark_safe("".join(_select(context["widget"])))  # noqa: S308 (as above)
        return mark_safe(super().render(template_name, context, request))  # noqa: S308


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    shown = "" if value is None else f' value="{_text(value)}"'
    return (
        f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{shown}'
        f"{_attributes(widget)}>"
    )


def _select(widget: Mapping[str, Any]) -> Iterator[str]:
    yield f'<select name="{_text(widget["name"])}"{_attributes(widget)}>'
    for group, options, _index in widget["optgroups"]:
        if group:
            yield f'\n  <optgroup label="{_text(group)}">'
        for option in options:
            yield f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>'
            yield f"{_text(option['label'])}</option>\n"
        if group:
            yield "\n  </optgroup>"
    yield "\n</select>"


def _is_plain(select: Mapping[str, Any]) -> bool:
    """Return whether its options have no template of their own."""
    return all(
        option["template_name"] == _OPTION
        for _group, options, _index in select["optgroups"]
        for option in options
    )


def _attributes(widget: Mapping[str, Any]) -> str:
    """Return the attributes; one that is True has no value, one that is False is left out."""
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    return conditional_escape(str(value))
