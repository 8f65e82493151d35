"""Consents to what is planned: from which plan, what they cover, and how the plan follows them."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.once import fresh

from kalon.consents import actions, queries, tasks
from kalon.consents.actions import Role, Signing, Terms, TextDetails
from kalon.consents.models import CoveredLine
from kalon.consents.tests.conftest import LINES
from kalon.consents.tests.planned import Planned, open_planned, read_all, sign_all
from kalon.consents.tests.test_api import client
from kalon.consents.tests.test_guards import refused, signature_like, sql
from kalon.consents.tests.test_pages import words
from kalon.kernel import clock, outbox
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.plans import actions as plans
from kalon.plans.tests.told import approved, book, planned
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY

BODY = "# About\n{procedure}, by {doctor}.\n[ ] I agree"


@pytest.fixture(scope="module")
def planned_once(made_once: Any) -> Planned:
    with clock.at(EIGHT):
        return made_once(open_planned)  # type: ignore[no-any-return]


@pytest.fixture
def ready(planned_once: Planned, db: None) -> Planned:
    return fresh(planned_once)


def test_the_plan_follows_its_consent_from_asking_to_withdrawal(ready: Planned):
    office = ready.office
    consent = office.prepared("PROCEDURE", plan_id=ready.plan.pk)
    assert (consent.status, consent.signers, ready.status) == ("DRAFT", ["PATIENT", "SURGEON"], "APPROVED")
    actions.present(consent.pk, by=office.nurse)
    assert ready.status == "CONSENT_PENDING"
    done = sign_all(office.again(consent), nurse=office.nurse, doctor=office.doctor)
    assert (done.status, ready.status) == ("SIGNED", "CONSENT_SIGNED")
    assert [one.role for one in done.signatures.all()] == ["PATIENT", "SURGEON"]
    with acting_as(office.nurse):
        held = queries.for_plan(ready.plan.pk, seen_by=office.nurse)
        assert held == done and queries.seal_holds(done)
        [covered], [line] = held.lines.all(), ready.plan.lines.all()
        assert (covered.plan_line_id, covered.side, covered.entry_id) == (line.pk, line.side, line.entry_id)
    ananya = office.account(office.patient)
    actions.revoke(consent.pk, "I changed my mind", by=ananya)
    assert ready.status == "APPROVED"
    with acting_as(office.nurse):
        assert queries.for_plan(ready.plan.pk, seen_by=office.nurse) is None
    again = ready.signed()
    assert (again.status, ready.status) == ("SIGNED", "CONSENT_SIGNED")


def test_the_words_say_what_is_done_on_which_side_and_who_does_it(ready: Planned):
    content = office_content = ready.asked(language="en").content
    first = content["body"].splitlines()[:2]
    assert first == ["# What is agreed to", "- First consultation, Closed approach"]
    assert ready.office.clinic.doctor.name in office_content["body"]
    assert content["lines"] == [
        {"what": "First consultation", "side": "NONE", "technique": "Closed approach", "quantity": 1}
    ]


def test_the_last_signature_at_home_moves_the_plan_too(ready: Planned):
    office, ananya = ready.office, ready.office.account(ready.office.patient)
    version = _form(ready, Terms())
    asked = actions.present(_prepared(ready, version).pk, by=office.nurse)
    done = sign_all(asked, nurse=office.nurse, doctor=office.doctor, patient=ananya)
    assert (done.status, ready.status) == ("SIGNED", "CONSENT_SIGNED")
    assert [one.place for one in done.signatures.all()] == ["On the patient's own pages"]


def test_a_series_signed_at_home_comes_to_the_desks_list(ready: Planned):
    office, visit = ready.office, ready.visit
    series = planned(visit, "SERIES", of=ready.plan.consultation_id, consent="REQUIRED")
    plans.approve(plans.submit(series.pk, by=visit.doctor).pk, by=visit.doctor)
    ready = Planned(office, visit, series)
    asked = actions.present(_prepared(ready, _form(ready, Terms())).pk, by=office.nurse)
    sign_all(asked, nurse=office.nurse, doctor=office.doctor, patient=office.account(office.patient))
    while outbox.run_due():
        pass
    with acting_as(office.clinic.system):
        assert series.follow_ups.filter(kind="SERIES_SESSION", session_number=1).exists()


def test_giving_up_and_running_out_take_the_plan_back(ready: Planned):
    ready = Planned(
        ready.office, ready.visit,
        approved(ready.visit, "NON_SURGICAL", of=ready.plan.consultation_id, consent="REQUIRED"),
    )  # fmt: skip
    office = ready.office
    consent = ready.asked()
    actions.void(consent.pk, "She wants to think", by=office.nurse)
    assert ready.status == "APPROVED"
    done = ready.signed()
    book(ready.visit, ready.plan, day=TUESDAY + timedelta(days=2), kind="SESSION")
    assert ready.status == "SCHEDULED"
    with clock.at(done.valid_until + timedelta(seconds=1)):
        with acting_as(office.nurse):
            assert queries.for_plan(ready.plan.pk, seen_by=office.nurse) is None  # before anybody noted it
        tasks.expire(organization_id=office.clinic.organization_id)
    assert (office.again(done).status, ready.status) == ("EXPIRED", "APPROVED")


def test_nothing_is_booked_on_a_consent_whose_time_is_over(ready: Planned):
    ready = Planned(
        ready.office, ready.visit,
        approved(ready.visit, "NON_SURGICAL", of=ready.plan.consultation_id, consent="REQUIRED"),
    )  # fmt: skip
    done = ready.signed()
    with clock.at(done.valid_until + timedelta(seconds=1)), pytest.raises(NotReady, match="does not hold"):
        book(ready.visit, ready.plan, day=done.valid_until.date() + timedelta(days=3), kind="SESSION")
    assert ready.status == "CONSENT_SIGNED"


def test_what_happens_to_the_consent_of_a_plan_on_hold_happens_to_the_plan_afterwards(ready: Planned):
    office, doctor = ready.office, ready.visit.doctor
    done = ready.signed()
    plans.hold(ready.plan.pk, reason="Travels", by=doctor)
    actions.revoke(done.pk, "Not sure", by=office.nurse)
    assert ready.status == "ON_HOLD"
    with pytest.raises(NotReady, match="does not hold"):
        plans.resume(ready.plan.pk, by=doctor)
    asked = ready.asked()
    assert ready.status == "ON_HOLD"
    sign_all(asked, nurse=office.nurse, doctor=doctor)
    assert plans.resume(ready.plan.pk, by=doctor).status == "CONSENT_SIGNED"

    actions.revoke(_live(ready).pk, "Again", by=office.nurse)
    plans.hold(ready.plan.pk, reason="Travels", by=doctor)  # from APPROVED
    ready.signed()
    plans.resume(ready.plan.pk, by=doctor)
    assert ready.status == "CONSENT_SIGNED"


def test_a_plan_that_waited_goes_back_when_its_consent_was_given_up_on_hold(ready: Planned):
    office, doctor = ready.office, ready.visit.doctor
    asked = ready.asked()
    plans.hold(ready.plan.pk, reason="Travels", by=doctor)
    actions.void(asked.pk, "No", by=office.nurse)
    plans.resume(ready.plan.pk, by=doctor)
    assert ready.status == "APPROVED"


def test_a_cancelled_plan_leaves_nothing_to_sign(ready: Planned):
    asked = ready.asked()
    plans.cancel(ready.plan.pk, reason="Moves away", by=ready.visit.doctor)
    assert ready.office.again(asked).status == "VOIDED"
    with pytest.raises(NotReady, match="cancelled"):
        ready.asked()


def test_from_which_plan_a_consent_hangs(ready: Planned):
    office, visit = ready.office, ready.visit
    with pytest.raises(Invalid, match="asked from its plan"):
        office.prepared("PROCEDURE")
    with pytest.raises(Invalid, match="hangs from no plan"):
        office.prepared("MARKETING", plan_id=ready.plan.pk)
    with pytest.raises(NotFound):
        office.prepared("PROCEDURE", of=office.child, plan_id=ready.plan.pk)
    unapproved = planned(visit, "SURGICAL", of=ready.plan.consultation_id)
    with pytest.raises(NotReady, match="approved first"):
        office.prepared("PROCEDURE", plan_id=unapproved.pk)
    none = planned(visit, "NON_SURGICAL", of=ready.plan.consultation_id, consent="NOT_REQUIRED")
    plans.approve(plans.submit(none.pk, by=visit.doctor).pk, by=visit.doctor)
    with pytest.raises(NotReady, match="needs no consent"):
        office.prepared("PROCEDURE", plan_id=none.pk)
    office.prepared("TREATMENT_PLAN", plan_id=none.pk)
    office.prepared("TREATMENT_PLAN", plan_id=ready.plan.pk)  # one of each plan, beside the one to the procedure
    office.prepared("PROCEDURE", plan_id=ready.plan.pk)
    with pytest.raises(Clash, match="this plan already"):
        office.prepared("PROCEDURE", plan_id=ready.plan.pk)


def test_a_surgeon_never_signs_for_the_patient(ready: Planned):
    office, doctor = ready.office, ready.visit.doctor
    consent = read_all(actions.open_to_sign(ready.asked().pk, by=office.nurse), by=office.nurse)
    theirs = Signing(Role.PATIENT, consent.patient.name, LINES, "", 9, consent.content_sha256)
    mine = Signing(Role.SURGEON, "", None, "", 0, consent.content_sha256)
    with pytest.raises(NotPermitted, match="does not sign under your account"):
        actions.sign(consent.pk, theirs, by=doctor)
    with pytest.raises(NotReady, match="signs first"):
        actions.sign(consent.pk, mine, by=doctor)
    part = actions.sign(consent.pk, theirs, by=office.nurse)
    with pytest.raises(NotPermitted, match="doctor or surgeon"):
        actions.sign(consent.pk, mine, by=office.nurse)
    with pytest.raises(NotPermitted):
        actions.sign(consent.pk, mine, by=office.account(office.patient))
    assert part.status == "PARTIALLY_SIGNED" and ready.status == "CONSENT_PENDING"
    with acting_as(office.nurse), refused("consents_signature_two_accounts"):
        signature_like(part.pk, role="SURGEON")
    assert actions.sign(consent.pk, mine, by=doctor).status == "SIGNED"


def test_another_procedures_form_is_not_asked(ready: Planned):
    with acting_as(ready.office.clinic.system):
        from kalon.catalog.models import Procedure

        made = Procedure.objects.create(
            organization_id=ready.office.clinic.organization_id, code="RHINO", name="Rhinoplasty"
        )
    version = _form(ready, Terms(), procedure_ids=[made.pk])
    with pytest.raises(Invalid, match="another procedure"):
        _prepared(ready, version)
    with acting_as(ready.office.nurse):
        forms = queries.forms_for(ready.plan, seen_by=ready.office.nurse)
    assert [one.template.name for one in forms] == ["Treatment or operation"]


def test_the_database_holds_plan_and_consent_together(ready: Planned):
    """Raw SQL as the app role: every illegal order of plan and consent."""
    office, nurse = ready.office, ready.office.nurse
    plan_to = "UPDATE plans_procedureplan SET status = %s WHERE id = %s"
    copy = (
        "INSERT INTO consents_consent SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), "
        "'number', 'X', 'plan_id', %s::text, 'patient_id', %s::text, 'consultation_id', %s::text))).* "
        "FROM consents_consent AS one WHERE id = %s"
    )
    draft = office.prepared("PROCEDURE", plan_id=ready.plan.pk)
    other = planned(ready.visit, "SURGICAL", of=ready.plan.consultation_id)
    mine, decided = str(office.patient.pk), str(ready.plan.consultation_id)
    with acting_as(nurse):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        sql(plan_to, "CONSENT_PENDING", ready.plan.pk)
        with refused("consents_plan_consented"):
            sql(plan_to, "CONSENT_SIGNED", ready.plan.pk)
        with refused("consents_consent_of_plan"):  # before it is approved
            sql(copy, str(other.pk), mine, decided, draft.pk)
        with refused("consents_consent_plan_of_patient"):  # another patient's plan
            sql(
                copy.replace("'number', 'X'", "'number', 'X', 'kind', 'TREATMENT_PLAN', 'version_id', %s::text"),
                str(office.in_use["TREATMENT_PLAN"].pk), str(ready.plan.pk), str(office.child.pk), decided, draft.pk,
            )  # fmt: skip
        with refused("consents_consent_hangs_from"):
            sql(copy, str(ready.plan.pk), mine, None, draft.pk)
        with refused("consents_consent_hangs_from"):
            sql(copy, None, mine, decided, draft.pk)
        with refused("consents_one_live_of_plan"):
            sql(copy, str(ready.plan.pk), mine, decided, draft.pk)
        present = (
            "UPDATE consents_consent SET status = 'PRESENTED', content = '\\x00'::bytea, presented_at = kalon_now(), "
            "content_sha256 = repeat('a', 64), text_id = (SELECT id FROM consents_text "
            "WHERE version_id = consents_consent.version_id AND language = consents_consent.language) WHERE id = %s"
        )
        with refused("consents_consent_covers_plan"):  # nothing is covered
            sql(present, draft.pk)
        [line] = ready.plan.lines.all()
        facts = {"organization_id": draft.organization_id, "patient_id": draft.patient_id, "consent_id": draft.pk}
        CoveredLine.objects.create(**facts, plan_line=line, side="LEFT")
        with refused("consents_consent_covers_plan"):  # another side
            sql(present, draft.pk)
    consent = ready.signed() if _given_up(ready, draft) else draft
    with acting_as(nurse):
        sql("SELECT set_config('kalon.reason', 'test', true)")
        with refused("consents_coveredline_sealed"):
            CoveredLine.objects.create(**{**facts, "consent_id": consent.pk}, plan_line=line, side="LEFT")
        for status, more in (("REVOKED", ", revoked_at = kalon_now()"),):
            with refused("consents_consent_takes_plan"):
                sql(f"UPDATE consents_consent SET status = %s{more} WHERE id = %s", status, consent.pk)


def _given_up(ready: Planned, draft: Any) -> bool:
    actions.void(draft.pk, "Wrong side", by=ready.office.nurse)
    return ready.status == "APPROVED"


def _live(ready: Planned) -> Any:
    with acting_as(ready.office.nurse):
        return queries.live_of_plan(ready.plan.pk, seen_by=ready.office.nurse)


def _form(ready: Planned, terms: Terms, **more: Any) -> Any:
    draft = actions.add_template("PROCEDURE", "Short form", terms, by=ready.office.owner, **more)
    actions.write_text(draft.pk, TextDetails("en", "Consent to {procedure}", BODY), by=ready.office.owner)
    return actions.publish(draft.pk, by=ready.office.owner)


def _prepared(ready: Planned, version: Any) -> Any:
    wish = actions.Wish(version.pk, ready.office.clinic.branch.pk, plan_id=ready.plan.pk)
    return actions.prepare(ready.office.patient.pk, wish, by=ready.office.nurse)


def test_it_is_asked_for_on_the_page_of_the_plan_in_one_press(ready: Planned):
    office, desk = ready.office, client(ready.office, ready.office.nurse)
    page = reverse("plans:plan", args=[ready.plan.pk])
    assert "Ask for consent" in words(desk.get(page))
    ask = reverse("consents:ask_of_plan", args=[ready.plan.pk])
    assert desk.post(ask, {"version": "", "language": ""}).status_code == 422
    made = desk.post(ask, {"version": str(office.in_use["PROCEDURE"].pk), "language": "hi"})
    assert made.status_code == 303 and ready.status == "CONSENT_PENDING"
    shown = words(desk.get(made["Location"]))
    assert "किसके लिए सहमति है" in shown and ready.plan.number in shown
    page_now = words(desk.get(page))
    assert "To be read and signed" in page_now and "Ask for consent" not in page_now
    assert "Treatment or operation" not in words(desk.get(reverse("consents:prepare", args=[office.patient.pk])))


def test_it_is_asked_for_by_json_in_one_step(ready: Planned):
    office, nurse = ready.office, client(ready.office, ready.office.nurse)
    member: Any = people.add_staff(
        "The theatre", kind="OTHER", email="theatre@kc.example.org", roles={None: ["theatre"]}, by=office.clinic.system
    )
    manager = client(office, staff_actor(member.user))
    there, sent = f"/api/consents/of-plan/{ready.plan.pk}", {"content_type": "application/json"}
    body = {"version_id": str(office.in_use["PROCEDURE"].pk), "language": "hi"}
    assert body["version_id"] in [one["id"] for one in nurse.get(f"{there}/forms").json()]
    assert manager.get(f"{there}/forms").status_code == manager.post(there, body, **sent).status_code == 403
    nowhere = f"/api/consents/of-plan/{office.patient.pk}"
    assert nurse.get(f"{nowhere}/forms").status_code == nurse.post(nowhere, body, **sent).status_code == 404
    assert nurse.post(there, {**body, "version_id": str(ready.plan.pk)}, **sent).status_code == 404
    made = nurse.post(there, body, **sent)
    assert (made.status_code, made.json()["status"], made.json()["language"]) == (201, "PRESENTED", "hi")
    assert ready.status == "CONSENT_PENDING"
    assert nurse.post(there, body, **sent).status_code == 409
