"""Admin pages of tables with 100,000 rows and more: no full counts, no long lists, no surprises."""

from typing import Any, Generic, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connections
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from stockwatch.deletion import dependents

M = TypeVar("M", bound=Model)

COUNTED_UP_TO = 200_000
"""Rows. PostgreSQL counts by reading them all; from here on its own estimate is good enough."""

NAMED_UP_TO = 100
"""Rows that a deletion names before it only counts them."""


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]
    """Takes PostgreSQL's estimate for the length of a very long unfiltered list."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows: exact where it is cheap to know."""
        return self._estimate() or int(super().count)

    def _estimate(self) -> int | None:
        rows = self.object_list
        if not isinstance(rows, QuerySet) or rows.query.where or rows.query.is_sliced:
            return None
        connection = connections[rows.db]
        if connection.vendor != "postgresql":
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
                [connection.ops.quote_name(rows.model._meta.db_table)],  # noqa: SLF001
            )
            estimate = int(cursor.fetchone()[0])
        return estimate if estimate > COUNTED_UP_TO else None


class BigTableAdmin(admin.ModelAdmin, Generic[M]):  # type: ignore[type-arg]
    """An admin whose pages cost the same whatever the number of rows."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER  # a facet counts the whole table once for each choice

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        """Search for the first words: each is one condition more, and databases bound those."""
        words = search_term[:200].split()[:10]
        return super().get_search_results(request, queryset, " ".join(words))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what a deletion takes: the rows' names, counts, missing permissions, obstacles.

        What is only ever read here (a log, a quote) goes with its owner without a permission of
        its own.
        """
        rows = list(objs)
        taken, keeping = dependents(self.model, rows)
        names = [f"{capfirst(str(self.opts.verbose_name))}: {row}" for row in rows[:NAMED_UP_TO]]
        if len(rows) > NAMED_UP_TO:
            names.append(_("and %(count)d more") % {"count": len(rows) - NAMED_UP_TO})
        counts = {_plural(model): count for model, count in taken.items()}
        forbidden = {
            str(model._meta.verbose_name)  # noqa: SLF001
            for model in (self.model, *taken)
            if not self._may_delete(model, request)
        }
        obstacles = [f"{capfirst(_plural(model))}: {count}" for model, count in keeping.items()]
        return names, {_plural(self.model): len(rows)} | counts, forbidden, obstacles

    def _may_delete(self, model: type[Model], request: HttpRequest) -> bool:
        if not self.admin_site.is_registered(model):
            return True
        registered = self.admin_site.get_model_admin(model)
        return isinstance(registered, ReadOnlyAdmin) or registered.has_delete_permission(request)


class ReadOnlyAdmin(BigTableAdmin[M]):
    """Shows rows that the system writes; nobody adds, changes or deletes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never."""
        return False


def _plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)  # noqa: SLF001
