"""Who may give how much by hand: a limit per role, kept with its log."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.pricing import queries
from kalon.pricing.actions.checking import MANAGE
from kalon.pricing.models import DiscountLimit
from kalon.pricing.queries.schedules import mine


@verb
def set_limits(percents: Mapping[UUID, Decimal | None], *, by: Actor) -> list[DiscountLimit]:
    """Up to how many per cent the holders of these roles may give by hand; None: what the rules say for everybody."""
    by.must(MANAGE, do="change who may give discounts")
    roles = {role.pk: role for role in people.roles(seen_by=by)}
    held = {row.role_id: row for row in mine(DiscountLimit, by).select_for_update()}
    for role_id, percent in percents.items():
        role = roles.get(role_id)
        if role is None:
            raise Invalid("There is no such role. Open the page again.", field=f"limit_{role_id}")
        if percent is not None and not 0 <= percent <= 100:
            raise Invalid("Write a per cent from 0 to 100, or leave it empty.", field=f"limit_{role_id}")
        before = held.get(role_id)
        if (before.percent if before else None) == percent:
            continue
        facts = {f"{role.name}, per cent by hand": [before.percent if before else None, percent]}
        if before and percent is None:
            audit.note(by, audit.Kind.CHANGE, before, facts=facts)
            before.delete()
            continue
        row = before or DiscountLimit(organization_id=by.organization_id, role=role)
        row.percent = percent if percent is not None else row.percent
        row.save()
        audit.note(by, audit.Kind.CHANGE, row, facts=facts)
    return list(queries.limits(seen_by=by))
