"""What a user did, and what others did to what is the user's."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.models import MAX_SEQ
from stockwatch.account.sections import show
from stockwatch.audit.models import AuditEntry

PAGE_SIZE = 50


@login_required
@never_cache
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """Show the newest actions, or those before one (`?before=`): what comes in moves no page."""
    entries = AuditEntry.objects.concerning(cast(User, request.user).pk)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19 and int(before) <= MAX_SEQ:
        entries = entries.filter(pk__lt=int(before))
    found = list(entries[: PAGE_SIZE + 1])
    older = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    context = {"entries": found[:PAGE_SIZE], "older": older, "before": before}
    return show(request, "activity", context)
