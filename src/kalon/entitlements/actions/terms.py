"""What the clinic decides about packages and vouchers."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from kalon.entitlements import queries
from kalon.entitlements.lifecycles import MANAGE
from kalon.entitlements.models import Terms
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb

NAMES = ("usable", "used_at", "warn_days", "voucher_months")


@verb
def set_terms(details: Mapping[str, Any], *, by: Actor) -> Terms:
    """Decide when a package can be used, what a used session costs in a refund, and how long things are valid."""
    by.must(MANAGE, do="change the terms of packages")
    row = queries.terms(seen_by=by)
    before = {name: getattr(row, name) for name in NAMES}
    for name in NAMES:
        setattr(row, name, details.get(name, before[name]))
    try:
        row.full_clean(exclude=["organization"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Invalid(sentences[0], field=field, errors=error.message_dict) from None
    row.save()
    differ = {name: [before[name], getattr(row, name)] for name in NAMES if before[name] != getattr(row, name)}
    audit.note(by, audit.Kind.CHANGE, row, facts=differ)
    return row
