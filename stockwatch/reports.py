"""What Django's reports of errors may tell: where it happened, and nothing that a user entered."""

import re
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class Discreet(SafeExceptionReporterFilter):
    """Tells no value of a local variable and of no form, whatever DEBUG is.

    The keys of a user's services go through many hands, libraries among them: no list of names
    would have them all.
    """

    # Django's own, and what may hold the password of a database, of Redis or of a proxy.
    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|URL|HOSTS|LOCATION|SERVER$",
        re.IGNORECASE,
    )

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return the names of what was sent."""
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        """Return none."""
        return {}.items()
