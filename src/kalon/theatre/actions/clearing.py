"""Clearance: opened from a plan, answered line by line with rows, given by somebody, ended when it no longer holds."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.plans import actions as plan_actions
from kalon.plans import queries as plans
from kalon.plans.lifecycles import PlanStatus
from kalon.theatre import queries, rules
from kalon.theatre.actions.naming import acting_staff, clinician
from kalon.theatre.events import ClearanceEnded, PatientCleared
from kalon.theatre.lifecycles import ARRANGE, CLEARANCE, STATE, WAIVE, ClearanceStatus, Moment
from kalon.theatre.models import Case, Clearance, Requirement, Statement, Waiver
from kalon.theatre.queries import requirements

CLOSED = IllegalMove("This clearance is closed. Open the one that stands for this plan.")
NO_EVIDENCE = NotReady("This is no evidence for this line any more. Look at the line again.")


@verb
def open_clearance(plan_id: UUID, surgery_date: date, *, by: Actor) -> Clearance:
    """Open the clearance of an approved surgery for a date, with a line for everything that is asked."""
    by.must(ARRANGE, do="open a clearance")
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    if plan.plan_type != "SURGICAL":
        raise Invalid("Only a surgery is cleared. This plan is no surgery.", field="plan_id")
    if not _is_in_arrears(plan_id, surgery_date):
        _day(surgery_date, plan.branch)
    made = Clearance(
        organization_id=plan.organization_id, patient=plan.patient, plan=plan, branch=plan.branch,
        surgery_date=surgery_date,
    )  # fmt: skip
    plan_actions.attach_lists(plan_id, by=system("clearance", by.organization_id))
    taken = Clash("There is a clearance for this plan and date. Open it instead.")
    unapproved = NotReady("The plan is approved first. Then open its clearance.")
    with refusing({"theatre_clearance_one_live": taken, "theatre_clearance_of_a_surgery": unapproved}):
        CLEARANCE.born(made, name="open")
    _generate(made, plan, by)
    _find(made)
    return made


@verb
def look_again(clearance_id: UUID, *, by: Actor) -> Clearance:
    """Look at every line again: what answers it no longer is taken away, what answers it by now is written down.

    A case that is under way stands on what was cleared when it began.
    """
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    broken = _broken(found)
    if found.status == ClearanceStatus.CLEARED and found.plan.status == PlanStatus.IN_PROGRESS:
        return found
    if found.status == ClearanceStatus.CLEARED:
        if any(line.moment == Moment.BEFORE for line in broken):
            return _over(found, f"{broken[0].title}: what answered it holds no longer.", found.surgery_date, by)
        _reopen(broken)
        _find(found)  # of the day
    elif found.status == ClearanceStatus.OPEN:
        _reopen(broken)
        _find(found)
    return found


@verb
def state(requirement_id: UUID, words: str, *, by: Actor) -> Statement:
    """Answer a line with what one saw or decided oneself, under one's own name."""
    by.must(STATE, do="write what answers a clearance")
    line = queries.requirement(requirement_id, seen_by=by)
    kind = requirements.kind(line.kind)
    if kind is None or not kind.is_said:
        raise Invalid("This line is answered by its own record, not by a sentence.", field="words")
    staff = clinician(by, f"answer “{kind.title}”") if kind.by_clinician else acting_staff(by, "write this")
    said = rules.needed(words, field="words", otherwise="Write what you saw or decided.")
    made = Statement(
        organization_id=line.organization_id, patient=line.patient, requirement=line, words=said,
        said_at=clock.now(), staff=staff,
    )  # fmt: skip
    made.save(force_insert=True)
    _answered(line, ("theatre.statement", made.pk), by.name)
    return made


@verb
def withdraw_statement(requirement_id: UUID, reason: str, *, by: Actor) -> Clearance:
    """Take back what answers a line: it was wrong, or holds no longer. A clearance given on it ends."""
    by.must(STATE, do="withdraw what was written")
    line = queries.requirement(requirement_id, seen_by=by)
    if line.evidence_kind != "theatre.statement":
        raise IllegalMove("Nothing that somebody wrote answers this line.")
    why = rules.needed(reason, field="reason", otherwise="Write why it is withdrawn.")
    said = Statement.objects.get(pk=line.evidence_id or line.pk)
    Statement(
        organization_id=line.organization_id, patient=line.patient, requirement_id=said.requirement_id, words=why,
        said_at=clock.now(), staff=acting_staff(by, "withdraw this"), withdraws=said,
    ).save(force_insert=True)  # fmt: skip
    return look_again(line.clearance_id, by=by)


