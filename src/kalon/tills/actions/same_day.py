"""A treatment on the day it is decided: the verbs of plan, quote, visit and money, a few of them in one press.

There is no second way here: every record is made by the verb that makes it on its own page, with its permissions and
its guards. What belongs to one press is done whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.consultations.lifecycles import Outcome
from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.plans import actions as plans
from kalon.plans.lifecycles import APPROVE, ConsentNeed, MoneyType, PlanStatus, PlanType
from kalon.quotes import actions as quotes
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.tills import queries
from kalon.tills.actions.beginning import begin_checkout
from kalon.tills.actions.checkout import Tender, checkout
from kalon.tills.lifecycles import TAKE
from kalon.tills.queries.same_day import NOT_HERE_YET, Step

NOT_SEEN = NotReady("The doctor sees the patient first. Begin the consultation, then plan the treatment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done today: a service, whether a consent is signed first, who is charged, and the assessment if new."""

    service_id: UUID
    consent: str
    money_type: str = MoneyType.COSMETIC
    assessment: str = ""


@verb
def plan_today(appointment_id: UUID, wish: Treatment, *, by: Actor) -> Any:
    """A doctor decides on a treatment in this visit: the outcome is recorded, the plan is written and approved.

    Refusals: NotReady before the consultation or while its assessment is missing, Invalid, NotPermitted, NotFound.
    """
    by.must(APPROVE, do="decide on a treatment; a doctor does")
    encounter = encounters.of_appointment(appointment_id, seen_by=by, lock=True)
    if encounter is None:
        raise NOT_SEEN
    if wish.consent not in ConsentNeed.values:
        raise Invalid("Say whether a consent is signed first.", field="consent")
    if encounter.status == Encounter.IN_CONSULTATION:
        note = {"assessment": wish.assessment} if wish.assessment.strip() else {}
        consultations.record_outcome(encounter.pk, outcome=Outcome.PROCEDURE_PLANNED, note=note, by=by)
    elif encounter.status not in (Encounter.PLAN_CREATED, Encounter.CLOSED):
        raise NOT_SEEN
    made = plans.plan_procedure(
        encounter.pk,
        plans.PlanDetails(
            plan_type=PlanType.NON_SURGICAL,
            money_type=wish.money_type,
            consent=wish.consent,
            lines=(plans.LineDetails(service_id=wish.service_id),),
        ),
        by=by,
    )
    return approve_today(made.pk, by=by)


@verb
def approve_today(plan_id: UUID, *, by: Actor) -> Any:
    """Approve a plan that is written, sending it for approval on the way."""
    by.must(APPROVE, do="approve plans")
    if plans.read(plan_id, purpose="treatment today", by=by).status == PlanStatus.DRAFT:
        plans.submit(plan_id, by=by)
    return plans.approve(plan_id, by=by)


@verb
def quote_today(plan_id: UUID, *, by: Actor) -> Any:
    """Where the clinic asks for a quote: made from the plan and put before the patient in one press."""
    return quotes.send(quotes.draft_quote(plan_id, by=by).pk, by=by)


@verb
def book_today(appointment_id: UUID, start: datetime, *, by: Actor) -> Any:
    """Book the treatment that was decided in this visit, and open its bill where the booker may take money.

    The gate of the plan's money stands on this booking, here as everywhere. Refusals: IllegalMove while another step
    comes first, Clash for a time that is taken, NotReady, NotPermitted.
    """
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.step != Step.TIME or shown.plan is None:
        raise IllegalMove("Something else comes first for this treatment. Open it again.", status_is=shown.step)
    service = next((line.service_id for line in shown.lines if line.service_id), None)
    booked = scheduling.book(
        BookingRequest(
            patient_id=shown.plan.patient_id, branch_id=shown.plan.branch_id, doctor_id=shown.plan.doctor_id,
            service_id=service, start=start, kind="SESSION", follows_id=shown.visit.pk, occasion_id=shown.plan.pk,
        ),
        by=by,
    )  # fmt: skip
    if by.may(TAKE, at=booked.branch_id):
        begin_checkout(booked.pk, by=by)
    return booked


@verb
def pay_today(appointment_id: UUID, tenders: Sequence[Tender], key: str, *, by: Actor) -> Any:
    """Take what the treatment costs and check the patient in for it; one or the other alone does not happen.

    A bill over nothing (a package pays, or all was paid before) is finalised. The same key again is the same checkout.
    """
    by.must(TAKE, do="check patients out")
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.session is None or shown.bill is None:
        raise NotReady("Book the treatment first, then take the money.")
    if tenders:
        checkout(shown.bill.pk, tenders, key, by=by)
    elif shown.step == Step.MONEY and shown.bill.owed <= 0:
        billing.finalize(shown.bill.pk, by=by)
    return open_today(appointment_id, by=by)


@verb
def open_today(appointment_id: UUID, *, by: Actor) -> Any:
    """The patient is here already: check them in for the treatment once it is paid, and as often as it is asked."""
    shown = queries.same_day(appointment_id, seen_by=by)
    if shown.session is None or not shown.is_paid:
        return shown
    if shown.session.status in NOT_HERE_YET and by.may("scheduling.check_in", at=shown.session.branch_id):
        scheduling.check_in(shown.session.pk, by=by)
    return queries.same_day(appointment_id, seen_by=by)
