"""The follow-up journey (requirements/1 §3.4): an outcome plans it, the desk is prompted, it is booked, seen and done.

Told through the verbs, across every context, with what must not happen beside what must.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kalon.billing import actions as billing
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.plans import actions as plans
from kalon.plans import queries
from kalon.plans.tasks import send_chasers
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from tests.journeys.story import KOCHI, Story, on_tuesday

DUE = date(2026, 12, 24)
NOTE = {"examination": "Papules on both cheeks.", "assessment": "Acne, moderate.", "advice": "The gel at night."}


def at(day: date, clock_time: str) -> datetime:
    """A time on the clinic's wall clock."""
    return datetime.fromisoformat(f"{day} {clock_time}").replace(tzinfo=KOCHI)


def test_from_an_outcome_to_a_follow_up_that_is_done(story: Story) -> None:
    rahul, zoya = story.registered(), story.registered("Zoya", "Mirza", "+919847011223")
    visit = _booked(story, rahul, on_tuesday("10:00"))
    encounter = _with_the_doctor(story, visit)

    # The outcome names a day: the follow-up is planned in the same moment, and only by who may decide.
    with clock.at(on_tuesday("10:20")):
        with story.refused(Invalid, "Say when the patient should come back."):
            consultations.record_outcome(encounter.pk, outcome="FOLLOW_UP", note=NOTE, by=story.doctor)
        with story.refused(NotPermitted, "may not record the outcome"):
            consultations.record_outcome(encounter.pk, outcome="FOLLOW_UP", note=NOTE, follow_up_on=DUE, by=story.nurse)
        consultations.record_outcome(encounter.pk, outcome="FOLLOW_UP", note=NOTE, follow_up_on=DUE, by=story.doctor)
        follow_up = _only(story, rahul)
        assert (follow_up.status, follow_up.kind, follow_up.due_date) == ("PENDING", "REVIEW", DUE)
        assert (follow_up.interval_days, follow_up.doctor_id) == (30, story.dr_menon.pk)
        consultations.close(encounter.pk, by=story.doctor)

    # A month ahead nobody at the desk is asked; when it comes near, they are, with everything filled in.
    with clock.at(on_tuesday("12:00")):
        assert _prompts(story) == []
    with clock.at(at(DUE - timedelta(days=2), "09:00")):
        assert _prompts(story) == [("Follow-up", "due in 2 days")]
        link = _link(story)
        for known in (f"patient={rahul.patient_id}", "kind=FOLLOW_UP", f"for={follow_up.pk}", f"date={DUE}"):
            assert known in link
        assert f"service={story.place.services['FOLLOW-UP'].pk}" in link

    # Nobody books it. Three days late the patient is reminded, once, and once more after a fortnight.
    for days, messages in ((2, 0), (3, 1), (4, 1), (13, 1), (14, 2), (20, 2)):
        with clock.at(at(DUE + timedelta(days=days), "11:00")):
            send_chasers.work(organization_id=story.place.organization_id)
            story.carry_out()
            assert story.told()["follow-up-overdue"] == messages
    assert story.handed_over()["follow-up-overdue"] == 2
    with clock.at(at(DUE + timedelta(days=5), "11:00")):
        assert _prompts(story) == [("Follow-up", "overdue 5 days")]

    # It is booked by a visit that names it: once, and for no one else.
    late = DUE + timedelta(days=21)
    with clock.at(at(late - timedelta(days=1), "11:00")):
        with story.refused(NotPermitted, "You can book for yourself"):
            scheduling.book(_wish(story, rahul, at(late, "10:00"), follow_up.pk, kind="FOLLOW_UP"), by=zoya)
        second = scheduling.book(_wish(story, rahul, at(late, "10:00"), follow_up.pk, kind="FOLLOW_UP"), by=story.desk)
        assert (story.state(follow_up), story.now(follow_up).appointment_id) == ("SCHEDULED", second.pk)
        assert _prompts(story) == []
        with story.refused(Clash, "This follow-up is booked already"):
            scheduling.book(_wish(story, rahul, at(late, "11:00"), follow_up.pk, kind="FOLLOW_UP"), by=story.desk)
        with story.refused(IllegalMove, "Cancel its visit first"):
            plans.withdraw(follow_up.pk, reason="No longer needed", by=story.desk)

        # It comes back when the visit is cancelled, and goes along when the visit moves.
        scheduling.cancel(second.pk, "The patient is away", by=story.desk)
        assert (story.state(follow_up), len(_prompts(story))) == ("PENDING", 1)
        third = scheduling.book(_wish(story, rahul, at(late, "12:00"), follow_up.pk, kind="FOLLOW_UP"), by=story.desk)
        fourth = scheduling.reschedule(third.pk, at(late + timedelta(days=1), "12:00"), "Work", by=story.desk)
        assert story.now(follow_up).appointment_id == fourth.pk
        _pays(story, fourth)

    # Its consultation is a follow-up; until it is signed nothing is done.
    with clock.at(at(late + timedelta(days=1), "11:55")):
        again = _with_the_doctor(story, fourth)
        assert again.kind == "FOLLOW_UP"
        consultations.record_outcome(again.pk, outcome="NO_ACTION", note=NOTE, by=story.doctor)
        assert story.state(follow_up) == "SCHEDULED"
        consultations.close(again.pk, by=story.doctor)
    assert (story.state(fourth), story.state(follow_up)) == ("COMPLETED", "COMPLETED")
    with story.refused(IllegalMove, "is done"):
        plans.withdraw(follow_up.pk, reason="No longer needed", by=story.desk)

    # The patient sees their own, nobody else's; and the log knows who moved it.
    with acting_as(rahul):
        assert [one.pk for one in queries.follow_ups_of(rahul.own_patient_id, seen_by=rahul)] == [follow_up.pk]
    with acting_as(zoya), pytest.raises(NotFound, match="There is no such follow-up"):
        queries.follow_up(follow_up.pk, seen_by=zoya)
    assert story.moves(follow_up) == [
        ("", "PENDING", "Dr Kavya Menon"),
        ("PENDING", "SCHEDULED", "Sini Paul"),
        ("SCHEDULED", "PENDING", "Sini Paul"),
        ("PENDING", "SCHEDULED", "Sini Paul"),
        ("SCHEDULED", "COMPLETED", "Dr Kavya Menon"),
    ]


