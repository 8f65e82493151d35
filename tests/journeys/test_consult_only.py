"""The consult-only journey (requirements/1 §3.1): from a stranger on the public pages to a summary on the portal.

Told through the verbs, across every context, with what must not happen beside what must.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import embedded
from kalon.billing.actions.gateways import SUCCEEDED, BadSignature
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.people.models import User
from kalon.people.queries import staff_actor
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from tests.journeys.story import MONDAY_EVENING, Story, on_tuesday

ZOYA = PatientDetails(
    given_name="Zoya", family_name="Mirza", birth_date=date(1991, 6, 30), gender="female",
    email="zoya@example.org", phone="+919847011223",
)  # fmt: skip
VITALS = {"systolic": 118, "diastolic": 76, "pulse": 68, "oxygen": 99, "weight": 61, "height": 166}
NOTE = {
    "examination": "Fine lines at the outer corners, skin of good tone.",
    "assessment": "Fine dynamic lines, normal for her age.",
    "advice": "No procedure is needed now. Sunscreen every morning.",
}


def test_a_patient_who_needs_no_procedure(story: Story) -> None:
    rahul = story.registered()

    # Zoya registers herself. Nothing exists until the code that was sent to her comes back.
    registration = patients.start_registration(ZOYA, "a long pass phrase", by=story.visitor)
    code = story.code_sent()
    with story.refused(Invalid, "This code is not right."):
        _confirm_wrongly(story, registration.pk, code)
    zoya = patients.confirm_registration(registration.pk, code, by=story.visitor)
    with story.refused(IllegalMove, "This registration is finished"):
        patients.confirm_registration(registration.pk, code, by=story.visitor)
    herself = story.patient_actor(zoya.pk, "Zoya Mirza")
    assert zoya.mrn.startswith("SK-")
    assert story.now(registration).payload is None
    assert staff_actor(_account(story, herself)) is None  # the account opens no page of the desk

    # She books a consultation for tomorrow at ten: kept for her, not yet confirmed.
    wish = _wish(story, herself)
    with story.refused(NotPermitted, "You can book for yourself"):
        scheduling.book(replace(wish, patient_id=rahul.patient_id), by=herself)
    with story.refused(Invalid, "past"):
        scheduling.book(replace(wish, start=MONDAY_EVENING - timedelta(hours=3)), by=herself)
    visit = scheduling.book(wish, by=herself)
    assert story.state(visit) == "PENDING_PAYMENT"
    assert story.encounter(visit) is None  # born when the visit is confirmed
    with story.refused(Clash, "taken") as clash:
        scheduling.book(replace(wish, patient_id=rahul.patient_id), by=rahul)
    assert len(clash.value.facts["alternatives"]) == 3
    assert "Zoya" not in str(clash.value.as_problem())

    # Her bill stands: one line, exempt from tax, sealed and numbered.
    bill = story.bill(visit)
    assert (bill.status, bill.total, bill.tax, bill.owed) == ("FINALIZED", 1200, 0, 1200)
    assert bill.number
    with acting_as(story.desk):
        assert [line.description for line in bill.lines.all()] == ["Consultation with the surgeon"]

    # Unpaid, nothing goes on: not at the desk, not by her own word, not with another's money.
    with clock.at(on_tuesday("09:50")), story.refused(IllegalMove, "the visit is waiting for payment"):
        scheduling.check_in(visit.pk, by=story.desk)
    with story.refused(NotPermitted, "may not"):
        scheduling.confirm_paid(visit.pk, by=herself)
    with story.refused(NotFound, "There is no such bill."):
        billing.start_online_payment(bill.pk, by=rahul)
    with story.refused(NotFound, "There is no such visit."):
        scheduling.cancel(visit.pk, "Not mine", by=rahul)

    # She pays online. Only the gateway's signed word counts, and it counts once.
    payment = billing.start_online_payment(bill.pk, key="zoya-pays-once", by=herself)
    assert (story.state(payment), payment.amount) == ("PENDING", 1200)
    assert billing.start_online_payment(bill.pk, key="zoya-pays-once", by=herself).pk == payment.pk
    word = embedded.event_body(payment, SUCCEEDED, at=clock.now(), method="upi")
    with story.refused(BadSignature, "not signed by the gateway"):
        embedded.receive("embedded", {embedded.SIGNATURE: "t=1,v1=00"}, word)
    with story.refused(BadSignature, "not signed by the gateway"):
        embedded.receive("embedded", _signed(story, word), word.replace(b'"1200.00"', b'"12.00"'))
    assert embedded.receive("embedded", _signed(story, word), word) == "received"
    assert embedded.receive("embedded", _signed(story, word), word) == "duplicate"
    with story.refused(IllegalMove, "nothing is owed on it"):
        billing.start_online_payment(bill.pk, by=herself)
    with story.refused(IllegalMove, "nothing is owed on it"):
        billing.take_payment(bill.pk, "CASH", bill.total, by=story.desk)

    # The visit is confirmed, its encounter is born, the receipt is there.
    encounter = story.encounter(visit)
    assert encounter is not None
    assert (story.state(bill), story.state(payment), story.state(visit)) == ("PAID", "SUCCEEDED", "CONFIRMED")
    assert (encounter.status, encounter.kind, encounter.complaint) == ("SCHEDULED", "INITIAL", wish.chief_complaint)
    assert story.now(payment).receipt_number
    assert billing.receipt_pdf(payment.pk, by=herself).startswith(b"%PDF")
    with story.refused(NotFound, "There is no such payment."):
        billing.receipt_pdf(payment.pk, by=rahul)

    # Nobody is seen before they have come, and nobody comes on the wrong day.
    with story.refused(NotReady, "The visit is on 24 Nov."):
        scheduling.check_in(visit.pk, by=story.desk)
    with story.refused(IllegalMove, "the consultation is scheduled"):
        consultations.start_triage(encounter.pk, by=story.nurse)
    with story.refused(IllegalMove, "the consultation is scheduled"):
        consultations.begin(encounter.pk, by=story.doctor)

    # Tuesday. The desk checks her in; she cannot do that herself.
    with clock.at(on_tuesday("09:50")):
        with story.refused(NotPermitted, "may not check the patient in"):
            scheduling.check_in(visit.pk, by=herself)
        scheduling.check_in(visit.pk, by=story.desk)
        assert (story.state(visit), story.state(encounter)) == ("CHECKED_IN", "CHECKED_IN")
        with story.refused(IllegalMove, "the visit is arrived"):
            scheduling.check_in(visit.pk, by=story.desk)

    # The nurse measures. She may not see the patient in the doctor's place.
    with clock.at(on_tuesday("09:55")):
        consultations.start_triage(encounter.pk, by=story.nurse)
        consultations.record_vitals(encounter.pk, measured=VITALS, by=story.nurse)
        assert (story.state(visit), story.state(encounter)) == ("CHECKED_IN", "IN_TRIAGE")
        with story.refused(Invalid, "cannot be right"):
            consultations.record_vitals(encounter.pk, measured={"pulse": 900}, by=story.nurse)
        with story.refused(NotPermitted, "may not start the consultation"):
            consultations.begin(encounter.pk, by=story.nurse)
        with story.refused(IllegalMove, "the consultation is in triage"):
            consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=NOTE, by=story.doctor)

    # The doctor begins. Without having asked about allergies, and without words, there is no outcome.
    with clock.at(on_tuesday("10:02")):
        consultations.begin(encounter.pk, by=story.doctor)
        assert (story.state(visit), story.state(encounter)) == ("IN_PROGRESS", "IN_CONSULTATION")
        with story.refused(IllegalMove, "the consultation is with the doctor"):
            consultations.close(encounter.pk, by=story.doctor)
        with story.refused(NotReady, "The doctor has not signed the consultation yet."):
            scheduling.complete(visit.pk, by=story.doctor)
        with story.refused(NotReady, "Ask about allergies"):
            consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=NOTE, by=story.doctor)
        patients.record_allergies(zoya.pk, "NONE_KNOWN", by=story.doctor)
        with story.refused(NotReady, "Write the assessment"):
            consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note={}, by=story.doctor)
        with story.refused(Invalid, "Choose the outcome."):
            consultations.record_outcome(encounter.pk, outcome="MIRACLE", note=NOTE, by=story.doctor)

    # "No procedure recommended." Until it is signed the patient reads nothing.
    with clock.at(on_tuesday("10:20")):
        decided = consultations.record_outcome(encounter.pk, outcome="NO_ACTION", note=NOTE, by=story.doctor)
        assert (decided.status, decided.outcome, decided.follow_up_on) == ("PLAN_CREATED", "NO_ACTION", None)
        assert _summaries(herself) == []
        with story.refused(NotPermitted, "may not sign and close"):
            consultations.close(encounter.pk, by=story.nurse)
        with story.refused(IllegalMove, "while the patient is here"):
            consultations.save_section(encounter.pk, section="plan", text="More.", edition=0, by=story.doctor)
        consultations.close(encounter.pk, by=story.doctor)
    assert (story.state(visit), story.state(encounter)) == ("COMPLETED", "CLOSED")

    # What is closed stays closed.
    with clock.at(on_tuesday("10:25")):
        with story.refused(IllegalMove, "the consultation is closed"):
            consultations.close(encounter.pk, by=story.doctor)
        with story.refused(IllegalMove, "the consultation is closed"):
            consultations.reopen(encounter.pk, reason="I changed my mind", by=story.doctor)
        with story.refused(IllegalMove, "the visit is done"):
            scheduling.cancel(visit.pk, "Too late", by=story.desk)
        with story.refused(IllegalMove, "the visit is done"):
            scheduling.check_in(visit.pk, by=story.desk)

    # At home she reads the summary: her own, and nobody else's.
    with clock.at(on_tuesday("19:00")):
        summary = consultations.read(encounter.pk, purpose="own summary", by=herself)
        assert (summary.get_outcome_display(), summary.assessment) == ("No procedure recommended", NOTE["assessment"])
        assert _summaries(herself) == [encounter.pk]
        with story.refused(NotFound, "There is no such consultation."):
            consultations.read(encounter.pk, purpose="curiosity", by=rahul)
        assert _summaries(rahul) == []
    assert ("Zoya Mirza", "own summary") in story.readers(encounter)

    # Each message was written once and handed over once, and the worker has nothing left to say.
    story.carry_out()
    expected = {
        "registration-code": 1,
        "registration-welcome": 2,  # hers, and Rahul's from the desk
        "payment-received": 1,
        "appointment-confirmed": 1,
        "check-in-notice": 1,
        "summary-ready": 1,
    }
    assert (story.told(), story.handed_over()) == (expected, expected)
    assert story.carry_out() == 0

    # The log knows who moved what.
    assert story.moves(visit) == [
        ("", "PENDING_PAYMENT", "Zoya Mirza"),
        ("PENDING_PAYMENT", "CONFIRMED", "billing"),
        ("CONFIRMED", "CHECKED_IN", "Sini Paul"),
        ("CHECKED_IN", "IN_PROGRESS", "Dr Kavya Menon"),
        ("IN_PROGRESS", "COMPLETED", "Dr Kavya Menon"),
    ]
    assert story.moves(encounter) == [
        ("", "SCHEDULED", "billing"),
        ("SCHEDULED", "CHECKED_IN", "Sini Paul"),
        ("CHECKED_IN", "IN_TRIAGE", "Asha Jacob"),
        ("IN_TRIAGE", "IN_CONSULTATION", "Dr Kavya Menon"),
        ("IN_CONSULTATION", "PLAN_CREATED", "Dr Kavya Menon"),
        ("PLAN_CREATED", "CLOSED", "Dr Kavya Menon"),
    ]
    with acting_as(story.place.system):
        assert bills.mismatches(seen_by=story.place.system) == []


@pytest.mark.parametrize(
    ("outcome", "more", "on_file", "told_to_patient"),
    [
        ("FOLLOW_UP", {"follow_up_on": date(2026, 12, 22)}, "follow_up_on", "Follow-up"),
        ("PROCEDURE_PLANNED", {}, "", "Procedure recommended"),
        ("CONSERVATIVE", {}, "", "Treatment without a procedure"),
        ("REFERRED", {"referred_to": "Dr Anil Joseph, physician"}, "referred_to", "Referred to another doctor"),
    ],
)
def test_every_other_outcome_is_recorded_and_closed(
    story: Story, outcome: str, more: dict[str, Any], on_file: str, told_to_patient: str
) -> None:
    herself, encounter = _with_the_doctor(story)
    note = {**NOTE, "referred_to": more.get("referred_to", "")}

    with clock.at(on_tuesday("10:20")):
        if on_file:
            without = {**note, "referred_to": ""}
            with story.refused(Invalid, "when" if outcome == "FOLLOW_UP" else "to whom"):
                consultations.record_outcome(encounter.pk, outcome=outcome, note=without, by=story.doctor)
        consultations.record_outcome(
            encounter.pk, outcome=outcome, note=note, follow_up_on=more.get("follow_up_on"), by=story.doctor
        )
        closed = consultations.close(encounter.pk, by=story.doctor)
        summary = consultations.read(encounter.pk, purpose="own summary", by=herself)

    assert (closed.status, closed.outcome) == ("CLOSED", outcome)
    assert story.state(closed.appointment) == "COMPLETED"
    assert summary.get_outcome_display() == told_to_patient
    if on_file:
        assert getattr(summary, on_file) == more[on_file]


def test_a_patient_who_left_unseen(story: Story) -> None:
    """Paid and checked in, but gone before the doctor called: nothing clinical remains, the money is on account."""
    herself, visit = _confirmed(story)
    with clock.at(on_tuesday("09:50")):
        scheduling.check_in(visit.pk, by=story.desk)
        with story.refused(Invalid, "Write why"):
            scheduling.cancel(visit.pk, "", by=story.desk)
        scheduling.cancel(visit.pk, "Was called home", by=story.desk)
        story.carry_out()
    encounter = story.encounter(visit)
    assert encounter is not None
    assert (story.state(visit), encounter.status) == ("CANCELLED", "CANCELLED")
    with acting_as(herself):
        money = bills.money_of(herself.patient_id, seen_by=herself)  # type: ignore[arg-type]
    assert (money.owed, money.on_account) == (0, 1200)


def _with_the_doctor(story: Story) -> tuple[Actor, Any]:
    """Up to the moment when the doctor has begun."""
    herself, visit = _confirmed(story)
    with clock.at(on_tuesday("09:50")):
        scheduling.check_in(visit.pk, by=story.desk)
        encounter = story.encounter(visit)
        assert encounter is not None
        patients.record_allergies(visit.patient_id, "NONE_KNOWN", by=story.nurse)
        consultations.begin(encounter.pk, by=story.doctor)
    return herself, encounter


def _confirmed(story: Story) -> tuple[Actor, Any]:
    """A visit that the patient booked online and paid at the desk."""
    herself = story.registered("Zoya", "Mirza", "+919847011223")
    visit = scheduling.book(_wish(story, herself), by=herself)
    bill = story.bill(visit)
    billing.take_payment(bill.pk, "CARD", bill.total, "4711", by=story.desk)
    return herself, visit


def _wish(story: Story, patient: Actor) -> BookingRequest:
    assert patient.patient_id is not None
    return BookingRequest(
        patient_id=patient.patient_id,
        branch_id=story.place.branch.pk,
        doctor_id=story.dr_menon.pk,
        service_id=story.consultation_service.pk,
        start=on_tuesday("10:00"),
        source="SELF_SERVICE",
        chief_complaint="Lines around my eyes",
    )


def _confirm_wrongly(story: Story, registration_id: Any, code: str) -> None:
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    patients.confirm_registration(registration_id, wrong, by=story.visitor)


def _account(story: Story, actor: Actor) -> Any:
    with acting_as(story.place.system):
        return User.objects.get(pk=actor.user_id)


def _signed(story: Story, word: bytes) -> dict[str, str]:
    return {embedded.SIGNATURE: embedded.signature(word, story.place.organization_id)}


def _summaries(patient: Actor) -> list[Any]:
    assert patient.patient_id is not None
    with acting_as(patient):
        return [row.pk for row in encounters.summaries_of(patient.patient_id, seen_by=patient)]
