"""The encounter from its birth to its signature."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from kalon.consultations import actions, events, queries
from kalon.consultations.lifecycles import CONSULTATION, Outcome, Status
from kalon.consultations.models import Consultation
from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.events import on
from kalon.kernel.models import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT

NOTE = {"examination": "Fine lines at rest.", "assessment": "Photo-ageing, mild.", "advice": "Sunscreen every day."}


def started(visit) -> Consultation:
    return actions.begin(visit.arrived().pk, by=visit.doctor)


def decided(visit, outcome="NO_ACTION", **more) -> Consultation:
    return actions.record_outcome(
        started(visit).pk, outcome=outcome, note={**NOTE, **more.pop("note", {})}, by=visit.doctor, **more
    )


def test_an_encounter_is_born_with_the_confirmed_visit(visit):
    born = visit.encounter
    assert (born.status, born.kind, born.complaint) == ("SCHEDULED", "INITIAL", "Lines around the eyes")
    assert born.doctor_id == visit.appointment.doctor_id


def test_it_follows_its_visit_to_the_desk_and_back(visit):
    assert visit.arrived().status == Status.CHECKED_IN
    scheduling.undo_check_in(visit.appointment.pk, "Wrong patient", by=visit.desk)
    assert visit.encounter.status == Status.SCHEDULED


def test_consult_only_ends_with_no_procedure_and_a_completed_visit(visit):
    heard = []
    on(events.ConsultationClosed, heard.append)
    done = actions.close(decided(visit).pk, by=visit.doctor)
    with acting_as(visit.desk):
        visit.appointment.refresh_from_db()
    assert (done.status, done.outcome, visit.appointment.status) == ("CLOSED", "NO_ACTION", "COMPLETED")
    assert done.signed_by.name == "Dr Kavya Menon"
    assert heard[-1].consultation_id == done.pk


def test_triage_may_be_skipped_or_taken(visit):
    arrived = visit.arrived()
    actions.start_triage(arrived.pk, by=visit.nurse)
    vitals = actions.record_vitals(arrived.pk, measured={"systolic": 120, "diastolic": 80, "pulse": 70}, by=visit.nurse)
    assert (vitals.systolic, vitals.taken_by.name) == (120, "Asha Jacob")
    assert actions.begin(arrived.pk, by=visit.doctor).status == Status.IN_CONSULTATION


@pytest.mark.parametrize(
    ("measured", "field"),
    [
        ({}, None),
        ({"systolic": 120}, "systolic"),
        ({"systolic": 80, "diastolic": 120}, "systolic"),
        ({"pulse": 900}, "pulse"),
        ({"oxygen": 12}, "oxygen"),
    ],
)
def test_vitals_that_cannot_be_right_are_refused_with_a_sentence(visit, measured, field):
    arrived = visit.arrived()
    with pytest.raises(Invalid) as refused:
        actions.record_vitals(arrived.pk, measured=measured, by=visit.nurse)
    assert refused.value.field == field or field in refused.value.facts["errors"]
    with acting_as(visit.nurse):
        assert queries.vitals_of(arrived).count() == 0


@pytest.mark.parametrize("outcome", Outcome.values)
def test_every_outcome_can_be_recorded(visit, outcome):
    more = {
        "FOLLOW_UP": {"follow_up_on": clock.now().date() + timedelta(days=30)},
        "REFERRED": {"note": {"referred_to": "Dr Joseph"}},
    }
    assert decided(visit, outcome, **more.get(outcome, {})).outcome == outcome


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "MIRACLE"}, "outcome"),
        ({"outcome": "FOLLOW_UP"}, "follow_up_on"),
        ({"outcome": "REFERRED"}, "referred_to"),
    ],
)
def test_an_outcome_needs_what_belongs_to_it(visit, wish, field):
    encounter = started(visit)
    with pytest.raises(Invalid) as refused:
        actions.record_outcome(encounter.pk, note=NOTE, by=visit.doctor, **wish)
    assert refused.value.field == field
    assert visit.encounter.status == Status.IN_CONSULTATION


def test_no_outcome_before_allergies_were_asked_and_a_diagnosis_written(visit):
    other = visit.clinic.booked("11:00", patient_id=visit.clinic.other_patient.pk)
    scheduling.check_in(other.pk, by=visit.desk)
    with acting_as(visit.desk):
        encounter = queries.of_appointment(other.pk, seen_by=visit.desk)
    actions.begin(encounter.pk, by=visit.doctor)
    with pytest.raises(NotReady) as refused:
        actions.record_outcome(encounter.pk, outcome="NO_ACTION", note={}, by=visit.doctor)
    assert refused.value.facts["obstacles"] == [
        "Ask about allergies and record the answer, even when there are none.",
        "Write the assessment, or add a diagnosis.",
    ]
    patients.record_allergies(encounter.patient_id, "NONE_KNOWN", by=visit.nurse)
    assert (
        actions.record_outcome(encounter.pk, outcome="NO_ACTION", note=NOTE, by=visit.doctor).status == "PLAN_CREATED"
    )


def test_the_outcome_may_be_changed_until_it_is_signed(visit):
    encounter = decided(visit)
    with pytest.raises(Invalid):
        actions.reopen(encounter.pk, reason=" ", by=visit.doctor)
    assert actions.reopen(encounter.pk, reason="Wrong box", by=visit.doctor).status == Status.IN_CONSULTATION
    actions.record_outcome(encounter.pk, outcome="CONSERVATIVE", note=NOTE, by=visit.doctor)
    closed = actions.close(encounter.pk, by=visit.doctor)
    with pytest.raises(IllegalMove):
        actions.reopen(closed.pk, reason="Too late", by=visit.doctor)


def test_the_desk_cannot_complete_a_visit_whose_note_is_open(visit):
    started(visit)
    with pytest.raises(NotReady, match="not signed the consultation"):
        scheduling.complete(visit.appointment.pk, by=visit.clinic.system)


def test_a_cancelled_visit_takes_its_encounter_along(visit):
    scheduling.cancel(visit.appointment.pk, "She is ill", by=visit.desk)
    assert visit.encounter.status == Status.CANCELLED


def test_a_visit_moved_to_another_day_keeps_what_was_asked(visit):
    moved = scheduling.reschedule(
        visit.appointment.pk, visit.clinic.at("11:00") + timedelta(days=1), "She asked", by=visit.desk
    )
    with acting_as(visit.desk):
        encounter = queries.of_appointment(moved.pk, seen_by=visit.desk)
    assert (encounter.status, encounter.complaint) == ("SCHEDULED", "Lines around the eyes")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda pk, by: actions.start_triage(pk, by=by),
        lambda pk, by: actions.record_vitals(pk, measured={"pulse": 70}, by=by),
        lambda pk, by: actions.begin(pk, by=by),
        lambda pk, by: actions.save_section(pk, section="plan", text="x", edition=0, by=by),
        lambda pk, by: actions.record_outcome(pk, outcome="NO_ACTION", note=NOTE, by=by),
        lambda pk, by: actions.reopen(pk, reason="x", by=by),
        lambda pk, by: actions.close(pk, by=by),
        lambda pk, by: actions.read(pk, purpose="curious", by=by),
        lambda pk, by: actions.settle(pk, section="plan", keep="standing", edition=0, by=by),
        lambda pk, by: actions.add_addendum(pk, text="x", by=by),
        lambda pk, by: actions.see_alerts(pk, vitals_id=pk, by=by),
        lambda pk, by: actions.use_template(pk, template_id=pk, by=by),
    ],
)
def test_nobody_without_the_right_does_anything(visit, attempt):
    before = visit.arrived()
    with pytest.raises(NotPermitted):
        attempt(before.pk, visit.clinic.nobody)
    after = visit.encounter
    assert (after.status, after.examination, after.edition) == (before.status, before.examination, before.edition)


def test_another_clinic_is_told_that_there_is_no_such_consultation(visit):
    stranger = replace(visit.doctor, organization_id=uuid4())
    with pytest.raises(NotFound):
        actions.read(visit.encounter.pk, purpose="curious", by=stranger)


def test_a_patient_reads_their_own_signed_encounter_and_no_other(visit):
    own, other = visit.clinic.patient_actor(), visit.clinic.patient_actor(visit.clinic.other_patient)
    with pytest.raises(NotFound):  # the doctor is still writing
        actions.read(visit.encounter.pk, purpose="own record", by=own)
    closed = actions.close(decided(visit).pk, by=visit.doctor)
    assert actions.read(closed.pk, purpose="own record", by=own).pk == closed.pk
    with pytest.raises(NotFound):
        actions.read(closed.pk, purpose="curious", by=other)


def test_every_reading_is_written_down(visit):
    actions.read(visit.encounter.pk, purpose="opened the consultation", by=visit.doctor)
    with acting_as(visit.doctor):
        event = AuditEvent.objects.filter(kind="READ", subject_id=visit.encounter.pk).latest("id")
    assert (event.purpose, event.user_id, event.patient_id) == (
        "opened the consultation", visit.doctor.user_id, visit.clinic.patient.pk,
    )  # fmt: skip


def test_the_history_says_who_moved_it_and_when(visit):
    actions.close(decided(visit).pk, by=visit.doctor)
    with acting_as(visit.doctor):
        told = [(e.from_state, e.to_state, e.actor_name) for e in CONSULTATION.history(visit.encounter)]
    assert told == [
        ("", "SCHEDULED", "Sini Paul"),
        ("SCHEDULED", "CHECKED_IN", "Sini Paul"),
        ("CHECKED_IN", "IN_CONSULTATION", "Dr Kavya Menon"),
        ("IN_CONSULTATION", "PLAN_CREATED", "Dr Kavya Menon"),
        ("PLAN_CREATED", "CLOSED", "Dr Kavya Menon"),
    ]


def test_the_previous_visit_is_the_one_that_was_signed_last_whenever_it_was_booked(visit):
    """An urgent visit that was booked later but took place earlier is the one before."""
    later = visit.clinic.booked("16:00")
    actions.close(decided(visit).pk, by=visit.doctor)
    with acting_as(visit.doctor):
        coming = queries.of_appointment(later.pk, seen_by=visit.doctor)
        assert queries.previous(coming, seen_by=visit.doctor).pk == visit.encounter.pk
        assert queries.previous(visit.encounter, seen_by=visit.doctor) is None
    urgent = visit.clinic.booked("12:00")
    with acting_as(visit.doctor):
        first = queries.of_appointment(urgent.pk, seen_by=visit.doctor)
    with clock.at(EIGHT + timedelta(hours=4)):
        scheduling.check_in(urgent.pk, by=visit.desk)
        actions.begin(first.pk, by=visit.doctor)
        actions.record_outcome(first.pk, outcome="NO_ACTION", note=NOTE, by=visit.doctor)
        actions.close(first.pk, by=visit.doctor)
    with acting_as(visit.doctor):
        assert queries.previous(coming, seen_by=visit.doctor).pk == first.pk
