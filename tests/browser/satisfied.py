"""A treatment whose aftercare is over and of which its patient was not satisfied."""

from datetime import timedelta
from typing import Any

from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.plans import actions as plans
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from tests.journeys.story import Story, on_tuesday


def rows(story: Story, patient: Any, consultation: Any) -> dict[str, dict[str, Any]]:
    """One answer that waits for a call, and a plan of which nothing was said yet."""
    said, silent = (_cared_for(story, patient, consultation, at) for at in ("14:00", "14:30"))
    details = plans.SatisfactionDetails(score=2, would_return=False, better="I waited long each time.", may_call=True)
    me = story.patient_actor(patient.pk, "Meera")
    return {
        "plans:satisfaction": {"pk": plans.say_satisfaction(said.pk, details, by=me).pk},
        "plans:my_satisfaction": {"pk": silent.pk},
    }


def _cared_for(story: Story, patient: Any, consultation: Any, at: str) -> Any:
    """A completed plan whose review was seen and signed."""
    line = plans.LineDetails(service_id=story.place.services["CONSULT"].pk)
    wished = plans.PlanDetails(plan_type="CONSERVATIVE", title="Melasma, cared for at home", lines=(line,))
    plan = plans.plan_procedure(consultation.pk, wished, by=story.doctor)
    plans.approve(plans.submit(plan.pk, by=story.doctor).pk, by=story.doctor)
    plans.begin(plan.pk, by=story.doctor)
    plan = plans.finish(plan.pk, by=story.doctor)
    wish = plans.FollowUpWish(interval_days=1, plan_id=plan.pk)
    [review] = plans.plan_follow_ups(consultation.pk, [wish], by=story.doctor)
    start = on_tuesday(at)
    booked = scheduling.book(
        BookingRequest(
            patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
            service_id=story.place.services["FOLLOW-UP"].pk, start=start, occasion_id=review.pk, kind="REVIEW",
        ),
        by=story.desk,
    )  # fmt: skip
    with clock.at(start - timedelta(minutes=5)):
        scheduling.check_in(booked.pk, by=story.desk)
        encounter = story.encounter(booked)
        assert encounter is not None
        consultations.begin(encounter.pk, by=story.doctor)
        note = {"examination": "Even tone.", "assessment": "Melasma, cleared.", "advice": "Go on with sunscreen."}
        consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=note, by=story.doctor)
        consultations.close(encounter.pk, by=story.doctor)
    return plan
