"""After aftercare: the patient is asked once, says how satisfied they are, and a low score is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.lifecycles import ACKNOWLEDGE, ARRANGE
from kalon.plans.models import FollowUpPlan, Praise, ProcedurePlan, Satisfaction, Score

CODE = "aftercare-satisfaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class SatisfactionDetails:
    """What a patient says: 1 to 5, what went well, what could be better, whether they would come again."""

    score: int
    would_return: bool
    praise: Sequence[str] = ()
    good: str = ""
    better: str = ""
    may_call: bool = False


def asked(follow_up: FollowUpPlan, by: Actor) -> None:
    """With the last follow-up of a completed plan its patient is asked, once and never again for this plan."""
    plan = follow_up.plan
    if plan is None or follow_up.kind not in queries.AFTERCARE or not queries.aftercare_is_over(plan):
        return
    messaging.send(
        CODE,
        to_patient=plan.patient,
        data={
            "doctor": plan.doctor.name if plan.doctor else "",
            "branch": plan.branch.name,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('plans:my_satisfaction', args=[plan.pk])}",
        },
        once=f"{CODE} {plan.pk}",
        branch=plan.branch,
        about_id=plan.pk,
        by=by,
    )


@verb
def say_satisfaction(plan_id: UUID, details: SatisfactionDetails, *, by: Actor) -> Satisfaction:
    """The patient says how satisfied they are with a plan whose aftercare was seen; said once, it stands."""
    by.must(ACKNOWLEDGE, do="say how satisfied a patient is; that is the patient's to do")
    plan = queries.plan(plan_id, seen_by=by)
    _checked(details)
    if queries.said_of(plan, seen_by=by) is not None:
        raise _said()
    row = _row(plan, details, by)
    not_yet = NotReady("We ask you once your treatment and the visits after it are done.", obstacles=["aftercare"])
    with refusing({"plans_satisfaction_once": _said, "plans_satisfaction_after_care": not_yet}):
        row.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, row, facts={"said": "satisfaction"})
    return row


@verb
def settle_satisfaction(pk: UUID, *, note: str, by: Actor) -> Satisfaction:
    """Write down what was done about a low score: said once, by a member of staff."""
    by.must(ARRANGE, do="answer patients who were not satisfied")
    row = queries.satisfaction(pk, seen_by=by, lock=True)
    who = people.staff_of(by)
    if who is None:
        raise NotPermitted("Who called writes it down under their own name. Sign in as one of the staff.")
    if not row.is_open:
        raise IllegalMove("Nothing waits here: it was answered already, or the patient was satisfied.")
    if not note.strip():
        raise Invalid("Say what was done: whom you reached, and what you agreed.", field="note")
    if len(note) > rules.LONGEST_TEXT:
        raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field="note")
    row.settled_at, row.settled_by, row.settled_note = clock.now(), who, note.strip()
    row.save(update_fields=["settled_at", "settled_by", "settled_note"])
    audit.note(by, audit.Kind.CHANGE, row, facts={"settled": True})
    return row


def _said() -> Clash:
    return Clash("You have told us already, and we read it. Thank you.")


def _checked(details: SatisfactionDetails) -> None:
    if details.score not in Score.values:
        raise Invalid("Choose one of the five faces.", field="score")
    if set(details.praise) - set(Praise.values):
        raise Invalid("Choose what went well from the list.", field="praise")
    for field in ("good", "better"):
        if len(getattr(details, field)) > rules.LONGEST_TEXT:
            raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field=field)


def _row(plan: ProcedurePlan, details: SatisfactionDetails, by: Actor) -> Satisfaction:
    return Satisfaction(
        organization_id=plan.organization_id,
        patient=plan.patient,
        plan=plan,
        said_by_id=by.own_user_id,
        score=details.score,
        praise=sorted(set(details.praise)),
        good=details.good.strip(),
        better=details.better.strip(),
        would_return=details.would_return,
        may_call=details.may_call,
    )
