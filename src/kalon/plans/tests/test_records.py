"""The treatment record: written while the session is under way, sealed with it, added to afterwards; page and JSON."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, Stale
from kalon.kernel.models import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions, queries
from kalon.plans.actions import Parameter, RecordDetails
from kalon.plans.models import Complication, TreatmentParameter, TreatmentRecord
from kalon.plans.tests.told import approved, book, held, now, refused, session, spaced, sql
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY

DONE = RecordDetails(
    before="Clean scalp.", procedure="PRP, 4 ml over the crown.", after="Slight redness.",
    parameters=(Parameter(name="Energy", value="12", unit="J/cm²"), Parameter(name="Energy", value="14", unit="J/cm²",
                pass_number=2)),
)  # fmt: skip


def under_way(visit, plan, number=1, day=TUESDAY):
    occasion = session(visit, plan, number).prompt or plan
    booked = book(visit, occasion, day=day, kind="SESSION")
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
        return actions.start_session(session(visit, plan, number).row.pk, by=visit.nurse)


def test_written_while_it_is_under_way_and_sealed_with_it(visit):
    plan = approved(visit, "SERIES")
    waiting = session(visit, plan, 1).row
    with pytest.raises(IllegalMove, match="Start the session first"):
        actions.write_record(waiting.pk, DONE, edition=0, by=visit.nurse)
    one = under_way(visit, plan)
    actions.write_record(one.pk, DONE, edition=0, by=visit.nurse)
    with pytest.raises(Stale):
        actions.write_record(one.pk, DONE, edition=0, by=visit.nurse)
    actions.note_complication(one.pk, kind="BURN", severity="MODERATE", words="Cooled.", by=visit.nurse)
    with pytest.raises(IllegalMove, match="into the record itself"):
        actions.add_addendum(one.pk, text="Later", by=visit.nurse)
    actions.complete_session(one.pk, by=visit.nurse)
    with pytest.raises(IllegalMove, match="Add an addendum instead"):
        actions.write_record(one.pk, DONE, edition=1, by=visit.nurse)
    actions.add_addendum(one.pk, text="The second pass had 13 J/cm².", by=visit.doctor)
    actions.note_complication(one.pk, kind="SWELLING", severity="MILD", by=visit.nurse)  # the day after
    with acting_as(visit.nurse):
        found = now(visit, one)
        assert str(queries.record_of(found).procedure) == "PRP, 4 ml over the crown."
        assert [(p.name, str(p.value), p.pass_number) for p in queries.parameters_of(found)] == [
            ("Energy", "12", 1), ("Energy", "14", 2)
        ]  # fmt: skip
        assert [c.kind for c in queries.complications_of(found)] == ["BURN", "SWELLING"]
        assert [str(a.text) for a in queries.addenda_of(found)] == ["The second pass had 13 J/cm²."]


def test_settings_are_copied_forward_and_the_next_day_is_proposed(visit):
    plan = spaced(visit, days=10)
    one = under_way(visit, plan)
    with pytest.raises(Invalid, match="first possible day of the next session is Fri 4 Dec"):
        actions.write_record(one.pk, RecordDetails(next_on=TUESDAY + timedelta(days=9)), edition=0, by=visit.nurse)
    proposed = TUESDAY + timedelta(days=20)
    actions.write_record(one.pk, RecordDetails(next_on=proposed, parameters=DONE.parameters), edition=0, by=visit.nurse)
    actions.complete_session(one.pk, by=visit.nurse)
    second = session(visit, plan, 2)
    assert (second.row.due_date, now(visit, second.prompt).due_date) == (proposed, proposed)
    assert session(visit, plan, 3).row.due_date == proposed + timedelta(days=14)
    with acting_as(visit.nurse):
        assert [str(one.value) for one in queries.last_parameters(second.row)] == ["12", "14"]


def test_who_has_no_right_writes_and_reads_nothing_of_it(visit):
    one = under_way(visit, approved(visit))
    mine = visit.clinic.patient_actor()
    for by in (visit.desk, visit.clinic.nobody, mine):
        for call in (
            lambda by: actions.write_record(one.pk, DONE, edition=0, by=by),
            lambda by: actions.note_complication(one.pk, kind="BURN", severity="MILD", by=by),
            lambda by: actions.add_addendum(one.pk, text="x", by=by),
        ):
            with pytest.raises(NotPermitted):
                call(by)
    actions.write_record(one.pk, DONE, edition=0, by=visit.nurse)
    with acting_as(mine), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql("SELECT 1 FROM plans_treatmentrecord")
    with acting_as(visit.nurse):
        actions.read_session(one.pk, purpose="test", by=visit.nurse)
        assert AuditEvent.objects.filter(kind="READ", subject_id=one.pk, purpose="test").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"before": "x" * 4001}, "before"),
        ({"parameters": (Parameter(name="", value="3"),)}, "parameters"),
        ({"parameters": (Parameter(name="Energy", value="3", pass_number=0),)}, "parameters"),
        ({"next_on": TUESDAY}, "next_on"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(visit, wrong, field):
    one = under_way(visit, approved(visit))
    with pytest.raises(Invalid) as refusal:
        actions.write_record(one.pk, RecordDetails(**wrong), edition=0, by=visit.nurse)
    assert refusal.value.field == field


def test_the_database_seals_the_record_and_keeps_what_went_wrong(visit):
    plan = approved(visit, "SERIES")
    one = under_way(visit, plan)
    actions.write_record(one.pk, DONE, edition=0, by=visit.nurse)
    actions.note_complication(one.pk, kind="BURN", severity="MILD", by=visit.nurse)
    with acting_as(visit.nurse):
        with refused("plans_sessionaddendum_while"):
            sql("INSERT INTO plans_sessionaddendum (id, created_at, organization_id, patient_id, session_id, text, "
                "written_by_id) SELECT gen_random_uuid(), now(), organization_id, patient_id, id, '\\x00', %s "
                "FROM plans_proceduresession WHERE id = %s", visit.clinic.doctor.pk, one.pk)  # fmt: skip
        for statement in ("UPDATE plans_complication SET severity = 'SEVERE'", "DELETE FROM plans_complication"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(statement)
    actions.complete_session(one.pk, by=visit.nurse)
    with acting_as(visit.nurse):
        for statement, rule in (
            ("UPDATE plans_treatmentrecord SET next_on = '2027-01-01'", "plans_treatmentrecord_while"),
            ("UPDATE plans_treatmentparameter SET unit = 'mJ'", "plans_treatmentparameter_while"),
            ("DELETE FROM plans_treatmentparameter", "plans_treatmentparameter_while"),
        ):
            with refused(rule):
                sql(statement)
        assert (TreatmentRecord.objects.count(), TreatmentParameter.objects.count(), Complication.objects.count()) == (
            1, 2, 1
        )  # fmt: skip
        with refused("plans_proceduresession_sealed"):
            sql("UPDATE plans_proceduresession SET edition = 9 WHERE id = %s", one.pk)


def test_the_page_saves_completes_and_loses_nothing_that_was_typed(visit, client):
    plan = approved(visit, "SERIES")
    held(visit, plan, 1, day=TUESDAY)
    one = under_way(visit, plan, 2, TUESDAY + timedelta(days=14))
    typed = {
        "before": "Dry skin", "procedure": "Peel", "after": "", "next_on": "", "edition": "0",
        "parameters-TOTAL_FORMS": "1", "parameters-INITIAL_FORMS": "0", "parameters-0-name": "Acid",
        "parameters-0-value": "", "parameters-0-unit": "%", "parameters-0-pass_number": "1",
    }  # fmt: skip
    with clock.at(now(visit, one).started_at):
        client.force_login(_user(visit), backend="allauth.account.auth_backends.AuthenticationBackend")
        page = client.post(f"/sessions/{one.pk}/record", {**typed, "complete": "1"})
        assert page.status_code == 422 and "Dry skin" in page.content.decode()
        assert now(visit, one).status == "IN_PROGRESS"
        page = client.post(f"/sessions/{one.pk}/record", {**typed, "parameters-0-value": "30", "complete": "1"})
        assert page.status_code == 303, page.content.decode()[:500]
        assert now(visit, one).status == "COMPLETED"
        shown = client.get(f"/sessions/{one.pk}").content.decode()
    assert "2 of 3" in shown and "30 %" in shown and "Add to the sealed record" in shown


def _user(visit):
    with acting_as(visit.clinic.system):
        from kalon.people.models import User

        return User.objects.get(pk=visit.nurse.user_id)
