"""Writing a plan: from a consultation that decided it, changed until somebody approves it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Outcome
from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotReady, Stale
from kalon.kernel.lookup import one
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.actions.lines import Entries, LineDetails, check_lines, entries_of, filled_in, write_lines
from kalon.plans.lifecycles import PLAN, UNAPPROVED, UNFINISHED, WRITE, ConsentNeed, MoneyType, PlanType
from kalon.plans.models import ProcedurePlan

PLANNING = (Outcome.PROCEDURE_PLANNED, Outcome.CONSERVATIVE)
NOT_DECIDED = (
    "A plan rests on a consultation in which it was decided. Record the outcome “Procedure recommended” or "
    "“Treatment without a procedure” first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDetails:
    """What is planned. `session_count` and `interval_days` are for a series; `goal` is what the patient reads.

    `revises_id`: the completed plan of this patient that is done again.
    """

    plan_type: str
    money_type: str = MoneyType.COSMETIC
    consent: str = ""
    title: str = ""
    goal: str = ""
    note: str = ""
    session_count: int | None = None
    interval_days: int | None = None
    review_after_days: int | None = None
    doctor_id: UUID | None = None
    revises_id: UUID | None = None
    lines: Sequence[LineDetails] = ()


@verb
def plan_procedure(consultation_id: UUID, details: PlanDetails, *, by: Actor) -> ProcedurePlan:
    """Begin a plan from a consultation whose outcome calls for one; there may be several.

    Refusals: NotReady while the consultation has not decided it, Invalid for a detail, NotFound, NotPermitted.
    """
    by.must(WRITE, do="write treatment plans")
    consultation = consultations.consultation(consultation_id, seen_by=by, lock=True)
    if consultation.status not in (Encounter.PLAN_CREATED, Encounter.CLOSED) or consultation.outcome not in PLANNING:
        raise NotReady(NOT_DECIDED, obstacles=[NOT_DECIDED])
    details, entries = _resolved(details, by)
    if consultation.outcome == Outcome.CONSERVATIVE and details.plan_type != PlanType.CONSERVATIVE:
        raise Invalid(
            "This consultation decided on a treatment without a procedure. Choose that type, or change its outcome.",
            field="plan_type",
        )
    year = str(clock.today(consultation.branch.timezone).year)
    plan = ProcedurePlan(
        organization_id=by.organization_id,
        patient=consultation.patient,
        number=f"PL-{year}-{next_number('plan', period=year):04d}",
        consultation=consultation,
        branch=consultation.branch,
    )
    _fill(plan, details, entries, by)
    if plan.doctor_id is None:
        plan.doctor = consultation.doctor
    with refusing({f"{ProcedurePlan._meta.db_table}_outcome": NotReady(NOT_DECIDED, obstacles=[NOT_DECIDED])}):
        PLAN.born(plan, name="write")
    write_lines(plan, details.lines, money_type=details.money_type, by=by)
    return plan


@verb
def change_plan(pk: UUID, details: PlanDetails, *, edition: int, by: Actor) -> ProcedurePlan:
    """Write a plan anew until it is approved; after that a new plan is made. `edition` is the one that was read."""
    by.must(WRITE, do="change treatment plans")
    plan = queries.plan(pk, seen_by=by, lock=True)
    if plan.status not in UNAPPROVED:
        raise IllegalMove(
            f"You cannot change the plan: it is {plan.get_status_display().lower()}. Cancel it and make a new one.",
            status_is=plan.status,
        )
    if plan.edition != edition:
        raise Stale(
            "Somebody changed this plan after you opened it. Copy what you typed and open it again.",
            edition=plan.edition,
        )
    details, entries = _resolved(details, by)
    if plan.consultation.outcome == Outcome.CONSERVATIVE and details.plan_type != PlanType.CONSERVATIVE:
        raise Invalid("This consultation decided on a treatment without a procedure.", field="plan_type")
    before = plan.doctor
    _fill(plan, details, entries, by)
    plan.doctor = plan.doctor or before
    plan.edition += 1
    plan.save()
    plan.lines.all().delete()
    write_lines(plan, details.lines, money_type=details.money_type, by=by)
    audit.note(by, audit.Kind.CHANGE, plan, facts={"edition": plan.edition})
    return plan


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> ProcedurePlan:
    """Open one plan; who read it, and why, is written down."""
    plan = queries.plan(pk, seen_by=by)
    audit.read(by, plan, purpose=purpose)
    return plan


@verb
def rest_on(consultation_id: UUID, *, outcome: str, by: Actor) -> None:
    """A consultation has a (new) outcome: plans that no longer rest on it go; an approved one stands in its way."""
    rows = ProcedurePlan.objects.filter(organization_id=by.organization_id, consultation_id=consultation_id)
    for plan in rows.filter(status__in=UNFINISHED).select_for_update(of=("self",)).order_by("id"):
        fits = outcome == Outcome.PROCEDURE_PLANNED or (
            outcome == Outcome.CONSERVATIVE and plan.plan_type == PlanType.CONSERVATIVE
        )
        if fits:
            continue
        if plan.status not in UNAPPROVED:
            raise NotReady(
                f"Plan {plan.number} was made from this consultation and is approved. Cancel the plan first, "
                "or keep the outcome.",
                obstacles=[plan.number],
            )
        PLAN.move(plan, "cancel", by=by, reason="The consultation decided otherwise.")


def _resolved(details: PlanDetails, by: Actor) -> tuple[PlanDetails, Entries]:
    """The details as they are written, with what the catalogue says of the entries that they name."""
    entries = entries_of(details.lines, by=by)
    _check(details)
    check_lines(details.lines, entries, plan_type=details.plan_type)
    return replace(details, lines=filled_in(details.lines, entries)), entries


def _fill(plan: ProcedurePlan, details: PlanDetails, entries: Entries, by: Actor) -> None:
    is_series = details.plan_type == PlanType.SERIES
    plan.plan_type, plan.money_type = details.plan_type, details.money_type
    plan.consent = rules.consent_of(
        details.plan_type, details.consent, is_asked=any(entry.needs_consent for entry in entries.values())
    )
    plan.revises = _revised(plan, details.revises_id, by) if details.revises_id else None
    plan.title = details.title.strip() or _title(details, by)
    plan.goal, plan.note = details.goal.strip(), details.note.strip()
    plan.session_count = (details.session_count or 0) if is_series else 1
    plan.interval_days = details.interval_days if is_series else None
    plan.review_after_days = details.review_after_days
    plan.doctor = people.staff_member(details.doctor_id, seen_by=by) if details.doctor_id else None


def _title(details: PlanDetails, by: Actor) -> str:
    first = details.lines[0] if details.lines else None
    if first and first.procedure.strip():
        return first.procedure.strip()
    if first and first.service_id:
        return str(catalog.service(first.service_id, seen_by=by).name)
    raise Invalid("Name the plan, or add what is to be done.", field="title")


def _revised(plan: ProcedurePlan, pk: UUID, by: Actor) -> ProcedurePlan:
    """The completed plan of the same person that this one does again."""
    found = one(queries.revisable(plan.patient_id, seen_by=by).filter(pk=pk))
    if found is None:
        raise Invalid("Choose a completed plan of this patient as the one that is done again.", field="revises")
    return found


def _check(details: PlanDetails) -> None:
    if details.plan_type not in PlanType.values:
        raise Invalid("Choose what kind of plan it is.", field="plan_type")
    if details.money_type not in MoneyType.values:
        raise Invalid("Choose who it is charged to.", field="money_type")
    if details.consent and details.consent not in ConsentNeed.values:
        raise Invalid("Say whether a consent is signed first.", field="consent")
    if details.plan_type == PlanType.SERIES:
        if not 2 <= (details.session_count or 0) <= 60:
            raise Invalid("A series has between 2 and 60 sessions.", field="session_count")
        if not 1 <= (details.interval_days or 0) <= 366:
            raise Invalid("Say how many days lie between two sessions, from 1 to 366.", field="interval_days")
    if details.review_after_days is not None and not 1 <= details.review_after_days <= 730:
        raise Invalid("The review is between 1 and 730 days after the end.", field="review_after_days")
    for name in ("title", "goal", "note"):
        if len(getattr(details, name)) > rules.LONGEST_TEXT:
            raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field=name)
