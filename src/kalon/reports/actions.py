"""The terms of commission: the only thing that is written here."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.reports import queries
from kalon.reports.models import CommissionTerm
from kalon.reports.rules import COMMISSIONS

DO = "set commissions"
REFUSALS = {
    "reports_commissionterm_one_a_day": Clash(
        "Other terms for the same begin later. Choose a later day.", field="valid_from"
    ),
    "reports_commissionterm_ends_later": Invalid("Terms end after the day they begin.", field="valid_to"),
}


@verb
def add_commission_term(
    percent: Decimal,
    valid_from: date,
    *,
    staff_id: UUID | None = None,
    staff_kind: str = "",
    service_id: UUID | None = None,
    by: Actor,
) -> CommissionTerm:
    """Terms that hold from a day on; the open ones for the same end on that day.

    They are one member of staff's, or those of everybody of a kind; for one service, or for all.
    """
    by.must(COMMISSIONS, do=DO)
    if not percent.is_finite() or not 0 < percent <= 100 or percent != round(percent, 2):
        raise Invalid("Write a per cent above 0 and up to 100, with at most two places.", field="percent")
    if (staff_id is None) == (not staff_kind):
        raise Invalid("Choose a member of staff, or a kind of staff.", field="staff")
    if staff_kind and staff_kind not in dict(queries.staff_kinds(seen_by=by)):
        raise Invalid("Choose one of the kinds of staff.", field="staff")
    if staff_id:
        people.staff_member(staff_id, seen_by=by)
    if service_id:
        catalog.service(service_id, seen_by=by)
    same = queries.commission_terms(seen_by=by).filter(
        Q(staff_id=staff_id) if staff_id else Q(staff=None),
        Q(service_id=service_id) if service_id else Q(service=None),
        staff_kind=staff_kind,
        valid_to=None,
        valid_from__lt=valid_from,
    )
    for before in same:
        end_commission_term(before.pk, valid_from, by=by)
    with refusing(REFUSALS):
        made = CommissionTerm.objects.create(
            organization_id=by.organization_id, staff_id=staff_id, staff_kind=staff_kind, service_id=service_id,
            percent=percent, valid_from=valid_from,
        )  # fmt: skip
    audit.note(by, audit.Kind.CHANGE, made, facts={"what": "commission terms set"})
    return made


@verb
def end_commission_term(pk: UUID, valid_to: date, *, by: Actor) -> CommissionTerm:
    """The terms no longer hold from this day on; what was earned before keeps them."""
    by.must(COMMISSIONS, do=DO)
    term = one(queries.commission_terms(seen_by=by).filter(pk=pk).select_related(None).select_for_update())
    if term is None:
        raise NotFound("There are no such terms.")
    facts = {"valid_to": [term.valid_to, valid_to]}
    term.valid_to = valid_to
    with refusing(REFUSALS):
        term.save(update_fields=["valid_to"])
    audit.note(by, audit.Kind.CHANGE, term, facts=facts)
    return term
