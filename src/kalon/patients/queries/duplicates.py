"""Who may be the same person: the warning before a second record of somebody is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kalon.kernel import search as tokens
from kalon.kernel.actors import Actor
from kalon.patients.lifecycles import SEARCH
from kalon.patients.models import Patient
from kalon.patients.queries.joining import kept_of
from kalon.patients.rules import PatientDetails, likeness, same_birthday
from kalon.people import queries as people

ALIKE, VERY_ALIKE = 0.86, 0.93
MOST = 5


@dataclass(frozen=True, slots=True)
class Double:
    """A patient who may be the same person, how sure that is (0 to 1), and why in words."""

    patient: Patient
    likeness: float
    why: str

    def as_fact(self) -> dict[str, str]:
        """What a refusal says of it: no name, that is read (and logged) on the record itself."""
        return {"id": str(self.patient.pk), "mrn": self.patient.mrn, "why": self.why}


def possible_duplicates(details: PatientDetails, *, seen_by: Actor) -> list[Double]:
    """Patients with the same phone, the same name and birth date, or nearly so; the likeliest first."""
    seen_by.must(SEARCH, do="search patients")
    here = people.organization(seen_by=seen_by)
    asked = [details.name, f"{details.name} {details.birth_date}", details.phone]
    ids = set()
    for text in filter(None, asked):
        query = tokens.parse_query(text, organization_id=here.pk, region=here.country)
        ids.update(tokens.candidates(query))
    rows = Patient.objects.filter(pk__in=ids, is_active=True)
    found = [double for row in rows if (double := compare(details, row)) is not None]
    found.sort(key=lambda double: -double.likeness)
    kept = kept_of(double.patient.pk for double in found)
    whole = Patient.objects.in_bulk(list(kept.values()))
    people_found: dict[UUID, Double] = {}
    for double in found:  # a joined record is known by its own details, and stands for the one that was kept
        one = whole.get(kept.get(double.patient.pk, double.patient.pk), double.patient)
        people_found.setdefault(one.pk, replace(double, patient=one))
    return list(people_found.values())[: MOST + 1]


def alike(patient: Patient, *, seen_by: Actor) -> list[Double]:
    """Other records that may be of the same person as this one; the likeliest first."""
    details = PatientDetails(
        given_name=patient.given_name, family_name=patient.family_name, birth_date=patient.born, phone=patient.phone
    )
    return [double for double in possible_duplicates(details, seen_by=seen_by) if double.patient != patient]


def compare(details: PatientDetails, row: Patient) -> Double | None:
    """Why these two may be one person, or None when nothing says so."""
    alike = likeness([details.given_name, details.family_name], [row.given_name, row.family_name])
    birthday = same_birthday(row.born, details.birth_date)  # type: ignore[arg-type]
    phone = bool(details.phone) and row.phone == details.phone
    reasons: Sequence[tuple[bool, float, str]] = (
        (alike >= ALIKE and birthday and phone, 1.0, "same name, birth date and phone"),
        (alike >= VERY_ALIKE and birthday, 0.97, "same name and birth date"),
        (birthday and phone, 0.9, "same birth date and phone"),
        (alike >= ALIKE and phone, 0.88, "similar name, same phone"),
        (alike >= ALIKE and birthday, 0.85, "similar name, same birth date"),
        (phone, 0.6, "same phone"),
        (alike >= 0.97, 0.5, "same name, another birth date"),
    )
    return next((Double(row, score, why) for holds, score, why in reasons if holds), None)
