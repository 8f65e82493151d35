"""Diagnoses: made, put first, taken back before signing; and the codes a doctor keeps at hand."""

from typing import Any
from uuid import UUID

from kalon.codes import queries as codes
from kalon.codes.queries import Level, System
from kalon.consultations import queries
from kalon.consultations.lifecycles import Status
from kalon.consultations.models import Consultation, Diagnosis, FavouriteCode, Rank
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

CONDUCT = "consultations.conduct"
OPEN = (Status.IN_CONSULTATION, Status.PLAN_CREATED)
LONGEST_DIAGNOSIS = 400
SAID = (Level.CATEGORY, Level.CODE, Level.EXTENSION)


@verb
def add_diagnosis(pk: UUID, *, code: str = "", words: str = "", by: Actor) -> Diagnosis:
    """Write down a diagnosis: a code of the clinic's classification, or the doctor's own words.

    The first one is the primary diagnosis.
    """
    consultation, doctor = _opened(pk, by=by)
    system = ""
    if code.strip():
        found = codes.code(code, system=queries.classification(seen_by=by))
        if found.level not in SAID:
            raise Invalid(f"{found.code} is a whole chapter of the classification. Choose a code below it.", field="q")
        system, code, words = found.system, found.code, found.title
    words = words.strip()
    if not words:
        raise Invalid("Type a diagnosis, or choose a code.", field="q")
    if len(words) > LONGEST_DIAGNOSIS:
        raise Invalid(f"A diagnosis has at most {LONGEST_DIAGNOSIS} letters; the note holds more.", field="q")
    is_first = not queries.diagnoses_of(consultation, seen_by=by).exists()
    made = Diagnosis(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation=consultation,
        system=system,
        code=code if system else "",
        title=words,
        rank=Rank.PRIMARY if is_first else Rank.SECONDARY,
        made_by=doctor,
        made_at=clock.now(),
    )
    with refusing({"diagnosis_code_once": Clash(f"{made.sentence} is among the diagnoses already.")}):
        made.save(force_insert=True)
    return made


@verb
def put_first(pk: UUID, *, diagnosis_id: UUID, by: Actor) -> Diagnosis:
    """Make a diagnosis the primary one; the one that was becomes secondary."""
    consultation, _doctor = _opened(pk, by=by)
    wanted = _one(consultation, diagnosis_id, by=by)
    standing = queries.diagnoses_of(consultation, seen_by=by)
    standing.filter(rank=Rank.PRIMARY).exclude(pk=wanted.pk).update(rank=Rank.SECONDARY)
    standing.filter(pk=wanted.pk).update(rank=Rank.PRIMARY)
    wanted.rank = Rank.PRIMARY
    return wanted


@verb
def withdraw_diagnosis(pk: UUID, *, diagnosis_id: UUID, by: Actor) -> Diagnosis:
    """Take a diagnosis back while the note is open; the next one becomes the primary."""
    consultation, doctor = _opened(pk, by=by)
    gone = _one(consultation, diagnosis_id, by=by)
    gone.withdrawn_at, gone.withdrawn_by = clock.now(), doctor
    gone.save(update_fields=["withdrawn_at", "withdrawn_by"])
    following = queries.diagnoses_of(consultation, seen_by=by).order_by("id").first()
    if gone.is_primary and following:
        Diagnosis.objects.filter(pk=following.pk).update(rank=Rank.PRIMARY)
    return gone


@verb
def keep_at_hand(code: str, *, by: Actor) -> FavouriteCode:
    """Keep a code among one's favourites."""
    doctor = _doctor(by)
    found = codes.code(code, system=queries.classification(seen_by=by))
    kept, _new = FavouriteCode.objects.get_or_create(
        organization_id=by.organization_id, staff=doctor, system=found.system, code=found.code
    )
    return kept


@verb
def put_away(code: str, *, by: Actor) -> None:
    """Take a code out of one's favourites."""
    system: System = queries.classification(seen_by=by)
    rows = FavouriteCode.objects.filter(organization_id=by.organization_id, staff=_doctor(by), system=system)
    rows.filter(code=code).delete()


def _doctor(by: Actor) -> Any:
    by.must(CONDUCT, do="write diagnoses")
    doctor = people.staff_of(by)
    if doctor is None:
        raise Invalid("Only a member of staff writes diagnoses; sign in as the doctor.")
    return doctor


def _opened(pk: UUID, *, by: Actor) -> tuple[Consultation, Any]:
    doctor = _doctor(by)
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    if consultation.status not in OPEN:
        raise IllegalMove(
            "Diagnoses are written from the start of the consultation until it is signed; what comes later is added "
            "to the signed note.",
            status_is=consultation.status,
        )
    return consultation, doctor


def _one(consultation: Consultation, diagnosis_id: UUID, *, by: Actor) -> Diagnosis:
    found = one(queries.diagnoses_of(consultation, seen_by=by).filter(pk=diagnosis_id))
    if found is None:
        raise NotFound("There is no such diagnosis in this consultation.")
    return found
