"""The pages that belong to no app: logging in, and choosing the language."""

from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from notifications.models import Inbox
from stockwatch.attempts import Attempts
from stockwatch.language import forget_chosen, is_ours, just_chosen, keep, note_chosen


class LoginForm(AuthenticationForm):
    """Name and password; like the API's, failed tries are limited."""

    def clean(self) -> dict[str, Any]:
        """Authenticate, unless there were too many failed tries."""
        username = self.cleaned_data.get("username", "")
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        with Attempts("login", username, address).one_try():
            return super().clean()


class AdminLoginForm(LoginForm, AdminAuthenticationForm):
    """The admin's own, limited in the same way."""


class Login(auth_views.LoginView):
    """Log in; who is logged in already goes on to the monitors."""

    form_class = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on in the account's language, unless another was chosen just before.

        An account that has none yet takes the browser's; nobody chose it, so no log tells it.
        """
        response = super().form_valid(form)
        inbox, _created = Inbox.objects.get_or_create(user_id=form.get_user().pk)
        language = inbox.language or get_language() or settings.LANGUAGE_CODE
        if chosen := just_chosen(self.request):
            language = chosen
            remember_language(inbox.pk, chosen)
            forget_chosen(response)
        elif not inbox.language:
            Inbox.objects.filter(pk=inbox.pk, language="").update(language=language)
        keep(response, language)
        return response


def remember_language(user_id: int, language: str) -> None:
    """Word the user's notifications in a language from now on."""
    Inbox.objects.update_or_create(user_id=user_id, defaults={"language": language})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show pages in the language chosen, and word the user's notifications in it from now on."""
    language, response = request.POST.get("language", ""), set_language(request)
    if not is_ours(language):
        return response
    if request.user.is_authenticated:
        remember_language(request.user.pk, language)
    else:
        note_chosen(response, language)
    return response


@login_required
@never_cache
@require_safe
def banners(request: HttpRequest) -> HttpResponse:
    """Show the banners alone, for a page that is open to draw them anew (stockwatch.context)."""
    return render(request, "partials/banners.html")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Show browsers the icon where a page, such as the admin's, does not name it."""
    return redirect(static("favicon.svg"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a request makes no sense, without reading any more of it."""
    return HttpResponse(render_to_string("400.html"), status=400)
