"""The page of the status, the part of it that is drawn anew, and the switch for staff."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monitors.models import Service
from stockwatch.status.board import Board
from stockwatch.status.facts import gather


@login_required
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show how every part does."""
    return render(request, "status/page.html", {"board": _board(request)})


@login_required
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show the part that changes alone, for an open page to draw it anew."""
    return render(request, "status/_board.html", {"board": _board(request)})


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Start or stop the service (`running` is 1 or 0). For staff."""
    if not cast(User, request.user).is_staff:
        raise PermissionDenied
    running = request.POST.get("running") == "1"
    if not Service.switch(running):
        messages.info(request, _("Somebody else was first: it is as you want it already."))
    elif running:
        messages.success(request, _("The monitoring service is started."))
    else:
        messages.warning(request, _("The monitoring service is stopped: nothing is watched."))
    return redirect("status")


def _board(request: HttpRequest) -> Board:
    return Board(gather(cast(User, request.user).pk))
