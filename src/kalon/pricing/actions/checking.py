"""What every verb of prices shares: the permission, and a row's own fields checked in words."""

from django.core.exceptions import ValidationError
from django.db import models

from kalon.kernel.errors import Invalid
from kalon.pricing.lifecycles import MANAGE

NOT_TYPED = ["organization", "patient", "added_by", "asked_by", "decided_by", "decided_at"]

__all__ = ["MANAGE", "checked"]


def checked(row: models.Model) -> None:
    """The row's own fields, in words; the database has the last word on everything else."""
    try:
        row.full_clean(exclude=NOT_TYPED, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = error.message_dict
        field, sentences = next(iter(errors.items()))
        raise Invalid(sentences[0], field=field, errors=errors) from None
