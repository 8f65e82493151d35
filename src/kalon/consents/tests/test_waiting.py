"""What waits for a doctor, who is told when a consent ends, and which plans a form is about."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.once import fresh

from kalon.catalog.models import Procedure
from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing
from kalon.consents.models import Consent
from kalon.consents.tests.conftest import LINES
from kalon.consents.tests.planned import Planned, open_planned, read_all, sign_all
from kalon.consents.tests.test_api import client
from kalon.consents.tests.test_guards import refused, sql
from kalon.consents.tests.test_pages import words
from kalon.kernel import clock, outbox
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.people import queries as people
from kalon.plans.tests.told import approved
from kalon.scheduling.tests.clinic import EIGHT


@pytest.fixture(scope="module")
def planned_once(made_once: Any) -> Planned:
    with clock.at(EIGHT):
        return made_once(open_planned)  # type: ignore[no-any-return]


@pytest.fixture
def ready(planned_once: Planned, db: None) -> Planned:
    return fresh(planned_once)


def waits(ready: Planned, *, everybody: bool = False) -> list[tuple[Any, str]]:
    doctor = ready.office.doctor
    with acting_as(doctor):
        me = people.staff_of(doctor)
        assert me is not None
        rows = queries.for_doctor(None if everybody else me.pk, seen_by=doctor)
        return [(row.pk, row.waits) for row in rows]


def half_signed(ready: Planned) -> Consent:
    nurse = ready.office.nurse
    read = read_all(actions.open_to_sign(ready.asked(language="en").pk, by=nurse), by=nurse)
    hand = Signing(Role.PATIENT, read.patient.name, LINES, "", 9, read.content_sha256)
    return actions.sign(read.pk, hand, by=nurse)


def test_questions_countersignatures_and_ends_wait_for_the_doctor_of_the_plan(ready: Planned):
    office, doctor = ready.office, ready.office.doctor
    consent = read_all(actions.open_to_sign(ready.asked(language="en").pk, by=office.nurse), by=office.nurse)
    assert waits(ready) == []
    asked = actions.ask_about(consent.pk, 1, "Will it hurt?", by=office.nurse)
    assert waits(ready) == [(consent.pk, "QUESTION")]
    actions.answer(asked.pk, "A little.", by=doctor)
    hand = Signing(Role.PATIENT, consent.patient.name, LINES, "", 9, consent.content_sha256)
    actions.sign(consent.pk, hand, by=office.nurse)
    assert waits(ready) == [(consent.pk, "COUNTERSIGN")]
    actions.sign(consent.pk, Signing(Role.SURGEON, "", words=consent.content_sha256), by=doctor)
    assert waits(ready) == []
    actions.revoke(consent.pk, "Not now", by=office.account(office.patient))
    assert waits(ready) == waits(ready, everybody=True) == [(consent.pk, "ENDED")]
    noted = actions.note_end(consent.pk, by=doctor)
    assert (noted.noted_at, noted.noted_by.name) == (EIGHT, doctor.name) and waits(ready) == []
    with acting_as(doctor):
        assert queries.seal_holds(queries.consent(consent.pk, seen_by=doctor))


def test_of_another_doctors_plan_nothing_waits_for_me(ready: Planned):
    other = approved(
        ready.visit, "SURGICAL", of=ready.plan.consultation_id, doctor_id=ready.office.clinic.other_doctor.pk
    )
    Planned(ready.office, ready.visit, other).asked()
    consent = queries_of(ready, other)
    actions.ask_about(actions.open_to_sign(consent.pk, by=ready.office.nurse).pk, 1, "Why?", by=ready.office.nurse)
    assert waits(ready) == [] and waits(ready, everybody=True) == [(consent.pk, "QUESTION")]


def queries_of(ready: Planned, plan: Any) -> Consent:
    with acting_as(ready.office.nurse):
        found = queries.live_of_plan(plan.pk, seen_by=ready.office.nurse)
    assert found is not None
    return found


def test_the_doctor_is_told_once_and_without_a_name_when_a_consent_ends(ready: Planned):
    office = ready.office
    done = ready.signed()
    actions.revoke(done.pk, "Not now", by=office.account(office.patient))
    while outbox.run_due():
        pass
    assert actions.tell_ended(done.pk, by=office.clinic.system) is False  # never twice
    with acting_as(office.clinic.system):
        [mail] = Message.objects.filter(template_code="consent-ended")
    assert mail.about_id == done.pk and f"/consents/{done.pk}" in mail.body and "was withdrawn" in mail.subject
    assert office.patient.family_name not in mail.body and mail.recipient == people_email(ready)
    page = words(client(office, office.doctor).get(reverse("plans:plan", args=[ready.plan.pk])))
    assert "The patient withdrew the consent" in page and "The doctor was told" in page


def people_email(ready: Planned) -> str:
    with acting_as(ready.office.clinic.system):
        user = ready.plan.doctor.user if ready.plan.doctor else ready.plan.approved_by.user
        return str(user.email)


def test_an_end_is_noted_once_by_a_doctor_and_by_nobody_else(ready: Planned):
    office, done = ready.office, ready.signed()
    with pytest.raises(IllegalMove, match="Nothing has ended"):
        actions.note_end(done.pk, by=office.doctor)
    with acting_as(office.nurse), refused("consents_noted_when_ended"):
        sql("UPDATE consents_consent SET noted_at = kalon_now(), noted_by_id = %s WHERE id = %s", staff(ready), done.pk)
    ananya = office.account(office.patient)
    actions.revoke(done.pk, "Not now", by=ananya)
    for who in (office.nurse, ananya):
        with pytest.raises(NotPermitted):
            actions.note_end(done.pk, by=who)
    note = "UPDATE consents_consent SET noted_at = kalon_now(), noted_by_id = %s WHERE id = %s"
    with acting_as(ananya), refused("consents_consent_noted_once"):
        sql(note, staff(ready), done.pk)
    actions.note_end(done.pk, by=office.doctor)
    with acting_as(office.nurse), refused("consents_consent_noted_once"):
        sql("UPDATE consents_consent SET noted_at = NULL, noted_by_id = NULL WHERE id = %s", done.pk)


def staff(ready: Planned) -> Any:
    with acting_as(ready.office.clinic.system):
        return people.staff_of(ready.office.doctor).pk


def test_the_list_asks_as_often_for_thirty_as_for_one(ready: Planned):
    office, page = ready.office, reverse("consents:waiting")
    desk = client(office, office.doctor)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(page).status_code == 200
        return len(seen)

    half_signed(ready)
    asked()
    one = asked()
    for _ in range(9):
        half_signed(Planned(office, ready.visit, approved(ready.visit, "SURGICAL", of=ready.plan.consultation_id)))
    assert asked() == one
    assert words(desk.get(page)).count("Countersign") >= 10
    assert desk.get("/api/consents/waiting").json()["items"][0]["waits"] == "COUNTERSIGN"
    assert client(office, office.nurse).get(page).status_code == 403


def test_a_form_is_about_the_procedures_that_are_chosen_on_its_page(ready: Planned):
    office, owner = ready.office, ready.office.owner
    template = office.in_use["PROCEDURE"].template
    with acting_as(office.clinic.system):
        rhino, lids, other = (
            Procedure.objects.create(organization_id=office.clinic.organization_id, code=code, name=name)
            for code, name in (("RHINO", "Rhinoplasty"), ("LIDS", "Eyelids"), ("EAR", "Ears"))
        )
    desk, page = client(office, owner), reverse("consents:form", args=[template.pk])
    assert "Rhinoplasty" in words(desk.get(page))
    save = reverse("consents:procedures", args=[template.pk])
    assert desk.post(save, {"procedures": [str(rhino.pk), str(lids.pk)]}).status_code == 303
    assert "Eyelids, Rhinoplasty" in words(desk.get(reverse("consents:forms")))
    of_rhino, of_other = (reverse("consents:of_procedure", args=[one.pk]) for one in (rhino, other))
    assert of_rhino in words(desk.get(reverse("catalog:procedure", args=[rhino.pk])))
    assert template.name in words(desk.get(of_rhino)) and template.name not in words(desk.get(of_other))
    with pytest.raises(Invalid, match="another procedure"):
        ready.asked()
    with acting_as(office.nurse):
        assert queries.forms_for(ready.plan, seen_by=office.nurse) == []
    answer = desk.put(
        f"/api/consent-forms/{template.pk}/procedures", {"procedure_ids": []}, content_type="application/json"
    )
    assert answer.json() == {"template_id": str(template.pk), "procedure_ids": []}
    assert ready.asked().status == "PRESENTED"
    with pytest.raises(NotFound, match="no such procedure"):
        actions.set_procedures(template.pk, [office.patient.pk], by=owner)
    photographs = office.in_use["PHOTOGRAPHY"].template
    with pytest.raises(Invalid, match="Only a consent to what is planned"):
        actions.set_procedures(photographs.pk, [rhino.pk], by=owner)
    with pytest.raises(NotPermitted):
        actions.set_procedures(template.pk, [rhino.pk], by=office.nurse)
    row = (
        "INSERT INTO consents_templateprocedure (id, created_at, organization_id, template_id, kind, procedure_id) "
        "VALUES (gen_random_uuid(), kalon_now(), %s, %s, %s, %s)"
    )
    with acting_as(owner):
        with refused("consents_templateprocedure_kind"):
            sql(row, template.organization_id, photographs.pk, "PHOTOGRAPHY", rhino.pk)
        with refused("consents_templateprocedure_of_kind"):
            sql(row, template.organization_id, photographs.pk, "PROCEDURE", rhino.pk)


def test_a_guardian_signs_a_childs_plan_and_an_interpreter_says_from_which_text(ready: Planned):
    office = ready.office
    asked = ready.asked(language="hi", has_interpreter=True, guardianship="Order of the court of 3 March 2025")
    assert asked.signers == ["GUARDIAN", "INTERPRETER", "SURGEON"]
    done = sign_all(asked, nurse=office.nurse, doctor=office.doctor)
    assert (done.status, ready.status) == ("SIGNED", "CONSENT_SIGNED")
    with acting_as(office.nurse):
        by_role = {one.role: one for one in queries.consent(done.pk, seen_by=office.nurse).signatures.all()}
    assert by_role["GUARDIAN"].beside == "mother"
    assert by_role["INTERPRETER"].beside == "हिन्दी text, version 1, into mother"  # the hand of the test says “mother”
    shown = words(client(office, office.doctor).get(reverse("consents:consent", args=[done.pk])))
    assert "हिन्दी text, version 1, into" in shown


def test_a_plan_of_a_child_asks_the_guardian(ready: Planned):
    office = ready.office
    with acting_as(office.clinic.system):
        office.patient.birth_date = (EIGHT - timedelta(days=365 * 12)).date()
        office.patient.save(update_fields=["birth_date"])
    desk = client(office, office.nurse)
    ask = reverse("consents:ask_of_plan", args=[ready.plan.pk])
    assert desk.post(ask, {"version": str(office.in_use["PROCEDURE"].pk), "language": "en"}).status_code == 303
    consent = queries_of(ready, ready.plan)
    assert consent.signers == ["GUARDIAN", "SURGEON"]
    leena = office.account(office.patient, "GUARDIAN")
    done = sign_all(consent, nurse=office.nurse, doctor=office.doctor, patient=leena)
    assert done.status == "SIGNED" and ready.status == "CONSENT_SIGNED"
