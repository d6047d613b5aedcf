"""The password, and where one is logged in."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stockwatch.account import log_ins
from stockwatch.account.forms import PasswordForm
from stockwatch.account.sections import show


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """Show where the user is logged in, and change the password."""
    user = cast(User, request.user)
    sent = request.POST if request.method == "POST" else None
    form = PasswordForm(user, sent, address=request.META.get("REMOTE_ADDR", ""))
    if sent is not None and form.is_valid():
        _change(request, form)
        messages.success(request, _("The password is changed. Every other log-in has ended."))
        return redirect("settings-security")
    lines = log_ins.lines(user.pk, request.session.session_key, timezone.now())
    context = {"form": form, "lines": lines, "others": sum(not line.is_this for line in lines)}
    return show(request, "security", context, is_wrong=sent is not None)


def _change(request: HttpRequest, form: PasswordForm) -> None:
    """Change the password; tokens end with it, and all sessions but this one."""
    user = form.save()
    before = request.session.session_key
    update_session_auth_hash(request, user)
    log_ins.moved(before, request.session.session_key)
    log_ins.end_others(user.pk, request.session.session_key)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one log-in, on whatever device it is."""
    if not log_ins.end(cast(User, request.user).pk, pk):
        raise Http404
    messages.success(request, _("That device is logged out."))
    return redirect("settings-security")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every log-in but this one."""
    ended = log_ins.end_others(cast(User, request.user).pk, request.session.session_key)
    told = ngettext("%(n)d other log-in has ended.", "%(n)d other log-ins have ended.", ended) % {
        "n": ended
    }
    messages.success(request, told)
    return redirect("settings-security")
