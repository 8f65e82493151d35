"""Turning the master key: every wrapped data key of the installation is wrapped again, rows in small steps."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from kalon.kernel import actors, crypto
from kalon.kernel.tenancy import acting_as, organization_ids

STEP = 500


def rewrap_all() -> int:
    """Wrap each data key that an older master still wraps under the present one; how many were changed.

    It may be stopped and begun again: what is done stays done, and old masters stay readable until retired.
    """
    return sum(_rewrap(model) for model in keyed_models())


def still_wrapped_by(master_id: str) -> int:
    """How many rows an old master still opens; it may be retired at zero."""
    count = 0
    for model in keyed_models():
        for organization_id in organization_ids():
            with acting_as(actors.system("key rotation", organization_id)):
                keys = model._default_manager.exclude(data_key=None).values_list("data_key", flat=True)
                count += sum(crypto.master_of(key) == master_id for key in keys.iterator())
    return count


def keyed_models() -> Iterator[type[models.Model]]:
    """Every table whose rows carry a data key of their own."""
    for model in apps.get_models():
        if any(field.name == "data_key" for field in model._meta.local_fields):
            yield model


def _rewrap(model: type[models.Model]) -> int:
    changed = 0
    for organization_id in organization_ids():
        by = actors.system("key rotation", organization_id)
        last = None
        while True:
            with acting_as(by), transaction.atomic():
                rows = model._default_manager.exclude(data_key=None).order_by("pk").select_for_update()
                step = list((rows.filter(pk__gt=last) if last else rows).values_list("pk", "data_key")[:STEP])
                for pk, wrapped in step:
                    fresh = crypto.rewrap(wrapped)
                    if fresh != bytes(wrapped):
                        model._default_manager.filter(pk=pk).update(data_key=fresh)
                        changed += 1
            if len(step) < STEP:
                break
            last = step[-1][0]
    return changed
