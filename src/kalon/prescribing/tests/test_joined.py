"""What one of two joined records knows is checked when something is prescribed on the other."""

from kalon.patients import actions as patients
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.patients.tests.factories import patient
from kalon.prescribing.tests.conftest import Room


def test_an_allergy_and_a_medicine_of_the_joined_record_stop_the_prescription(room: Room) -> None:
    other = patient(room.clinic.owner, given_name="Mira")
    patients.record_allergies(other.pk, "KNOWN", [AllergyDetails(substance="Penicillin")], by=room.nurse)
    patients.add_history(other.pk, HistoryDetails(kind="MEDICATION", text="Warfarin"), by=room.nurse)
    draft = room.draft(room.line("amoxicillin"), room.line("ibuprofen"))

    def found() -> set[str]:
        return {one.finding.key for one in room.judged(draft)}

    alone = found()
    merge = patients.join_records(room.patient.pk, other.pk, (), "Same card", by=room.clinic.owner)
    together = found() - alone
    assert any(key.startswith("allergy:") for key in together), together
    assert any("warfarin" in key for key in together), together
    patients.undo_merge(merge.pk, "Two sisters", by=room.clinic.owner)
    assert found() == alone
