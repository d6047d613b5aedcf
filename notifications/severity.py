"""How grave a notification is, which decides when it may be told and what is told first."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Severity(IntegerChoices):
    """In order: what is urgent is told at night, too, and first."""

    INFO = 1, _("Information")
    NORMAL = 2, _("Normal")
    URGENT = 3, _("Urgent")
