"""Clearances: one, a plan's, the board by date with what is missing; what a clinic asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.people import queries as people
from kalon.theatre.lifecycles import STATE, VIEW, ClearanceStatus, Moment, ReservationStatus
from kalon.theatre.models import Case, Clearance, Policy, Requirement, Reservation, Statement
from kalon.theatre.models.guards import CLINICIANS
from kalon.theatre.queries import requirements

OPERATED = ("IN_PROGRESS", "COMPLETED", "ABORTED")
LIVE = (ClearanceStatus.OPEN, ClearanceStatus.CLEARED, ClearanceStatus.NOT_CLEARED)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: what answers it, or whose move it is and what to do."""

    requirement: Requirement
    move: str
    to_do: str
    is_waivable: bool
    statement: Statement | None

    @property
    def is_met(self) -> bool:
        return self.requirement.is_met

    @property
    def is_waived(self) -> bool:
        return self.requirement.evidence_kind == "theatre.waiver"


def clearances(*, seen_by: Actor) -> "QuerySet[Clearance]":
    """The clearances of the actor's organisation, in the order of their dates."""
    seen_by.must(VIEW, do="see who is cleared for surgery")
    rows = Clearance.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("patient", "plan", "plan__patient", "plan__doctor", "branch", "cleared_by")


def anew_for(case: Case, *, seen_by: Actor) -> Clearance | None:
    """The clearance for the day of a case that follows the one it stands on, which has ended."""
    rows = clearances(seen_by=seen_by).filter(plan_id=case.plan_id, surgery_date=case.surgery_date)
    return rows.filter(status__in=LIVE).first()


def clearance(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Clearance:
    """One clearance, or a refusal that says nothing of whether it exists."""
    rows = clearances(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such clearance.")
    return found


def requirement(pk: UUID, *, seen_by: Actor) -> Requirement:
    """One line, with its clearance held for the one who answers it."""
    clearances(seen_by=seen_by)
    rows = Requirement.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    found = rows.select_related("patient").first()
    if found is None:
        raise NotFound("There is no such line.")
    found.clearance = clearance(found.clearance_id, seen_by=seen_by, lock=True)
    return found


def of_plan(plan_id: UUID, *, seen_by: Actor) -> Clearance | None:
    """The clearance of a plan that is live, the latest date first; None when nobody opened one."""
    return clearances(seen_by=seen_by).filter(plan_id=plan_id, status__in=LIVE).order_by("-surgery_date").first()


def live_of_patient(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Clearance]":
    """Those of a patient that something that changes could touch; one that was operated on has done its work."""
    rows = clearances(seen_by=seen_by).filter(patient_id__person=patient_id)
    live = rows.filter(status__in=(ClearanceStatus.OPEN, ClearanceStatus.CLEARED))
    return live.exclude(Exists(Case.objects.filter(clearance=OuterRef("pk"), status__in=OPERATED)))


def with_lines(rows: "QuerySet[Clearance]") -> "QuerySet[Clearance]":
    """Clearances with their lines and what was said, however many there are."""
    said = Statement.objects.filter(withdraws=None).select_related("patient", "staff").order_by("said_at", "id")
    lines = Requirement.objects.select_related("patient").order_by("position")
    return rows.prefetch_related(Prefetch("lines", lines.prefetch_related(Prefetch("statements", said))))


def lines_of(found: Clearance) -> list[Line]:
    """The lines of a clearance as they are shown."""
    made = []
    for one in found.lines.all():
        kind = requirements.kind(one.kind)
        said = next((said for said in one.statements.all() if said.pk == one.evidence_id), None)
        made.append(
            Line(
                one,
                move=kind.move if kind else "",
                to_do=kind.to_do if kind else "",
                is_waivable=bool(kind and kind.is_waivable),
                statement=said,
            )
        )
    return made


def sayable(*, seen_by: Actor) -> frozenset[str]:
    """The kinds of lines that the actor may answer in their own words: fitness only as a clinician."""
    if not seen_by.may(STATE):
        return frozenset()
    me = people.staff_of(seen_by)
    is_clinician = me is not None and me.kind in CLINICIANS
    said = (one for one in requirements.kinds() if one.is_said)
    return frozenset(one.code for one in said if is_clinician or not one.by_clinician)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A clearance on the board: how far, and what is missing of before the day."""

    clearance: Clearance
    lines: Sequence[Line]
    surgeon: str = ""

    @property
    def before(self) -> list[Line]:
        return [line for line in self.lines if line.requirement.moment == Moment.BEFORE]

    @property
    def missing(self) -> list[Line]:
        return [line for line in self.before if not line.is_met]

    @property
    def met(self) -> int:
        return len(self.before) - len(self.missing)

    @property
    def days(self) -> int:
        return (self.clearance.surgery_date - clock.today(self.clearance.branch.timezone)).days


def board(*, first: date, last: date, seen_by: Actor, branch_id: UUID | None = None) -> list[BoardRow]:
    """Who is to be operated between two days, by whom, and what is still missing; five statements for any number."""
    rows = clearances(seen_by=seen_by).filter(surgery_date__range=(first, last), status__in=LIVE)
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    found = list(with_lines(rows))
    who = surgeons([one.plan for one in found])
    return [BoardRow(one, lines_of(one), who[one.plan_id]) for one in found]


def surgeons(of: Sequence[Any]) -> dict[UUID, str]:
    """Who operates each of these plans: who the theatre is kept for, else who made the plan; read once."""
    kept = Reservation.objects.filter(plan_id__in=[one.pk for one in of]).exclude(status=ReservationStatus.RELEASED)
    booked = dict(kept.filter(appointment__doctor__isnull=False).values_list("plan_id", "appointment__doctor__name"))
    return {one.pk: booked.get(one.pk) or (one.doctor.name if one.doctor else "") for one in of}


def policy(*, seen_by: Actor) -> Policy:
    """What the clinic asks before it operates; what Kalon begins with until it is decided."""
    held = Policy.objects.filter(organization_id=seen_by.organization_id).first()
    return held or Policy(organization_id=seen_by.organization_id)


def expiring(*, seen_by: Actor) -> list[Any]:
    """Clearances whose last day, or whose day of surgery, has passed where they were given."""
    rows = clearances(seen_by=seen_by).filter(status=ClearanceStatus.CLEARED)
    found = []
    for one in rows.order_by("id"):
        today = clock.today(one.branch.timezone)
        if one.valid_until is not None and min(one.valid_until, one.surgery_date) < today:
            found.append(one.pk)
    return found
