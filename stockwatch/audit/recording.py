"""The one door of the audit log."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model

from stockwatch.audit import acting
from stockwatch.audit.models import AuditEntry, Deed

Changes = Sequence[Sequence[Any]]
"""A field, what it was, and what it became, each."""

SECRET = "••••••••"  # noqa: S105  what is shown of one
LONGEST = 500


def record(
    deed: Deed,
    subject: Model | type[Model],
    *,
    owner_id: int | None = None,
    name: str | None = None,
    pk: Any = None,
    changes: Changes = (),
) -> None:
    """Write down what is being done, in the transaction that is open: both stand, or neither.

    `pk` and `name` where the subject has lost its own, or there are several of it.
    """
    who = acting.now()
    is_one = isinstance(subject, Model)
    if pk is None and is_one:
        pk = subject.pk
    AuditEntry.objects.create(
        actor_id=who.user_id,
        actor=who.name,
        address=who.address,
        via=who.via,
        deed=deed,
        subject_type=subject._meta.label_lower,  # noqa: SLF001
        subject_id="" if pk is None else str(pk)[:40],
        subject=(name if name is not None else str(subject) if is_one else "")[:200],
        owner_id=owner_id,
        changes=[list(one) for one in changes],
    )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[Any]]:
    """Return which values are not what they were, in the order of `after`."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        [name, plain(before.get(name)), plain(after.get(name))]
        for name in names
        if before.get(name) != after.get(name)
    ]


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    match value:
        case None | bool() | int():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case str():
            return value[:LONGEST]
        case Collection():
            return [plain(one) for one in value]
        case _:
            return str(value)[:LONGEST]
