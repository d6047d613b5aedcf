"""The pages of wordings of one's own. What belongs to someone else is not found."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import placeholders
from notifications.models import Wording
from notifications.models.destination import transport_choices
from notifications.subjects import Subjects
from notifications.wordings.forms import WordingForm
from notifications.wordings.previews import Preview, preview
from notifications.wordings.saving import TakenError, put
from notifications.wordings.serializers import taken_words


def mine(request: HttpRequest) -> QuerySet[Wording]:
    """Return the user's wordings."""
    return Wording.objects.of(cast(User, request.user).pk)


@login_required
@require_safe
def wording_list(request: HttpRequest, subjects: Subjects) -> HttpResponse:
    """Show what is told in the user's own words."""
    kinds, ways = dict(subjects.kinds), dict(transport_choices())
    lines = [
        {
            "wording": one,
            "kind": kinds.get(one.kind, one.kind) or _("All kinds"),
            "way": ways.get(one.transport, one.transport) or _("All ways"),
        }
        for one in mine(request)
    ]
    return render(request, "notifications/wordings.html", {"lines": lines})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, subjects: Subjects) -> HttpResponse:
    """Add a wording."""
    return _edited(request, subjects, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, subjects: Subjects) -> HttpResponse:
    """Change a wording."""
    return _edited(request, subjects, get_object_or_404(mine(request), pk=pk))


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a wording: what it was for is told in Stockwatch's words again."""
    get_object_or_404(mine(request), pk=pk).delete()
    messages.success(request, _("The wording is deleted."))
    return redirect("wording-list")


def _edited(request: HttpRequest, subjects: Subjects, stored: Wording | None) -> HttpResponse:
    """Save the form or show a preview of it, as the button tells that was pressed."""
    if request.method != "POST":
        form = WordingForm(known=subjects.kinds, stored=stored)
        return _page(request, stored, form, _preview(request, stored) if stored else None)
    form = WordingForm(request.POST, known=subjects.kinds, stored=stored)
    if not form.is_valid():
        return _page(request, stored, form, None, status=422)
    if "preview" in request.POST:
        return _page(request, stored, form, _preview(request, Wording(**form.cleaned_data)))
    try:
        put(stored or Wording(user=cast(User, request.user)), form.cleaned_data)
    except TakenError:
        form.add_error("kind", taken_words())
        return _page(request, stored, form, None, status=422)
    except Wording.DoesNotExist as error:  # deleted while it was edited
        raise Http404 from error
    messages.success(request, _("The wording is saved."))
    return redirect("wording-list")


def _preview(request: HttpRequest, wording: Wording) -> Preview:
    return preview(cast(User, request.user).pk, wording, timezone.now())


def _page(
    request: HttpRequest,
    stored: Wording | None,
    form: WordingForm,
    shown: Preview | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "wording": stored,
        "form": form,
        "preview": shown,
        "is_wrong": status != 200,
        "placeholders": placeholders.NAMES.items(),
    }
    return render(request, "notifications/wording.html", context, status=status)
