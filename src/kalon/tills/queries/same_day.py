"""A treatment on the day it is decided: where it stands, what is still missing, and the one thing to do next.

Everything is read from the records themselves (consultation, plan, quote, visit, bill): there is nothing to get out of
step, and what was done on another page counts as well.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from kalon.billing import queries as bills
from kalon.billing.lifecycles import BillStatus
from kalon.catalog import queries as catalog
from kalon.consents import queries as consents
from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Outcome
from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.plans.lifecycles import ConsentNeed, PlanStatus, PlanType
from kalon.pricing import queries as pricing
from kalon.quotes import queries as quotes
from kalon.quotes.lifecycles import QuoteStatus
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import RELEASED
from kalon.scheduling.lifecycles import Status as Visit

WITHOUT_CONSENT = (PlanStatus.APPROVED, PlanStatus.CONSENT_PENDING)
NOT_HERE_YET = (Visit.REQUESTED, Visit.PENDING_PAYMENT, Visit.CONFIRMED)


class Step(StrEnum):
    """What comes next on the way of a treatment on the same day."""

    WAIT = "WAIT"  # the consultation has not begun, or decided something else
    PLAN = "PLAN"
    APPROVE = "APPROVE"
    CONSENT = "CONSENT"
    QUOTE = "QUOTE"
    SIGN = "SIGN"
    DEPOSIT = "DEPOSIT"
    TIME = "TIME"
    BILL = "BILL"
    MONEY = "MONEY"
    ARRIVE = "ARRIVE"
    DONE = "DONE"
    HELD = "HELD"  # the plan is on hold


@dataclass(frozen=True, slots=True)
class Price:
    """What the patient will pay: before tax, the tax, together, and why it is less than the list says."""

    taxable: Decimal
    tax: Decimal
    total: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class SameDay:
    """One treatment that is decided, agreed, paid and begun in one visit to the clinic."""

    visit: Any
    encounter: Any | None
    plan: Any | None
    lines: tuple[Any, ...]
    price: Price | None
    missing: str  # what the plan's money lacks before it may be booked: "", "quote", "lapsed", "deposit"
    quote: Any | None
    deposit: Any | None
    self_pay: Any | None
    waiver: Any | None
    waiting: Any | None  # a consent of the patient's own that waits for their signature
    session: Any | None
    bill: Any | None
    consent: Any | None = None  # to this plan: prepared, before the patient, or in force
    forms: tuple[Any, ...] = ()  # which of the clinic's consent forms fit this plan, the first one best

    @property
    def is_signed(self) -> bool:
        """Whether the consent that the plan asks for is signed, or none is asked."""
        assert self.plan is not None
        return self.plan.consent == ConsentNeed.NOT_REQUIRED or self.plan.status not in WITHOUT_CONSENT

    @property
    def is_paid(self) -> bool:
        return self.bill is not None and self.bill.status != BillStatus.DRAFT and self.bill.owed <= 0

    @property
    def step(self) -> Step:
        """The one thing to do next, in the order in which a clinic may do it."""
        if self.plan is None:
            return Step.PLAN if self._may_be_planned else Step.WAIT
        if self.plan.status == PlanStatus.ON_HOLD:
            return Step.HELD
        if self.plan.approved_at is None:
            return Step.APPROVE
        if self.session is None:
            return self._before_the_visit
        if self.bill is None:
            return Step.BILL
        if not self.is_paid:
            return Step.MONEY
        return Step.ARRIVE if self.session.status in NOT_HERE_YET else Step.DONE

    @property
    def _may_be_planned(self) -> bool:
        found = self.encounter
        if found is None:
            return False
        return found.status == Encounter.IN_CONSULTATION or (
            found.status in (Encounter.PLAN_CREATED, Encounter.CLOSED) and found.outcome == Outcome.PROCEDURE_PLANNED
        )

    @property
    def _before_the_visit(self) -> Step:
        if not self.is_signed:
            return Step.CONSENT
        if self.missing in ("quote", "lapsed"):
            return Step.SIGN if self.quote is not None and self.quote.status == QuoteStatus.SENT else Step.QUOTE
        return Step.DEPOSIT if self.missing == "deposit" else Step.TIME


def same_day(appointment_id: UUID, *, seen_by: Actor) -> SameDay:
    """Where the treatment decided in this visit stands, for whoever may read plans; no word of a note is read."""
    visit = scheduling.appointment(appointment_id, seen_by=seen_by)
    clinic = actors.system("tills", seen_by.organization_id)
    encounter = consultations.of_appointment(visit.pk, seen_by=clinic)
    found = None
    if encounter is not None:
        rows = plans.plans_of_consultation(encounter.pk, seen_by=seen_by).filter(plan_type=PlanType.NON_SURGICAL)
        found = rows.exclude(status=PlanStatus.CANCELLED).order_by("id").last()
    waiting = consents.waiting_for(visit.patient_id, seen_by=clinic).filter(plan=None).first()
    if found is None:
        return SameDay(visit, encounter, None, (), None, "", None, None, None, None, waiting, None, None)
    lines = tuple(plans.lines_of(found))
    money = quotes.money_of_plan(found.pk, seen_by=clinic)
    standing = [one for one in plans.visits_of_plan(found, seen_by=clinic) if one.status not in RELEASED]
    session = standing[-1] if standing else None
    is_unsigned = found.consent == ConsentNeed.REQUIRED and found.status in WITHOUT_CONSENT
    return SameDay(
        visit=visit,
        encounter=encounter,
        plan=found,
        lines=lines,
        price=_price(found, lines, money.accepted, clinic),
        missing=money.missing,
        quote=money.accepted or quotes.quotes_of_plan(found.pk, seen_by=clinic).first(),
        deposit=money.deposit,
        self_pay=money.self_pay,
        waiver=money.waiver,
        waiting=waiting,
        session=session,
        bill=bills.bill_for_appointment(session.pk, seen_by=clinic) if session else None,
        consent=consents.live_of_plan(found.pk, seen_by=clinic) if is_unsigned else None,
        forms=tuple(consents.forms_for(found, seen_by=clinic)) if is_unsigned else (),
    )


def next_time(shown: SameDay, *, seen_by: Actor) -> Any | None:
    """The first time from now at which the treatment can be given, with everything that it takes; None in 90 days."""
    assert shown.plan is not None
    service = _service_of(shown.lines)
    if service is None:
        return None
    wish = scheduling.wanted(
        shown.plan.branch_id, service_id=service, doctor_id=shown.plan.doctor_id, seen_by=seen_by
    )  # fmt: skip
    found, _names = scheduling.next_offers(wish, _free_from(shown.visit), 1, seen_by=seen_by)
    return found[0] if found else None


def treatments(*, seen_by: Actor) -> list[Any]:
    """What can be given on the same day: the services that are treatments and have a price, by name."""
    rows = catalog.services(seen_by=seen_by).select_related("appointment_type")
    return [one for one in rows if one.appointment_type and one.appointment_type.code == "SESSION" and one.price]


def _free_from(visit: Any) -> datetime:
    """A patient who is still with the doctor can be treated when that visit is over."""
    now = clock.now()
    return max(now, visit.period.upper) if visit.status == Visit.IN_PROGRESS else now


def _service_of(lines: tuple[Any, ...]) -> UUID | None:
    return next((line.service_id for line in lines if line.service_id), None)


def _price(plan: Any, lines: tuple[Any, ...], accepted: Any | None, clinic: Actor) -> Price | None:
    """What was accepted; where no quote was asked, what the price list says today."""
    if accepted is not None:
        option = accepted.chosen_option
        taxable = sum((line.taxable for line in quotes.agreed_lines(accepted)), ZERO)
        return Price(taxable, option.total - taxable, option.total, f"Quote {accepted.number}")
    priced = [line for line in lines if line.service_id]
    if not priced:
        return None
    branch, today = plan.branch, clock.today(plan.branch.timezone)
    organization = people.organization(seen_by=clinic)
    scheme = catalog.tax_scheme(today, country=organization.country, seen_by=clinic)
    taxable, total, notes = ZERO, ZERO, []
    for line in priced:
        said = pricing.price_of(
            service_id=line.service_id, branch_id=branch.pk, patient_id=plan.patient_id,
            quantity=Decimal(line.quantity), seen_by=clinic,
        )  # fmt: skip
        taxed = bills.taxed(
            quantity=Decimal(line.quantity),
            unit_price=said.unit_price,
            discount=said.discount,
            rate=catalog.tax_rate(said.tax_code, today, seen_by=clinic) if said.tax_code and branch.gstin else ZERO,
            supplier_state=branch.state_code,
            place_of_supply=branch.state_code,
            is_registered=bool(branch.gstin),
            has_code=bool(said.tax_code),
            rounding=organization.rounding,
            scheme=scheme,
        )
        taxable, total = taxable + taxed.taxable, total + taxed.total
        notes += [said.reason] if said.reason else []
    return Price(taxable, total - taxable, total, "; ".join(notes))
