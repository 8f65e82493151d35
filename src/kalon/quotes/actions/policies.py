"""What the owner decides: for which plans a quote is asked, how it begins, what comes with a service."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.quotes import queries, rules
from kalon.quotes.lifecycles import MANAGE, Section
from kalon.quotes.models import Policy, SectionDefault
from kalon.quotes.models.policies import MAY_BE_ASKED

MOST_DEFAULTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDetails:
    """For which types of plan a quote is asked, the deposit in per cent, and days: offered, reminded before, held."""

    asked_for: Sequence[str]
    deposit_percent: Decimal
    valid_days: int = 30
    remind_days: int = 3
    hold_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultLine:
    """One thing that usually comes with a service."""

    section: str
    description: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    tax_code: str = ""
    hsn_sac: str = ""


@verb
def set_policy(details: PolicyDetails, *, by: Actor) -> Policy:
    """Decide what is asked before a plan is booked; what was booked or accepted stays as it is."""
    by.must(MANAGE, do="decide what is asked before booking")
    if set(details.asked_for) - {str(kind) for kind in MAY_BE_ASKED}:
        raise Invalid("A quote is asked for surgery, series and single treatments only.", field="asked_for")
    if not details.deposit_percent.is_finite() or not 0 <= details.deposit_percent <= 100:
        raise Invalid("A per cent lies between 0 and 100.", field="deposit_percent")
    for name, least, most in (("valid_days", 1, 365), ("remind_days", 0, 60), ("hold_days", 1, 730)):
        if not least <= getattr(details, name) <= most:
            raise Invalid(f"Between {least} and {most} days.", field=name)
    found = queries.policy(seen_by=by)
    found.asked_for = [str(kind) for kind in MAY_BE_ASKED if kind in details.asked_for]
    found.deposit_percent, found.valid_days = details.deposit_percent, details.valid_days
    found.remind_days, found.hold_days = details.remind_days, details.hold_days
    found.save()
    facts = {"asked_for": found.asked_for, "deposit_percent": str(found.deposit_percent), "valid": found.valid_days}
    audit.note(by, audit.Kind.CHANGE, found, facts=facts)
    return found


@verb
def set_defaults(service_id: UUID, lines: Sequence[DefaultLine], *, by: Actor) -> list[SectionDefault]:
    """Say anew what usually comes with a service on a quote."""
    by.must(MANAGE, do="decide what comes with a service on a quote")
    service = catalog.service(service_id, seen_by=by)
    if len(lines) > MOST_DEFAULTS:
        raise Invalid(f"At most {MOST_DEFAULTS} lines come with a service.", field="lines")
    made = [_default(service.pk, position, line, by) for position, line in enumerate(lines, start=1)]
    SectionDefault.objects.filter(organization_id=by.organization_id, service_id=service.pk).delete()
    for row in made:
        row.save(force_insert=True)
    facts = {"comes_with": [f"{row.section}: {row.description} {row.unit_price}" for row in made]}
    audit.note(by, audit.Kind.CHANGE, service, facts=facts)
    return made


def _default(service_id: UUID, position: int, line: DefaultLine, by: Actor) -> SectionDefault:
    if line.section not in Section.values:
        raise Invalid("Choose which part of the price it belongs to.", field="section")
    return SectionDefault(
        organization_id=by.organization_id,
        service_id=service_id,
        section=line.section,
        position=position,
        description=rules.needed(line.description, field="description", most=200, otherwise="Write what it is."),
        quantity=rules.quantity(line.quantity),
        unit_price=rules.amount(line.unit_price, field="unit_price"),
        tax_code=line.tax_code,
        hsn_sac=line.hsn_sac,
    )
