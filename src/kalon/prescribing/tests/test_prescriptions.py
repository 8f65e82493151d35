"""A prescription from its first medicine to its seal, and everybody who is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.papers import queries as papers
from kalon.papers.queries import Kind
from kalon.patients import actions as patients
from kalon.prescribing import actions, queries
from kalon.prescribing.actions import Advice, LineDetails
from kalon.prescribing.models import KeptFinding, Prescription, PrescriptionItem
from kalon.prescribing.tests.conftest import Room


def test_a_doctor_prescribes_and_signs_in_their_own_consultation(room: Room):
    done = room.signed(room.paracetamol(), room.line("cetirizine", days=5))
    assert (done.status, done.number, done.serial) == ("FINALIZED", f"{room.clinic.branch.code[:4]}/RX26/00001", 1)
    again = room.again(done)
    assert [(item.name, item.quantity) for item in again.items.all()] == [("Paracetamol", 15), ("Cetirizine", 5)]
    assert [one.finding.key for one in room.judged(done)][-1] == "limited"


def test_numbers_go_on_without_a_gap_and_a_refused_one_is_not_lost(room: Room):
    first = room.signed()
    stopped = room.draft(room.line("isotretinoin", days=28), room.line("doxycycline", days=28))
    with pytest.raises(NotReady, match="Stopped: Isotretinoin with Doxycycline"):
        actions.finalize(stopped.pk, by=room.doctor)
    assert [first.serial, room.signed().serial] == [1, 2]


def test_several_prescriptions_hang_from_one_consultation(room: Room):
    room.signed()
    room.draft(room.paracetamol())
    with acting_as(room.doctor):
        assert queries.of_consultation(room.encounter.pk, seen_by=room.doctor).count() == 2


def test_another_doctor_does_not_prescribe_in_this_consultation(room: Room):
    with pytest.raises(NotPermitted, match="another doctor's consultation"):
        actions.start(room.encounter.pk, by=room.other_doctor)
    mine = room.draft(room.paracetamol())
    with pytest.raises(NotPermitted, match="Only the doctor who began"):
        actions.add_item(mine.pk, room.paracetamol(), by=room.other_doctor)
    with pytest.raises(NotPermitted):
        actions.finalize(mine.pk, by=room.other_doctor)
    assert room.again(mine).items.count() == 1 and room.again(mine).is_draft


def test_the_counter_sees_what_is_signed_and_no_draft(room: Room):
    draft, signed = room.draft(room.paracetamol()), room.signed()
    with acting_as(room.pharmacist):
        seen = [row.pk for row in queries.prescriptions(seen_by=room.pharmacist)]
        with pytest.raises(NotFound):
            queries.prescription(draft.pk, seen_by=room.pharmacist)
    assert seen == [signed.pk]


@pytest.mark.parametrize("who", ["nurse", "pharmacist", "desk"])
def test_only_doctors_write(room: Room, who: str):
    actor = room.clinic.desk if who == "desk" else getattr(room, who)
    mine = room.draft(room.paracetamol())
    item = mine.items.all()[0]
    for refused in (
        lambda: actions.start(room.encounter.pk, by=actor),
        lambda: actions.add_item(mine.pk, room.paracetamol(), by=actor),
        lambda: actions.save_item(mine.pk, item.pk, room.paracetamol(days=9), by=actor),
        lambda: actions.remove_item(mine.pk, item.pk, by=actor),
        lambda: actions.write_advice(mine.pk, Advice(advice="x"), by=actor),
        lambda: actions.answer(mine.pk, "x", "because", by=actor),
        lambda: actions.keep_favourite(mine.pk, item.pk, by=actor),
        lambda: actions.finalize(mine.pk, by=actor),
        lambda: actions.cancel(mine.pk, "why", by=actor),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            refused()
    after = room.again(mine)
    assert (after.status, after.advice, [one.days for one in after.items.all()]) == ("DRAFT", "", [5])


def test_nothing_is_prescribed_after_the_consultation_is_closed(room: Room):
    note = {"examination": "Acne.", "assessment": "Acne.", "advice": "Gel."}
    consultations.record_outcome(room.encounter.pk, outcome="NO_ACTION", note=note, by=room.doctor)
    room.draft()  # the outcome is recorded, the note not signed yet
    consultations.close(room.encounter.pk, by=room.doctor)
    with pytest.raises(IllegalMove, match="while the consultation is open"):
        actions.start(room.encounter.pk, by=room.doctor)


def test_an_empty_prescription_is_not_signed(room: Room):
    with pytest.raises(NotReady, match="at least one medicine"):
        actions.finalize(room.draft().pk, by=room.doctor)


def test_nobody_prescribes_before_allergies_were_asked(room: Room):
    with acting_as(room.clinic.system):
        type(room.patient).objects.filter(pk=room.patient.pk).update(
            allergy_state="NOT_RECORDED", allergies_asked_at=None, allergies_asked_by=""
        )
    mine = room.draft(room.paracetamol())
    assert room.keys(mine) == ["unchecked:allergies"]
    with pytest.raises(NotReady):
        actions.finalize(mine.pk, by=room.doctor)
    actions.answer(mine.pk, "unchecked:allergies", "In a hurry", by=room.doctor)  # no reason opens this lock
    with pytest.raises(NotReady, match="Ask about allergies"):
        actions.finalize(mine.pk, by=room.doctor)


def test_a_hard_stop_needs_a_reason_and_the_reason_is_kept(room: Room):
    room.reacts_to("Penicillin")
    mine = room.draft(room.line("amoxicillin", frequency="TDS", days=5, dose_unit="capsule"))
    assert room.keys(mine) == ["allergy:penicillin:amoxicillin"]
    with pytest.raises(NotReady, match="write why"):
        actions.finalize(mine.pk, by=room.doctor)
    actions.answer(
        mine.pk, "allergy:penicillin:amoxicillin", "Tolerated it last year after a challenge.", by=room.doctor
    )
    done = actions.finalize(mine.pk, by=room.doctor)
    with acting_as(room.doctor):
        kept = KeptFinding.objects.select_related("patient").get(prescription=done, severity="stop")
        assert (kept.reason, kept.answered_by_id) == ("Tolerated it last year after a challenge.", done.doctor_id)
        assert "2022 practice parameter" in kept.source
    assert [one.reason for one in room.judged(done) if one.finding.is_stop] == [kept.reason]


def test_a_reason_taken_back_stops_again(room: Room):
    room.reacts_to("Penicillin")
    mine = room.draft(room.line("amoxicillin", days=5))
    for reason in ("Tolerated", "   "):
        actions.answer(mine.pk, "allergy:penicillin:amoxicillin", reason, by=room.doctor)
    with pytest.raises(NotReady):
        actions.finalize(mine.pk, by=room.doctor)
    with pytest.raises(NotFound, match="not there any more"):
        actions.answer(mine.pk, "allergy:something:else", "x", by=room.doctor)


def test_what_the_patient_told_and_what_still_runs_count(room: Room):
    room.takes("Doxycycline 100 mg daily, from another clinic")
    mine = room.draft(room.line("isotretinoin", days=28, dose_unit="capsule"))
    assert room.keys(mine) == ["interaction:doxycycline:isotretinoin"]
    earlier = room.signed(room.line("warfarin", days=90))
    assert earlier.status == "FINALIZED"
    nsaid = room.draft(room.line("ibuprofen", days=3))
    assert "interaction:ibuprofen:warfarin" in room.keys(nsaid)
    actions.cancel(earlier.pk, "Stopped by the cardiologist", by=room.doctor)
    assert "interaction:ibuprofen:warfarin" not in room.keys(nsaid)


def test_a_course_that_is_over_counts_no_more(room: Room):
    room.signed(room.line("warfarin", days=10))
    later = clock.now() + timedelta(days=11)
    with clock.at(later), acting_as(room.doctor):
        assert "Warfarin" not in queries.taking(room.patient.pk, seen_by=room.doctor)
    with acting_as(room.doctor):
        assert "Warfarin" in queries.taking(room.patient.pk, seen_by=room.doctor)


def test_the_weight_of_the_vitals_decides(room: Room):
    numb = room.line("lidocaine", strength="1 %", dose=Decimal(25), dose_unit="mL", frequency="STAT")
    mine = room.draft(numb)
    assert "weight:lidocaine:once" in room.keys(mine, "warn")
    room.weighs("50")
    assert room.keys(mine) == ["dose:lidocaine:once"]
    room.weighs("80")
    assert room.keys(mine) == []


def test_pregnancy_and_kidneys_are_asked_on_the_prescription(room: Room):
    mine = room.draft(
        room.line("isotretinoin", days=28, dose_unit="capsule"), room.line("methotrexate", days=28, frequency="WEEKLY")
    )
    actions.write_advice(mine.pk, Advice(pregnancy="YES", kidneys="REDUCED"), by=room.doctor)
    assert {"pregnancy:isotretinoin", "renal:methotrexate"} <= set(room.keys(mine))


def test_what_is_signed_is_signed(room: Room):
    done = room.signed()
    item = room.again(done).items.all()[0]
    for refused in (
        lambda: actions.add_item(done.pk, room.paracetamol(), by=room.doctor),
        lambda: actions.save_item(done.pk, item.pk, room.paracetamol(days=9), by=room.doctor),
        lambda: actions.remove_item(done.pk, item.pk, by=room.doctor),
        lambda: actions.write_advice(done.pk, Advice(advice="x"), by=room.doctor),
        lambda: actions.finalize(done.pk, by=room.doctor),
    ):
        with pytest.raises(IllegalMove, match="sealed"):
            refused()


def test_the_paper_is_signed_and_withdrawn_with_its_prescription(room: Room):
    done = room.signed()
    with acting_as(room.doctor):
        held = papers.holding(done.pk, Kind.PRESCRIPTION, seen_by=room.doctor)
        assert held is not None and (held.number, held.signer) == (done.number, "Dr Kavya Menon")
        _, content = papers.content(held.pk, seen_by=room.doctor)
        assert content.startswith(b"%PDF") and b"ByteRange" in content
    actions.cancel(done.pk, "Wrong patient", by=room.doctor)
    with acting_as(room.doctor):
        assert papers.holding(done.pk, Kind.PRESCRIPTION, seen_by=room.doctor) is None


def test_the_last_one_is_repeated_as_it_was(room: Room):
    earlier = room.signed(room.paracetamol(instructions="Not with other paracetamol"), room.line("cetirizine", days=5))
    mine = room.draft()
    actions.repeat(mine.pk, earlier.pk, by=room.doctor)
    told = [(item.name, item.frequency, item.days, item.instructions) for item in room.again(mine).items.all()]
    assert told == [("Paracetamol", "TDS", 5, "Not with other paracetamol"), ("Cetirizine", "OD", 5, "")]
    assert room.again(mine).repeats_id == earlier.pk


def test_a_favourite_holds_the_line_and_nothing_of_the_patient(room: Room):
    from kalon.prescribing.actions.favourites import line_of

    mine = room.draft(room.paracetamol(instructions="For Meera only"))
    kept = actions.keep_favourite(mine.pk, mine.items.all()[0].pk, by=room.doctor)
    assert "Meera" not in str(kept.line) and "instructions" not in kept.line
    added = actions.add_item(mine.pk, line_of(kept), by=room.doctor)
    assert (added.name, added.frequency, added.days, added.quantity) == ("Paracetamol", "TDS", 5, 15)
    with acting_as(room.other_doctor):
        assert not queries.favourites(seen_by=room.other_doctor).exists()
    with pytest.raises(NotFound):
        actions.forget_favourite(kept.pk, by=room.other_doctor)
    actions.forget_favourite(kept.pk, by=room.doctor)


def test_tapering_is_kept_as_steps_and_counted(room: Room):
    steps = [{"dose": "4", "frequency": "OD", "days": 5}, {"dose": "2", "frequency": "OD", "days": 5}]
    mine = room.draft(room.line("prednisolone", steps=steps))
    item = mine.items.all()[0]
    assert (item.quantity, item.sentence) == (
        30,
        "4 tablets once a day for 5 days, then 2 tablets once a day for 5 days",
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "", "medicine": ""}, "name"),
        ({"medicine": "unobtainium"}, "name"),
        ({"dose": Decimal(0)}, "dose"),
        ({"dose": Decimal("-1")}, "dose"),
        ({"dose": Decimal("NaN")}, "dose"),
        ({"dose": Decimal("0.0001")}, "dose"),
        ({"dose_unit": "handful"}, "dose_unit"),
        ({"frequency": "OFTEN"}, "frequency"),
        ({"frequency": "EVERY"}, "every_hours"),
        ({"frequency": "EVERY", "every_hours": 25}, "every_hours"),
        ({"frequency": "SOS"}, "most_a_day"),
        ({"days": 0}, "days"),
        ({"days": 400}, "days"),
        ({"timing": "NEVER"}, "timing"),
        ({"quantity": Decimal(-3)}, "quantity"),
        ({"steps": [{"dose": "x", "frequency": "OD", "days": 1}]}, "steps"),
        ({"steps": [{"dose": "1", "frequency": "SOS", "days": 1}]}, "steps"),
        ({"steps": [{"dose": "1", "frequency": "OD", "days": 0}]}, "steps"),
        ({"instructions": "x" * 1001}, "instructions"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field(room: Room, more: dict, field: str):
    mine = room.draft()
    with pytest.raises(Invalid) as refusal:
        actions.add_item(mine.pk, room.paracetamol(**more), by=room.doctor)
    assert field in refusal.value.facts["errors"]
    assert room.again(mine).items.count() == 0


@pytest.mark.parametrize(
    "given",
    [
        Advice(pregnancy="MAYBE"),
        Advice(kidneys="?"),
        Advice(refills=2),
        Advice(refills=13, refills_until=clock.now().date()),
        Advice(refills=1, refills_until=clock.now().date() - timedelta(days=900)),
        Advice(advice="x" * 4001),
    ],
)
def test_bad_advice_gets_a_sentence(room: Room, given: Advice):
    mine = room.draft(room.paracetamol())
    with pytest.raises(Invalid):
        actions.write_advice(mine.pk, given, by=room.doctor)
    assert room.again(mine).refills == 0


def test_a_patient_reads_their_own_once_it_is_signed(room: Room):
    mine, done = room.draft(room.paracetamol()), room.signed()
    me, other = room.clinic.patient_actor(), room.clinic.patient_actor(room.clinic.other_patient)
    with acting_as(me):
        assert [row.pk for row in queries.prescriptions(seen_by=me)] == [done.pk]
        assert Prescription.objects.count() == 1 and PrescriptionItem.objects.count() == 1
        with pytest.raises(NotFound):
            queries.prescription(mine.pk, seen_by=me)
    with acting_as(other):
        assert not queries.prescriptions(seen_by=other).exists() and not Prescription.objects.exists()
    assert mine.pk != done.pk


def test_the_words_are_encrypted_where_they_lie(room: Room):
    mine = room.draft(LineDetails(name="Zorblax forte", instructions="With honey"))
    with acting_as(room.doctor):
        row = PrescriptionItem.objects.values_list("name", "instructions").get(prescription=mine)
    assert b"Zorblax" not in bytes(row[0]) and b"honey" not in bytes(row[1])


def test_an_allergy_recorded_meanwhile_counts_at_once(room: Room):
    mine = room.draft(room.line("amoxicillin", days=5))
    assert room.keys(mine) == []
    room.reacts_to("Penicillin")
    assert room.keys(mine) == ["allergy:penicillin:amoxicillin"]
    patients.record_allergies(room.patient.pk, "NONE_KNOWN", by=room.nurse)
    assert room.keys(mine) == []
