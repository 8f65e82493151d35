"""What every verb of prices shares: the permission, a row's own fields checked in words, and how a row ends."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import DomainError, Invalid
from kalon.pricing.lifecycles import MANAGE
from kalon.pricing.queries.schedules import found, mine

M = TypeVar("M", bound=models.Model)

NOT_TYPED = ["organization", "patient", "added_by", "asked_by", "decided_by", "decided_at"]

__all__ = ["MANAGE", "checked", "ended"]


def checked(row: models.Model) -> None:
    """The row's own fields, in words; the database has the last word on everything else."""
    try:
        row.full_clean(exclude=NOT_TYPED, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = error.message_dict
        field, sentences = next(iter(errors.items()))
        raise Invalid(sentences[0], field=field, errors=errors) from None


def ended(model: type[M], pk: UUID, valid_to: date, noun: str, refusals: Mapping[str, DomainError], *, by: Actor) -> M:
    """A row that no longer holds from this day on: ended, never changed, so that what was done by it stays."""
    row: Any = found(mine(model, by).select_for_update(), pk, noun)
    facts = {"valid_to": [row.valid_to, valid_to]}
    row.valid_to = valid_to
    with refusing(refusals):
        row.save(update_fields=["valid_to"])
    audit.note(by, audit.Kind.CHANGE, row, facts=facts)
    return row  # type: ignore[no-any-return]
