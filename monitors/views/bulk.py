"""Many monitors from a pasted table, and one's own as a table."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from monitors import lifecycle
from monitors.forms.situations import spec_of
from monitors.lifecycle import Wanted
from monitors.models import Monitor
from monitors.oneline.drafting import Draft, drafts, rules_line
from monitors.oneline.reading import LONGEST
from monitors.oneline.table import MOST_ROWS, as_text, lines
from monitors.views.acting import own_id
from monitors.views.quick import Preview


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is looked at before it is made."""

    number: int
    text: str
    draft: Draft

    @property
    def problems(self) -> list[str]:
        """What stands in its way."""
        return [one.message for one in self.draft.problems]

    @property
    def doubts(self) -> list[str]:
        """What looks like a slip."""
        return list(dict.fromkeys(one.message for one in self.draft.cautions))

    @property
    def preview(self) -> Preview:
        """What it makes."""
        return Preview(self.draft, self.text)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Take a table, show what each row makes, let it be corrected, and make all or the good ones.

    The button `do` says which: `look` reads the table, `check` looks at the corrected rows, `all`
    makes all or none, and `good` those that can be made; the others stay to be corrected. The
    button `mean` says which of several stocks a row means, and looks again.
    """
    if request.method != "POST":
        return render(request, "monitors/bulk.html", {"most": MOST_ROWS})
    step, table = request.POST.get("do", "look"), request.POST.get("table", "")
    if "mean" in request.POST:
        step = "check"
    texts, mended = (lines(table), 0) if step == "look" else _corrected(request)
    if problem := _count_problem(len(texts)):
        shown = {"most": MOST_ROWS, "table": table, "error": problem}
        return render(request, "monitors/bulk.html", shown, status=422)
    # Names that nobody lists are asked for once, not at each look.
    found = drafts(texts, own_id(request), ask=step == "look" and len(texts) <= ASKED_FOR)
    rows = [Row(at, text, one) for at, (text, one) in enumerate(zip(texts, found, strict=True), 1)]
    bad = [row for row in rows if not row.draft.is_good]
    if step == "good" or (step == "all" and not bad):
        return _made(request, rows, bad)
    if step == "all":
        message = _("Nothing is made yet: correct the marked rows, or make the others alone.")
        messages.error(request, message)
    return _rows(request, rows, status=422 if step == "all" else 200, mended=mended)


ASKED_FOR = 20
"""Rows up to which names that the list does not have are looked for at the sources."""


def _corrected(request: HttpRequest) -> tuple[list[str], int]:
    """Return the rows that are left, and the number of the one whose stock was chosen, or 0."""
    sent = request.POST.getlist("line")[: MOST_ROWS + 1]
    number, _space, meant = request.POST.get("mean", "").partition(" ")
    at = int(number) if number.isdecimal() and len(number) < 4 else 0
    if 0 < at <= len(sent):
        sent[at - 1] = meant
    left = [text[:LONGEST] for text in sent if text.strip()]
    return left, sum(bool(text.strip()) for text in sent[:at])


def _count_problem(count: int) -> str:
    if not count:
        return _("table: paste at least one row.")
    if count > MOST_ROWS:
        message = _("table: %(count)d rows are too many; paste at most %(most)d at a time.")
        return message % {"count": count, "most": MOST_ROWS}
    return ""


def _made(request: HttpRequest, rows: Sequence[Row], bad: Sequence[Row]) -> HttpResponse:
    """Make the good rows in one transaction; the others are shown again."""
    wanted = [
        Wanted(row.draft.symbol, row.draft.rules, row.draft.fields())
        for row in rows
        if row.draft.is_good and row.draft.symbol is not None
    ]
    made = lifecycle.create_many(own_id(request), wanted) if wanted else []
    text = ngettext("%(count)d monitor is made.", "%(count)d monitors are made.", len(made))
    level = messages.SUCCESS if made else messages.WARNING
    messages.add_message(request, level, text % {"count": len(made)})
    return _rows(request, bad) if bad else redirect("monitor-list")


def _rows(
    request: HttpRequest, rows: Sequence[Row], status: int = 200, mended: int = 0
) -> HttpResponse:
    good = sum(row.draft.is_good for row in rows)
    shown = {"rows": rows, "good": good, "bad": len(rows) - good, "mended": mended}
    return render(request, "monitors/bulk_rows.html", shown, status=status)


@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Send the user's monitors as a table that can be pasted again."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="monitors.csv"'
    answer.write("\ufeff")  # without it Excel takes Chinese for something else
    mine = Monitor.objects.of(own_id(request)).with_all().order_by("created_at", "pk")
    writer = csv.writer(answer)
    writer.writerow(["symbol", "name", "rating", "group", "rules", "note"])
    writer.writerows(_table(mine))
    return answer


def _table(monitors: Iterable[Monitor]) -> Iterable[list[Any]]:
    for monitor in monitors:
        rules = rules_line([spec_of(rule) for rule in monitor.rules.all()])
        note, name = " ".join(monitor.note.split()), monitor.instrument.name
        group, symbol = as_text(monitor.group), monitor.instrument.symbol
        yield [symbol, as_text(name), monitor.rating, group, rules, as_text(note)]
