"""The summary of a visit holds what every context adds, the same on the page, as data and on the signed paper."""

from decimal import Decimal
from typing import Any

from django.test import Client
from tests.journeys.story import on_tuesday

from kalon.billing import actions as billing
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions as orders
from kalon.orders.actions import Wish
from kalon.papers import queries as papers
from kalon.patients import actions as patients
from kalon.plans import actions as plans
from kalon.portal.tests.conftest import Portal
from kalon.prescribing import actions as prescribing
from kalon.scheduling import actions as scheduling

TOLD = (
    "Chloasma", "Cetirizine", "once a day for 10 days", "Laboratory: Haemoglobin", "Laser for pigment", "Review around",
    "Sunscreen every morning.",
)  # fmt: skip


def seen(portal: Portal) -> Any:
    """Zoya's visit up to its outcome: a diagnosis, a signed prescription and a draft, an order, a plan, follow-ups."""
    story, by = portal.story, portal.story.doctor
    visit = portal.booked()
    bill = story.bill(visit)
    billing.take_payment(bill.pk, "UPI", Decimal(bill.total), "4711", by=story.desk)
    with clock.at(on_tuesday("09:50")):
        scheduling.check_in(visit.pk, by=story.desk)
        patients.record_allergies(visit.patient_id, "NONE_KNOWN", by=story.nurse)
        encounter = story.encounter(visit)
        assert encounter is not None
        consultations.begin(encounter.pk, by=by)
        consultations.add_diagnosis(encounter.pk, words="Chloasma", by=by)
        signed = prescribing.start(encounter.pk, by=by)
        prescribing.add_item(signed.pk, prescribing.LineDetails(medicine="cetirizine", frequency="OD", days=10), by=by)
        prescribing.finalize(signed.pk, by=by)
        draft = prescribing.start(encounter.pk, by=by)
        prescribing.add_item(draft.pk, prescribing.LineDetails(medicine="paracetamol", days=3), by=by)
        orders.order(encounter.pk, Wish(codes=["HB"]), by=by)
        orders.cancel(orders.order(encounter.pk, Wish(codes=["HIV"]), by=by).pk, "Done elsewhere", by=by)
        note = {"examination": "Epidermal.", "assessment": "L81.1", "advice": "Sunscreen every morning."}
        consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=note, by=by)
        line = plans.LineDetails(service_id=story.place.services["LASER-PIGMENT"].pk)
        plan = plans.plan_procedure(
            encounter.pk, plans.PlanDetails(plan_type="NON_SURGICAL", consent="NOT_REQUIRED", lines=(line,)), by=by
        )
        plans.plan_follow_ups(encounter.pk, [plans.FollowUpWish(interval_days=30)], by=by)
        plans.submit(plan.pk, by=by)
        plans.approve(plan.pk, by=by)
    return encounter


def closed(portal: Portal) -> Any:
    encounter = seen(portal)
    with clock.at(on_tuesday("10:20")):
        return consultations.close(encounter.pk, by=portal.story.doctor)


def test_what_every_context_adds_stands_in_the_summary(portal: Portal) -> None:
    found = closed(portal)
    page, data = f"/my/records/{found.pk}", f"/api/patient/consultations/{found.pk}"
    shown = portal.as_zoya.get(page).text
    assert [word for word in TOLD if word not in shown] == []
    assert "Paracetamol" not in shown and "HIV" not in shown and "L81.1" not in shown
    told = {part["heading"]: part["lines"] for part in portal.as_zoya.get(data).json()["parts"]}
    assert list(told) == [
        "Why you came", "What we found", "Medicines", "Tests we asked for", "What is planned", "What to do",
    ]  # fmt: skip
    with acting_as(portal.story.doctor):
        same = {part["heading"]: part["lines"] for part in encounters.summary_parts(found, seen_by=portal.story.doctor)}
    assert {heading: same[heading] for heading in told} == told  # as the doctor signs it, so the patient reads it
    assert same["Medicines"] == [line for line in same["Medicines"] if "Cetirizine" in line] and same["Medicines"]


def test_the_signed_paper_is_the_patients_alone(portal: Portal) -> None:
    found = closed(portal)
    there = f"/my/records/{found.pk}.pdf"
    assert "Show the signed summary" in portal.as_zoya.get(f"/my/records/{found.pk}").text
    paper = portal.as_zoya.get(there)
    assert b"".join(paper).startswith(b"%PDF")  # type: ignore[call-overload]
    assert portal.as_rahul.get(there).status_code == 404
    assert portal.as_rahul.get(f"/my/records/{found.pk}").status_code == 404
    assert portal.as_rahul.get(f"/api/patient/consultations/{found.pk}").status_code == 404
    assert Client().get(there).status_code in (302, 303)
    with acting_as(portal.story.place.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_table="papers_signedpaper")
        assert [read.actor_name for read in reads] == [portal.zoya.name]


def test_a_visit_closed_without_its_summary_is_signed_later(portal: Portal) -> None:
    found, by = closed(portal), portal.story.doctor
    with acting_as(by):
        held = papers.holding(found.pk, papers.Kind.SUMMARY, seen_by=by)
        assert held is not None and not encounters.without_summary(seen_by=by).exists()
    from kalon.papers import actions as signing

    signing.withdraw(held.pk, "Wrong letterhead.", by=by)
    assert "Show the signed summary" not in portal.as_zoya.get(f"/my/records/{found.pk}").text
    doctor, nurse = portal.signed_in(by), portal.signed_in(portal.story.nurse)
    assert "Summaries to sign" in doctor.get("/consultations/my-day").text
    listed = doctor.get("/consultations/summaries").text
    assert "Zoya" in listed
    assert "Sign the summary" in doctor.get(f"/consultations/{found.pk}").text
    for refused in (nurse, portal.as_zoya):
        assert refused.get("/consultations/summaries").status_code in (302, 303, 403)
        assert refused.post(f"/consultations/{found.pk}/summary").status_code in (302, 303, 403)
    with acting_as(by):
        assert encounters.without_summary(seen_by=by).count() == 1
    signed = doctor.post(f"/consultations/{found.pk}/summary", {"from": "list"})
    assert (signed.status_code, signed["Location"]) == (303, "/consultations/summaries")
    assert "Every summary is signed" in doctor.get("/consultations/summaries").text
    assert "Sign a newer summary" in doctor.get(f"/consultations/{found.pk}").text
    again = doctor.post(f"/api/consultations/{found.pk}/summary", content_type="application/json")
    assert (again.status_code, again.json()["kind"]) == (201, "SUMMARY")
    with acting_as(by):
        rows = papers.papers(seen_by=by).filter(source_id=found.pk, kind="SUMMARY")
        assert (rows.count(), rows.filter(withdrawn_at=None).count()) == (3, 1)