@verb
def waive(requirement_id: UUID, reason: str, signed_name: str, *, by: Actor) -> Waiver:
    """A doctor, surgeon or anaesthetist lets a line go: with a reason, and their own name signed under it."""
    by.must(WAIVE, do="let a line of a clearance go")
    line = queries.requirement(requirement_id, seen_by=by)
    kind = requirements.kind(line.kind)
    if kind is None or not kind.is_waivable:
        raise Invalid("This line cannot be let go: it is for the patient, or for the clinic's money, to answer.")
    staff = clinician(by, "let a line go")
    if " ".join(signed_name.split()).casefold() != staff.name.casefold():
        raise Invalid(f"Sign with your own name as the clinic knows it: {staff.name}.", field="signed_name")
    why = rules.needed(reason, field="reason", otherwise="Write why this line may be let go.")
    made = Waiver(
        organization_id=line.organization_id, patient=line.patient, requirement=line, reason=why,
        signed_name=staff.name, signed_at=clock.now(), staff=staff,
    )  # fmt: skip
    with refusing({"theatre_waiver_requirement_id_key": Clash("This line was let go already.")}):
        made.save(force_insert=True)
    _answered(line, ("theatre.waiver", made.pk), by.name)
    audit.note(by, audit.Kind.CHANGE, made, reason=why, purpose="a line of a clearance is let go")
    return made


@verb
def clear(clearance_id: UUID, *, by: Actor) -> Clearance:
    """Clear the patient for the date: every line of before the day is answered by a row that holds."""
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    staff = acting_staff(by, "clear a patient")
    if found.status == ClearanceStatus.OPEN:
        _reopen(_broken(found))
        _find(found)
    valid = clock.today(found.branch.timezone) + timedelta(days=queries.policy(seen_by=by).valid_days)
    with refusing({"theatre_clearance_lines": NO_EVIDENCE}):
        CLEARANCE.move(found, "clear", by=by, cleared_by=staff, cleared_at=clock.now(), valid_until=valid)
    announce(PatientCleared(found.pk, found.plan_id, found.patient_id, found.organization_id, by))
    return found


@verb
def refuse(clearance_id: UUID, *, reason: str, by: Actor) -> Clearance:
    """The patient is not cleared, and why."""
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    CLEARANCE.move(found, "refuse", by=by, reason=reason)
    return found


@verb
def reopen(clearance_id: UUID, *, by: Actor) -> Clearance:
    """Work on a refused clearance again; what answers its lines is looked for anew."""
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    CLEARANCE.move(found, "reopen", by=by)
    return look_again(found.pk, by=by)


@verb
def change_date(clearance_id: UUID, surgery_date: date, *, by: Actor) -> Clearance:
    """The surgery moves to another day: an open clearance goes along; a given one ends, and a new one is open."""
    by.must(ARRANGE, do="move a surgery")
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    _day(surgery_date, found.branch)
    if surgery_date == found.surgery_date:
        return found
    if found.status == ClearanceStatus.CLEARED:
        return _over(found, "The surgery moved to another day.", surgery_date, by)
    if found.status != ClearanceStatus.OPEN:
        raise IllegalMove("Open this clearance again before its day is moved.", status_is=found.status)
    found.surgery_date = surgery_date
    with refusing({"theatre_clearance_one_live": Clash("There is a clearance for this plan on that day already.")}):
        found.save(update_fields=["surgery_date"])
    audit.note(by, audit.Kind.CHANGE, found, facts={"surgery_date": surgery_date.isoformat()})
    return look_again(found.pk, by=by)


@verb
def expire(clearance_id: UUID, *, reason: str, by: Actor) -> Clearance:
    """A given clearance ends: its time is over."""
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    _end(found, reason, by)
    return found


@verb
def close_of_plan(plan_id: UUID, *, reason: str, by: Actor) -> int:
    """The plan will not be carried out: what was open is refused, what was given ends."""
    rows = queries.clearances(seen_by=by).filter(plan_id=plan_id).select_for_update(of=("self",)).order_by("id")
    touched = 0
    for found in rows:
        if found.status == ClearanceStatus.OPEN:
            CLEARANCE.move(found, "refuse", by=by, reason=reason)
        elif found.status == ClearanceStatus.CLEARED:
            _end(found, reason, by)
        else:
            continue
        touched += 1
    return touched


@verb
def end_with_case(plan_id: UUID, *, by: Actor) -> None:
    """A case was aborted: what was cleared for its plan is over, and what was said before it answers nothing more."""
    rows = queries.clearances(seen_by=by).filter(plan_id=plan_id).select_for_update(of=("self",)).order_by("id")
    for found in rows:
        if found.status == ClearanceStatus.CLEARED:
            _end(found, "The case was aborted. The patient is cleared anew.", by)
        elif found.status == ClearanceStatus.OPEN:
            _reopen(_broken(found))


