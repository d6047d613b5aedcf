"""What deleting a row takes with it. Counted, not listed: a user may have 100,000 notifications."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import CASCADE, PROTECT, RESTRICT, Model, Q

Path = tuple[type[Model], str, bool]
"""A model, the lookup that leads from it up to the row, and whether it forbids the deletion."""


def dependents(
    model: type[Model], rows: Iterable[Any]
) -> tuple[dict[type[Model], int], dict[type[Model], int]]:
    """Return how many rows of each model go with `rows`, and how many keep them from going.

    One query a model, whatever the number of rows.
    """
    keys = [row.pk for row in rows]
    taken: dict[type[Model], Q] = {}
    keeping: dict[type[Model], Q] = {}
    for other, lookup, keeps in _paths(model, "", {model}):
        found = keeping if keeps else taken
        found[other] = found.get(other, Q()) | Q(**{f"{lookup}__in": keys})
    return _counts(taken), _counts(keeping)


def _counts(conditions: dict[type[Model], Q]) -> dict[type[Model], int]:
    counts = {
        model: model._base_manager.filter(condition).count()  # noqa: SLF001
        for model, condition in conditions.items()
    }
    return {model: count for model, count in counts.items() if count}


def _paths(model: type[Model], suffix: str, seen: set[type[Model]]) -> Iterator[Path]:
    """Walk down the foreign keys; what is two steps away is counted by one join."""
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001
        on_delete = getattr(relation, "on_delete", None)
        if not relation.auto_created or relation.concrete or on_delete is None:
            continue
        other = relation.related_model
        if not isinstance(other, type) or other in seen or other._meta.auto_created:  # noqa: SLF001
            continue
        lookup = f"{relation.field.name}{suffix}"  # type: ignore[union-attr]
        if on_delete in (PROTECT, RESTRICT):
            yield other, lookup, True
        elif on_delete is CASCADE:
            yield other, lookup, False
            yield from _paths(other, f"__{lookup}", seen | {other})