def _wish(
    story: Story, patient: Actor, start: datetime, occasion: Any = None, kind: str | None = None
) -> BookingRequest:
    service = story.place.services["FOLLOW-UP"] if occasion else story.consultation_service
    return BookingRequest(
        patient_id=patient.own_patient_id,
        branch_id=story.place.branch.pk,
        doctor_id=story.dr_menon.pk,
        service_id=service.pk,
        start=start,
        kind=kind,
        occasion_id=occasion,
    )


def _booked(story: Story, patient: Actor, start: datetime) -> Any:
    visit = scheduling.book(_wish(story, patient, start), by=story.desk)
    _pays(story, visit)
    return visit


def _pays(story: Story, visit: Any) -> None:
    if story.state(visit) == "PENDING_PAYMENT":
        bill = story.bill(visit)
        billing.take_payment(bill.pk, "UPI", bill.owed, by=story.desk)


def _with_the_doctor(story: Story, visit: Any) -> Any:
    visit = story.now(visit)
    with clock.at(visit.starts_at - timedelta(minutes=5)):
        scheduling.check_in(visit.pk, by=story.desk)
    encounter = story.encounter(visit)
    assert encounter is not None
    with clock.at(visit.starts_at):
        patients.record_allergies(encounter.patient_id, "NONE_KNOWN", by=story.nurse)
        consultations.begin(encounter.pk, by=story.doctor)
    return encounter


def _only(story: Story, patient: Actor) -> Any:
    with acting_as(story.desk):
        return queries.follow_ups_of(patient.own_patient_id, seen_by=story.desk).get()


def _todos(story: Story) -> list[Any]:
    with acting_as(story.desk):
        return queries.todos(list(queries.work(seen_by=story.desk)), seen_by=story.desk)


def _prompts(story: Story) -> list[tuple[str, str]]:
    """What the desk is asked to book, in its words."""
    return [(one.title, one.when) for one in _todos(story)]


def _link(story: Story) -> str:
    return str(_todos(story)[0].url)
