"""Time zones by the names that Python and browsers both know."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NOWHERE = frozenset({"Factory", "localtime"})
"""What Python takes for zones and browsers do not: their scripts would stop at such a name."""


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones; they are asked of the disk once a process."""
    return frozenset(available_timezones() - NOWHERE)


def check_zone(name: str) -> None:
    """Refuse a name that is no time zone; ValidationError."""
    if name not in zone_names():
        message = _("%(name)s is no time zone: choose one such as Asia/Shanghai.")
        raise ValidationError(message, params={"name": name[:100]})
