"""What makes a destination valid beside the types of its fields."""

from datetime import time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_zone(name: str) -> None:
    """Raise ValidationError where there is no such time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        message = _("There is no such time zone: write one such as Asia/Shanghai.")
        raise ValidationError(message) from error


def check_quiet_hours(start: time | None, end: time | None) -> None:
    """Raise ValidationError where quiet hours have only one end, or no length."""
    if (start is None) != (end is None):
        missing = "quiet_from" if start is None else "quiet_until"
        raise ValidationError({missing: _("Give both times, or neither.")})
    if start is not None and start == end:
        raise ValidationError({"quiet_until": _("Give another time than the beginning.")})
