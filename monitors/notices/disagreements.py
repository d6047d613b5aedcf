"""Tells staff that two sources disagree, once for each time that they begin to."""

from datetime import datetime

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitors.models import Disagreement
from monitors.wire import on_tick
from notifications.delivery.notices import tell_staff

KIND = "sources_disagree"
KINDS = ((KIND, gettext_lazy("Sources disagree")),)
"""The kind of these notifications, with its label."""

PAGE = "/admin/monitors/disagreement/"


@transaction.atomic
def tell(now: datetime) -> None:
    """Tell staff of the disagreements that nobody has been told of."""
    for one in Disagreement.objects.take_untold(now):
        tell_staff(KIND, str(one.pk), _title(one), _body(one), PAGE)


def _title_now(one: Disagreement) -> str:
    return _("Sources disagree: %(instrument)s") % {"instrument": one.instrument}


def _body_now(one: Disagreement) -> str:
    symbol = one.instrument.parsed
    said = [
        f"{one.source} {on_tick(one.price, symbol)}",
        f"{one.other_source} {on_tick(one.other_price, symbol)}",
        f"{one.deviation:.2f} %",
    ]
    return "\n".join(
        [
            ", ".join(said),
            _("Rules that want both to agree are withheld until they do."),
        ]
    )


_title = lazy(_title_now, str)
_body = lazy(_body_now, str)
