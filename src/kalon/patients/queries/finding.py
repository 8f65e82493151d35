"""One box: a name (misspelt too), phone, record number or date of birth finds the patient."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kalon.kernel import search as tokens
from kalon.kernel.actors import Actor
from kalon.patients.lifecycles import SEARCH
from kalon.patients.models import Patient
from kalon.patients.queries.joining import kept_of
from kalon.people import queries as people

COMPARED = ("id", "organization", "data_key", "mrn", "given_name", "family_name")


@dataclass(frozen=True, slots=True)
class Hit:
    """A patient who may be meant, and by what they were found."""

    patient: Patient
    why: str

    @property
    def patient_id(self) -> UUID:
        return self.patient.pk

    @property
    def name(self) -> str:
        return self.patient.name

    @property
    def mrn(self) -> str:
        return self.patient.mrn

    @property
    def birth_date(self) -> date | None:
        return self.patient.born

    @property
    def phone(self) -> str:
        return self.patient.readable_phone


def search(text: str, *, seen_by: Actor, limit: int = 20) -> list[Hit]:
    """The patients that the text may mean, the best fit first; staff only."""
    seen_by.must(SEARCH, do="search patients")
    here = people.organization(seen_by=seen_by)
    query = tokens.parse_query(text, organization_id=here.pk, region=here.country, shown=limit)
    if not query.steps:
        return []
    rows = Patient.objects.filter(pk__in=tokens.candidates(query), is_active=True)
    # Only what the ranking compares is read and opened; whole rows come for the few that are shown.
    compared = [*COMPARED, "phone"] if query.phone else COMPARED
    ranked = tokens.rank(query, [candidate(row, query) for row in rows.only(*compared)], limit=2 * limit)
    kept = kept_of(found.key for found in ranked)  # by the details of a joined record too, the person is found once
    why: dict[UUID, str] = {}
    for found in ranked:
        why.setdefault(kept.get(found.key, found.key), found.why)
    ids = list(why)[:limit]
    shown = Patient.objects.in_bulk(ids)
    return [Hit(shown[pk], why[pk]) for pk in ids]


def candidate(row: Patient, query: tokens.Query) -> tokens.Candidate:
    """A patient as the ranking wants them: names and record number, and the phone where one was asked for."""
    phones = (row.phone,) if query.phone and row.phone else ()
    names = (row.given_name, row.family_name) if query.names else ()
    return tokens.Candidate(key=row.pk, names=names, phones=phones, mrn=row.mrn)


def search_tokens(of: Patient, *, region: str) -> list[int]:
    """What a patient is found by; written beside the encrypted fields whenever one of them changes."""
    here = of.organization_id
    found = tokens.name_tokens([of.given_name, of.family_name], organization_id=here)
    found |= tokens.mrn_tokens(of.mrn, organization_id=here) | tokens.date_tokens(of.born, organization_id=here)
    if of.phone:
        found |= tokens.phone_tokens(of.phone, organization_id=here, region=region)
    return sorted(found)
