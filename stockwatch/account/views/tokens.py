"""API tokens: made, shown once, revoked."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from notifications.sealing import SealError, seal, unseal
from stockwatch.account import tokens
from stockwatch.account.forms import TokenForm
from stockwatch.account.sections import show

KEPT = "token_shown_once"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """Show the user's tokens, and make another one."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            secret = tokens.create(cast(User, request.user), **form.cleaned_data)
        except tokens.TooManyError:
            message = _("You have %(most)d tokens, which is the most: revoke one first.")
            form.add_error(None, message % {"most": tokens.MOST})
        else:
            # The session holds it sealed, until the next page shows it.
            request.session[KEPT] = [form.cleaned_data["name"], seal({"secret": secret})]
            return redirect("settings-tokens")
    context = {"form": form, "tokens": tokens.of(request.user.pk), "made": _made(request)}
    return show(request, "tokens", context, is_wrong=bool(form.errors))


def _made(request: HttpRequest) -> tuple[str, str] | None:
    name, sealed = request.session.pop(KEPT, (None, ""))
    if name is None or request.method == "HEAD":
        return None
    try:
        return name, unseal(sealed)["secret"]
    except SealError:
        return None


@login_required
@require_POST
def revoke(request: HttpRequest, digest: str) -> HttpResponse:
    """End a token."""
    if not tokens.revoke(request.user.pk, digest):
        raise Http404
    messages.success(request, _("The token is revoked: what used it is logged out."))
    return redirect("settings-tokens")
