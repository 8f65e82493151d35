"""How a plan's state and what it still needs are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kalon.kernel.actors import Actor
from kalon.plans.lifecycles import UNAPPROVED, ConsentNeed, PlanStatus, PlanType, SessionStatus
from kalon.plans.models import PlanLine, ProcedurePlan
from kalon.plans.queries import booking_link, plan_page, services_by_kind
from kalon.plans.queries.plan_page import Guard
from kalon.scheduling.lifecycles import BOOK, RELEASED


@dataclass(frozen=True, slots=True)
class Look:
    tone: str
    icon: str
    word: str


LOOKS = {
    PlanStatus.DRAFT: ("mute", "pencil"),
    PlanStatus.PENDING_APPROVAL: ("gold", "clock"),
    PlanStatus.APPROVED: ("info", "clipboard-check"),
    PlanStatus.CONSENT_PENDING: ("gold", "file-signature"),
    PlanStatus.CONSENT_SIGNED: ("info", "file-signature"),
    PlanStatus.SCHEDULED: ("info", "calendar-check"),
    PlanStatus.IN_PROGRESS: ("brand", "play"),
    PlanStatus.COMPLETED: ("ok", "check"),
    PlanStatus.ON_HOLD: ("gold", "pause"),
    PlanStatus.CANCELLED: ("mute", "x"),
}
AFTER_CONSENT = (PlanStatus.CONSENT_SIGNED, PlanStatus.SCHEDULED, PlanStatus.IN_PROGRESS, PlanStatus.COMPLETED)
FOLLOW_UP_LOOKS = {
    "PENDING": ("gold", "clock", "To be booked"),
    "SCHEDULED": ("info", "calendar-check", "Booked"),
    "COMPLETED": ("ok", "check", "Done"),
    "CANCELLED": ("mute", "x", "Withdrawn"),
}


SESSION_LOOKS = {
    SessionStatus.PLANNED: ("mute", "clock"),
    SessionStatus.SCHEDULED: ("info", "calendar-check"),
    SessionStatus.CONSENT_PENDING: ("gold", "file-signature"),
    SessionStatus.READY: ("brand", "circle-check"),
    SessionStatus.IN_PROGRESS: ("brand", "play"),
    SessionStatus.COMPLETED: ("ok", "check"),
    SessionStatus.CANCELLED: ("mute", "x"),
    SessionStatus.NO_SHOW: ("rose", "user-x"),
}


def session_look(status: str) -> Look:
    tone, icon = SESSION_LOOKS[SessionStatus(status)]
    return Look(tone, icon, str(SessionStatus(status).label))


def look(status: str) -> Look:
    tone, icon = LOOKS[PlanStatus(status)]
    return Look(tone, icon, str(PlanStatus(status).label))


def missing(plan: ProcedurePlan, lines: Sequence[PlanLine], visits: Sequence[Any], *, by: Actor) -> list[Guard]:
    """What still stands between the plan and its beginning; contexts above bring quote, consent and clearance."""
    approved = plan.approved_at is not None
    guards = [
        Guard("Lines written", "The doctor writes them" if not lines else f"{len(lines)} in all", bool(lines)),
        Guard(
            "Approved by a doctor",
            plan.approved_by.name if plan.approved_by else "A doctor or surgeon approves it",
            approved,
        ),
        Guard(
            "Read by the patient",
            f"{plan.acknowledged_at:%-d %b}" if plan.acknowledged_at else "On their own pages, once it is approved",
            plan.is_acknowledged,
        ),
    ]
    guards += plan_page.missing(plan, by)
    if plan.consent == ConsentNeed.REQUIRED:
        stands = plan.held_from if plan.status == PlanStatus.ON_HOLD else plan.status
        guards.append(Guard("Consent signed", "The patient signs, a clinician countersigns", stands in AFTER_CONSENT))
    if plan.plan_type != PlanType.CONSERVATIVE:
        guards.append(_visit_guard(plan, lines, visits, by))
    return guards


def _visit_guard(plan: ProcedurePlan, lines: Sequence[PlanLine], visits: Sequence[Any], by: Actor) -> Guard:
    """The visit that comes next: before a surgery PRE_OP, else the treatment itself."""
    surgical = plan.plan_type == PlanType.SURGICAL
    kind, word = ("PRE_OP", "Visit before surgery booked") if surgical else ("SESSION", "Visit booked")
    standing = [one for one in visits if one.kind == kind and one.status not in RELEASED]
    if standing:
        return Guard(word, f"{standing[-1].local_start:%a %-d %b, %H:%M}", done=True)
    waits = plan.status in (*UNAPPROVED, PlanStatus.ON_HOLD, PlanStatus.CANCELLED, PlanStatus.COMPLETED)
    if waits or plan.is_series or not by.may(BOOK) or not may_be_booked(plan):
        return Guard(word, "The front desk books it", done=False)
    of_line = lines[0].service_id if lines and not surgical else None
    url = booking_link(
        patient_id=plan.patient_id,
        branch=plan.branch,
        doctor_id=plan.doctor_id,
        kind=kind,
        service_id=of_line or services_by_kind(seen_by=by).get(kind),
        due_date=plan.created_at.date(),
        follows_id=plan.consultation.appointment_id,
        occasion_id=plan.pk,
    )
    return Guard(word, "The front desk books it", done=False, url=url, label="Book it" if surgical else "Book")


def may_be_booked(plan: ProcedurePlan) -> bool:
    """Whether its consent, where one is asked for, is signed."""
    if plan.plan_type == PlanType.SURGICAL or plan.status in AFTER_CONSENT:
        return True
    return plan.status == PlanStatus.APPROVED and plan.consent == ConsentNeed.NOT_REQUIRED
