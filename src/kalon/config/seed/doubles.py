"""Somebody who registered a second time under her maiden name, and was recognised at the desk this morning."""

from typing import Any

from kalon.config.seed.clinic import Place
from kalon.patients import actions
from kalon.patients.rules import AllergyDetails, PatientDetails


def join(place: Place, patient: Any) -> None:
    """The second record brings a phone and an allergy; it can still be separated."""
    desk = place.by["frontdesk"]
    again = actions.register(
        PatientDetails(
            given_name=patient.given_name,
            family_name="Kurup",
            birth_date=patient.born,
            gender=patient.gender,
            phone="+919846301177",
            confirmed_not_duplicate=True,
        ),
        by=desk,
    )
    actions.record_allergies(
        again.pk, "KNOWN", [AllergyDetails(substance="Latex", kind="LATEX", reaction="itching")], by=place.by["nurse"]
    )
    reason = "Same identity card; the first registration was under her maiden name"
    actions.join_records(patient.pk, again.pk, ("phone",), reason, by=desk)
