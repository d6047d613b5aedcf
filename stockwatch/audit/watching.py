"""Models whose only door is their own `save` and `delete`: each change of these is recorded."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_save

from stockwatch.audit.models import Deed
from stockwatch.audit.recording import SECRET, difference, record

BEFORE = "_audit_before"

_covered: set[str] = set()


def cover(*labels: str) -> None:
    """Note that doors record what is done to rows of these models, `monitors.monitor`."""
    _covered.update(labels)


def covered() -> frozenset[str]:
    """Return the models of which what is done is recorded."""
    return frozenset(_covered)


def is_covered(model: type[Model]) -> bool:
    """Whether what is done to rows of a model is recorded without the admin's own history."""
    return model._meta.label_lower in _covered  # noqa: SLF001


@dataclass(frozen=True)
class Watch:
    """What is told of a model."""

    model: type[Model]
    fields: tuple[str, ...]
    secrets: frozenset[str]
    """Of these only that they changed."""
    owner: Callable[[Any], int | None]
    name: Callable[[Any], str]
    creation: bool

    def before_save(self, instance: Any, update_fields: Collection[str] | None, **_: Any) -> None:
        """Remember what is stored, where any of it may change."""
        setattr(instance, BEFORE, None)
        if instance._state.adding or not self._concerns(update_fields):  # noqa: SLF001
            return
        stored = self.model._base_manager.filter(pk=instance.pk)  # noqa: SLF001
        setattr(instance, BEFORE, stored.values(*self.fields).first())

    def after_save(
        self, instance: Any, created: bool, update_fields: Collection[str] | None, **_: Any
    ) -> None:
        """Tell what became different."""
        if created and not self.creation:
            return
        before = {} if created else getattr(instance, BEFORE, None)
        if before is None or not self._concerns(update_fields):
            return
        after = {name: getattr(instance, name) for name in self.fields}
        changes = [self._veiled(one) for one in difference(before, after)]
        if created:
            changes = [one for one in changes if one[2] not in ("", None, [])]
        if created or changes:
            self._record(Deed.CREATED if created else Deed.CHANGED, instance, changes)

    def after_delete(self, instance: Any, **_: Any) -> None:
        """Tell that it is gone."""
        self._record(Deed.DELETED, instance, [])

    def _concerns(self, update_fields: Collection[str] | None) -> bool:
        return update_fields is None or not set(update_fields).isdisjoint(self.fields)

    def _veiled(self, change: list[Any]) -> list[Any]:
        name, before, after = change
        if name not in self.secrets:
            return change
        return [name, before and SECRET, after and SECRET]

    def _record(self, deed: Deed, instance: Any, changes: list[list[Any]]) -> None:
        owner, name = self.owner(instance), self.name(instance)
        record(deed, instance, owner_id=owner, name=name, changes=changes)


def watch(
    model: type[Model],
    fields: Collection[str],
    *,
    secrets: Collection[str] = (),
    owner: Callable[[Any], int | None] = lambda one: getattr(one, "user_id", None),
    name: Callable[[Any], str] = str,
    creation: bool = True,
    deletion: bool = True,
) -> None:
    """Record from now on what is done to rows of a model. Called once, when the apps are ready."""
    one = Watch(model, (*fields, *secrets), frozenset(secrets), owner, name, creation)
    label = f"audit {model._meta.label_lower}"  # noqa: SLF001
    cover(model._meta.label_lower)  # noqa: SLF001
    # Not weakly held: nobody else keeps the watch.
    pre_save.connect(one.before_save, sender=model, weak=False, dispatch_uid=label)
    post_save.connect(one.after_save, sender=model, weak=False, dispatch_uid=label)
    if deletion:
        watch_deletion(model, owner=owner, name=name)


def watch_deletion(
    model: type[Model],
    *,
    owner: Callable[[Any], int | None] = lambda one: getattr(one, "user_id", None),
    name: Callable[[Any], str] = str,
) -> None:
    """Record from now on that rows of a model are deleted, by whatever way."""
    one = Watch(model, (), frozenset(), owner, name, creation=False)
    label = f"audit {model._meta.label_lower}"  # noqa: SLF001
    post_delete.connect(one.after_delete, sender=model, weak=False, dispatch_uid=label)