def _day(surgery_date: date, branch: Any) -> None:
    today = clock.today(branch.timezone)
    if surgery_date < today:
        raise Invalid("This day lies in the past. Choose a later one.", field="surgery_date")
    if surgery_date > today + timedelta(days=730):
        raise Invalid("This day is too far away; two years ahead is the most.", field="surgery_date")


def _is_in_arrears(plan_id: UUID, day: date) -> bool:
    """Whether a return to theatre of that day waits for its clearance."""
    rows = Case.objects.filter(plan_id=plan_id, urgency="EMERGENCY", surgery_date=day, arrears_at=None)
    return bool(rows.exists())


def _generate(made: Clearance, plan: Any, by: Actor) -> None:
    codes = tuple(queries.policy(seen_by=by).lab_codes)
    asked = requirements.Asked(plan, plan.patient, made.surgery_date, codes)
    for kind in requirements.kinds():
        subject = kind.asks(asked)
        if subject is None:
            continue
        Requirement(
            organization_id=made.organization_id, patient=plan.patient, clearance=made, kind=kind.code,
            moment=kind.moment, position=kind.position, subject=subject, title=kind.title,
        ).save(force_insert=True)  # fmt: skip


def _find(found: Clearance) -> None:
    """Write down what answers the open lines by now."""
    for line in found.lines.select_related("patient").filter(evidence_id=None):
        kind = requirements.kind(line.kind)
        if kind is not None and (evidence := kind.find(line, found)) is not None:
            line.clearance = found
            _answered(line, evidence, "found by the clinic's records")


def _answered(line: Requirement, evidence: requirements.Found, met_by: str) -> None:
    line.evidence_kind, line.evidence_id = evidence
    line.met_at, line.met_by = clock.now(), met_by
    refusals: dict[str, DomainError] = {
        "theatre_requirement_closed": CLOSED, "theatre_requirement_evidence": NO_EVIDENCE,
    }  # fmt: skip
    with refusing(refusals):
        line.save(update_fields=["evidence_kind", "evidence_id", "met_at", "met_by"])


def _broken(found: Clearance) -> list[Requirement]:
    """The lines whose evidence does not say any more what they ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM theatre_requirement line WHERE clearance_id = %s AND evidence_id IS NOT NULL "
            "AND NOT theatre_holds(line)",
            [found.pk],
        )
        broken = [row[0] for row in cursor.fetchall()]
    return list(found.lines.select_related("patient").filter(pk__in=broken))


def _reopen(broken: Sequence[Requirement]) -> None:
    for line in broken:
        line.evidence_kind, line.evidence_id, line.met_at, line.met_by = "", None, None, ""
        line.reopened_at, line.reopened_because = clock.now(), "What answered it has changed."
        line.save(update_fields=["evidence_kind", "evidence_id", "met_at", "met_by", "reopened_at", "reopened_because"])


def _end(found: Clearance, reason: str, by: Actor) -> None:
    CLEARANCE.move(found, "expire", by=by, reason=reason)
    announce(ClearanceEnded(found.pk, found.plan_id, found.patient_id, found.organization_id, by))


def _over(found: Clearance, reason: str, surgery_date: date, by: Actor) -> Clearance:
    """End a given clearance and open its successor, into which everything goes along that still answers."""
    _end(found, reason, by)
    acting = by if by.may(ARRANGE) else system(f"clearance, for {by.name}", by.organization_id)
    successor = open_clearance(found.plan_id, surgery_date, by=acting)
    _carry_over(found, successor)
    return successor


@verb
def over_for_a_return(clearance_id: UUID, *, by: Actor) -> None:
    """The clearance of an operation ends where its patient returned to theatre: the return has its own."""
    found = queries.clearance(clearance_id, seen_by=by, lock=True)
    if found.status == ClearanceStatus.CLEARED:
        _end(found, "The patient returned to theatre; the return has a clearance of its own.", by)


def _carry_over(old: Clearance, new: Clearance) -> None:
    """What was said or let go before the day answers the new lines as well, while it is young enough.

    Of what was said for the day itself nothing goes along.
    """
    oldest = new.surgery_date - timedelta(days=_policy_of(new).lab_days)
    answered = {
        line.kind: line
        for line in old.lines.filter(moment=Moment.BEFORE, met_at__date__gte=oldest)
        if line.evidence_kind.startswith("theatre.")
    }
    for line in new.lines.select_related("patient").filter(kind__in=answered, evidence_id=None):
        kept = answered[line.kind]
        with suppress(NotReady):  # it was withdrawn: that is why the old clearance ended
            _answered(line, (kept.evidence_kind, kept.evidence_id), kept.met_by)  # type: ignore[arg-type]


def _policy_of(found: Clearance) -> Any:
    return queries.policy(seen_by=system("clearance", found.organization_id))
