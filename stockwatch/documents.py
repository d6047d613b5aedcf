"""The documents of docs/ that pages refer to, as they are written."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_required
@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    """Show a document, in its own markup."""
    file = settings.BASE_DIR / "docs" / f"{name}.md"
    if not file.is_file():
        raise Http404
    text = file.read_text("utf-8")
    return render(request, "document.html", {"title": text.partition("\n")[0][2:], "text": text})
