"""What the settings take."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.destinations.params import check_name, check_quiet_hours
from stockwatch.attempts import Attempts

CLOCK = {"type": "time"}
TERMS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("1 year"),
    "": gettext_lazy("No end"),
}


class TokenForm(forms.Form):
    """A token to be made."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        validators=[check_name],
        help_text=gettext_lazy("What uses it: “Script on my NAS”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Holds for"),
        choices=list(TERMS.items()),
        coerce=int,
        empty_value=None,
        initial="90",
        required=False,
    )


class Guarded(forms.Form):
    """What asks for the password again; like the log-in's, failed tries are limited."""

    def __init__(self, *args: Any, user: User, address: str, **kwargs: Any) -> None:
        """Ask for the password of a user who comes from an address."""
        super().__init__(*args, **kwargs)
        self._owner, self._address = user, address

    def check_password(self, password: str) -> None:
        """Raise ValidationError where it is not the user's, or was tried too often."""
        with Attempts("password", str(self._owner.pk), self._address).one_try():
            if not self._owner.check_password(password):
                raise ValidationError(_("That is not your password."), code="wrong")


class PasswordForm(PasswordChangeForm):
    """The old password, and twice the new one."""

    def __init__(self, user: User, *args: Any, address: str, **kwargs: Any) -> None:
        """Change the password of a user who comes from an address."""
        super().__init__(user, *args, **kwargs)
        self._address = address
        self.fields["old_password"].widget.attrs.pop("autofocus", None)

    def clean_old_password(self) -> str:
        """Check it, unless there were too many failed tries."""
        with Attempts("password", str(self.user.pk), self._address).one_try():
            return super().clean_old_password()


class LeavingForm(Guarded):
    """The password, before everything goes."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_password(self) -> str:
        """Check it."""
        password = self.cleaned_data["password"]
        self.check_password(password)
        return str(password)


class QuietHoursForm(forms.Form):
    """Quiet hours: those of open pages as it stands."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
    )
    quiet_lets_urgent = forms.BooleanField(
        label=gettext_lazy("Urgent ones also in quiet hours"), required=False, initial=True
    )

    def clean(self) -> None:
        """Refuse quiet hours with one end only."""
        if not {"quiet_from", "quiet_until"} & set(self.errors):
            try:
                check_quiet_hours(self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"])
            except ValidationError as error:
                self.add_error(None, error)


class DestinationsQuietForm(QuietHoursForm):
    """Quiet hours for several destinations at once."""

    destinations = forms.TypedMultipleChoiceField(
        label=gettext_lazy("For these destinations"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one destination.")},
    )

    def __init__(self, *args: Any, known: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Let the user choose among their destinations, ids with names."""
        super().__init__(*args, **kwargs)
        choice = cast(forms.TypedMultipleChoiceField, self.fields["destinations"])
        choice.choices = list(known)
        choice.initial = [pk for pk, _name in known]
