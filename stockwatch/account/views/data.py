"""A user's own data: all of it to keep, and the end of it."""

from typing import cast

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from stockwatch.account import export, leaving
from stockwatch.account.forms import LeavingForm
from stockwatch.account.sections import show


@login_required
@never_cache
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what there is, and offer it."""
    return show(request, "data", {"counts": leaving.counts(cast(User, request.user))})


@login_required
@never_cache
@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Send everything as one ZIP, while it is being read."""
    user = cast(User, request.user)
    day = timezone.localdate()
    name = f"stockwatch-{day:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    pieces = export.stream(export.archive(user))
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Say what would go, ask for the password, and delete the account."""
    user = cast(User, request.user)
    sent = request.POST if request.method == "POST" else None
    form = LeavingForm(sent, user=user, address=request.META.get("REMOTE_ADDR", ""))
    if sent is not None and form.is_valid():
        logout(request)
        leaving.leave(user)
        return redirect("settings-gone")
    context = {
        "form": form,
        "counts": leaving.counts(user),
        "is_last_admin": leaving.is_last_admin(user),
    }
    return show(request, "delete", context, is_wrong=sent is not None)


@never_cache
@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    """Say that the account is no more."""
    return render(request, "account/gone.html")
