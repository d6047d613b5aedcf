"""How pages look, read and sound; saved as soon as it is chosen."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stockwatch.account.preferences_form import PreferencesForm, zone_options
from stockwatch.account.sections import show
from stockwatch.language import keep
from stockwatch.models import Preferences
from stockwatch.pages import remember_language


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request: HttpRequest) -> HttpResponse:
    """Show the preferences and save them; to a script that asks for JSON, say what holds now."""
    user = cast(User, request.user)
    sent = request.POST if request.method == "POST" else None
    wants_json = request.headers.get("Accept") == "application/json"
    form = PreferencesForm(
        sent, instance=Preferences.of(user.pk), initial={"language": get_language()}
    )
    if sent is not None and form.is_valid():
        return _saved(request, form, wants_json=wants_json)
    if sent is not None and wants_json:
        return JsonResponse({"errors": form.errors}, status=422)
    context = {"form": form, "zones": zone_options()}
    return show(request, "appearance", context, is_wrong=sent is not None)


def _saved(request: HttpRequest, form: PreferencesForm, *, wants_json: bool) -> HttpResponse:
    user, language = cast(User, request.user), form.cleaned_data["language"]
    form.instance.user = user
    saved = form.save()
    remember_language(user.pk, language)
    with override(language):
        if wants_json:
            told = {
                "theme": saved.theme,
                "colours": saved.colours_shown,
                "sound": saved.sound,
                "zone": saved.zone_info.key,
                "language": language,
                "said": _("Saved"),
            }
            answer: HttpResponse = JsonResponse(told)
        else:
            messages.success(request, _("Your settings are saved."))
            answer = redirect("settings")
    keep(answer, language)
    return answer
