"""The form of a wording of one's own."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import placeholders
from notifications.models import Wording
from notifications.models.destination import transport_choices
from notifications.models.wording import LONGEST_TEXT, LONGEST_TITLE

OURS = gettext_lazy("Left empty, it stays as Stockwatch words it.")


class WordingForm(forms.Form):
    """For which messages, and what they say."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    transport = forms.ChoiceField(label=gettext_lazy("Way"), required=False)
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=LONGEST_TITLE, required=False, help_text=OURS
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=OURS,
    )

    def __init__(
        self, *args: Any, known: Sequence[tuple[str, Any]], stored: Wording | None, **kwargs: Any
    ) -> None:
        """Let the user choose from the `known` kinds of notifications, names with labels."""
        if stored is not None:
            kwargs["initial"] = {name: getattr(stored, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self._offer("kind", _("All kinds"), known, stored)
        self._offer("transport", _("All ways"), transport_choices(), stored)

    def _offer(
        self, name: str, every: str, known: Sequence[tuple[str, Any]], stored: Wording | None
    ) -> None:
        """Offer what there is, and what was there when it was chosen."""
        kept = getattr(stored, name, "")
        gone = [(kept, kept)] if kept and kept not in dict(known) else []
        cast(forms.ChoiceField, self.fields[name]).choices = [("", every), *known, *gone]

    def clean_title(self) -> str:
        """See that its placeholders are known."""
        return self._checked("title")

    def clean_text(self) -> str:
        """See that its placeholders are known."""
        return self._checked("text")

    def _checked(self, name: str) -> str:
        placeholders.check(self.cleaned_data[name])
        return str(self.cleaned_data[name])

    def clean(self) -> None:
        """Something must be worded."""
        if not self.errors and not (self.cleaned_data["title"] or self.cleaned_data["text"]):
            raise ValidationError(_("Write a title, a text, or both."))
