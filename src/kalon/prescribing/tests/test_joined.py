"""What one of two joined records knows is checked when something is prescribed on the other."""

import pytest

from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.queries import joining
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.patients.tests.factories import patient
from kalon.prescribing import actions
from kalon.prescribing.tests.conftest import Room
from kalon.scheduling import actions as scheduling


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


def test_a_prescription_of_the_joined_record_is_repeated_on_the_one_that_is_kept(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, kept = room.signed(), patient(room.clinic.owner, given_name="Mira")
    monkeypatch.setattr(joining, "_checks", [])  # the consultation is open, which would stand in the way
    patients.record_allergies(kept.pk, "NONE_KNOWN", by=room.nurse)
    visit = room.clinic.booked("11:00", patient_id=kept.pk)
    scheduling.check_in(visit.pk, by=room.clinic.desk)
    with acting_as(room.clinic.desk):
        born = encounters.of_appointment(visit.pk, seen_by=room.clinic.desk)
    assert born is not None
    draft = actions.start(consultations.begin(born.pk, by=room.doctor).pk, by=room.doctor)
    with pytest.raises(Invalid, match="of the same patient"):
        actions.repeat(draft.pk, earlier.pk, by=room.doctor)
    patients.join_records(kept.pk, room.patient.pk, (), "Same card", by=room.clinic.owner)
    again = actions.repeat(draft.pk, earlier.pk, by=room.doctor)
    assert [item.name for item in again.items.all()] == [item.name for item in earlier.items.all()]
    assert again.repeats_id is None
