"""A surgery with everything that comes before it, made by the product's verbs: planned, agreed, cleared, reserved."""

from datetime import timedelta
from typing import Any

from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.consents.tests.planned import sign_all
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.plans import actions as plans
from kalon.quotes import actions as quotes
from kalon.theatre import actions, queries
from tests.journeys.story import Story, on_tuesday

BOTH_SIDES = plans.LineDetails(
    procedure="Breast augmentation", side="BOTH", technique="Dual plane", implant_choice="Round, 295 cc"
)
REASON = "Done before this story begins."


def planned(story: Story, consultation: Any, line: Any = BOTH_SIDES) -> Any:
    """A surgery that the surgeon approved and for which nothing is paid before."""
    surgeon = story.place.by["surgeon"]
    wished = plans.PlanDetails(plan_type="SURGICAL", lines=(line,))
    plan = plans.plan_procedure(consultation.pk, wished, by=surgeon)
    plan = plans.approve(plans.submit(plan.pk, by=surgeon).pk, by=surgeon)
    quotes.waive_money(plan.pk, "A colleague", by=surgeon)
    return plan


def agreed(story: Story, plan: Any) -> Any:
    """The consent to it, signed by the patient and by the surgeon."""
    owner = story.place.by["owner"]
    with acting_as(owner):
        form = consent_queries.usable(seen_by=owner).filter(kind="PROCEDURE").first()
    if form is None:
        drafts = consents.bring_built_in(by=owner)
        form = consents.publish(next(one.pk for one in drafts if one.kind == "PROCEDURE"), by=owner)
    wish = consents.Wish(form.pk, story.place.branch.pk, plan_id=plan.pk)
    made = consents.prepare(plan.patient_id, wish, by=story.nurse)
    asked = consents.present(made.pk, by=story.nurse)
    return sign_all(asked, nurse=story.nurse, doctor=story.place.by["surgeon"])


def cleared(story: Story, plan: Any, day: Any) -> Any:
    """The patient cleared for that day: what no row answers here is let go or said by the surgeon."""
    surgeon, manager = story.place.by["surgeon"], story.place.by["theatre"]
    clearance = actions.open_clearance(plan.pk, day, by=manager)
    with acting_as(surgeon):
        name = people.staff_of(surgeon).name  # type: ignore[union-attr]
        said = queries.sayable(seen_by=surgeon)
        open_lines = [
            one for one in queries.lines_of(queries.clearance(clearance.pk, seen_by=surgeon))
            if one.requirement.moment == "BEFORE" and not one.is_met
        ]  # fmt: skip
    for one in open_lines:
        if one.requirement.kind in said:
            actions.state(one.requirement.pk, REASON, by=surgeon)
        else:
            actions.waive(one.requirement.pk, REASON, name, by=surgeon)
    return actions.clear(clearance.pk, by=manager)


def scheduled(story: Story, consultation: Any, *, at: str = "15:00", line: Any = BOTH_SIDES, days: int = 0) -> Any:
    """A case of this Tuesday (or some days later) in the clinic's theatre."""
    return arranged(story, planned(story, consultation, line), on_tuesday(at) + timedelta(days=days))


def arranged(story: Story, plan: Any, start: Any) -> Any:
    """The case of a planned surgery: agreed, cleared, its theatre kept."""
    manager = story.place.by["theatre"]
    agreed(story, plan)
    cleared(story, plan, start.date())
    with acting_as(manager):
        room = people.rooms(seen_by=manager, branch_id=story.place.branch.pk, kind="THEATRE")[0]
        surgeon = people.staff_of(story.place.by["surgeon"])
    assert surgeon is not None
    wish = actions.TheatreWish(start=start, minutes=60, room_id=room.pk, surgeon_id=surgeon.pk)
    return actions.schedule(actions.reserve(plan.pk, wish, by=manager).pk, by=manager)


def started(story: Story, case: Any) -> Any:
    """In theatre, with what is asked on the day answered (at its own time)."""
    nurse = story.nurse
    with acting_as(nurse):
        lines = queries.lines_of(queries.clearance(case.clearance_id, seen_by=nurse))
        sides = {one.pk: one.side for one in queries.case(case.pk, seen_by=nurse).lines.all()}
    for one in lines:
        if one.requirement.moment == "DAY_OF" and not one.is_met:
            actions.state(one.requirement.pk, "Seen this morning.", by=nurse)
    return actions.start(case.pk, told_mrn=case.patient.mrn, told_sides=sides, by=nurse)


def rows(story: Story, consultation: Any) -> dict[str, dict[str, Any]]:
    """A case in theatre, with the first part of its checklist begun."""
    with clock.at(on_tuesday("09:57")):
        case = started(story, scheduled(story, consultation))
        actions.write_time(case.pk, "in", by=story.nurse)
        with acting_as(story.nurse):
            stage = queries.stages_of(case)[0]
        for code in ("IDENTITY", "SITE"):
            actions.answer(stage.pk, code, "YES", by=story.nurse)
        actions.count(case.pk, "SWABS", before=10, after=9, by=story.nurse)
    return {"theatre": {"pk": case.pk}}
