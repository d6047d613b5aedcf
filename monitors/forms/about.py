"""What a monitor is for, in its user's own words: all of it that arms nothing anew."""

from typing import Self

from django import forms
from django.http import QueryDict

from monitors.forms.monitor import MonitorForm
from monitors.models import Monitor


class AboutForm(forms.Form):
    """The note, the group and the rating, as the form of the whole monitor has them."""

    note = MonitorForm.base_fields["note"]
    group = MonitorForm.base_fields["group"]
    rating = MonitorForm.base_fields["rating"]

    own_groups: list[str]

    clean_group = MonitorForm.clean_group

    @classmethod
    def of(cls, monitor: Monitor, sent: QueryDict | None = None) -> Self:
        """Return the form as it is for a monitor, or as it was sent."""
        form = cls(sent, initial={name: getattr(monitor, name) for name in cls.base_fields})
        form.own_groups = Monitor.objects.groups(monitor.owner_id)
        return form

    def problems(self) -> list[str]:
        """Return what is wrong, one sentence each."""
        return [str(one) for errors in self.errors.values() for one in errors]
