"""Patients for the clinic's own programs."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.errors import Invalid
from kalon.patients import actions, queries
from kalon.patients.api.schemas import (
    AllergiesIn,
    AllergiesOut,
    AllergyOut,
    ContactIn,
    ContactOut,
    CorrectionIn,
    CoverageIn,
    CoverageOut,
    HitOut,
    JoinIn,
    LookedOut,
    MedicalHistoryIn,
    MedicalHistoryOut,
    MergeOut,
    PatientOut,
    RegisterIn,
    TimelineOut,
    UndoIn,
)
from kalon.patients.lifecycles import AUDIT, READ
from kalon.patients.models import Patient
from kalon.patients.queries import timeline
from kalon.web.fronts import actor_of

router = Router(tags=["patients"])

MOST_HITS = 50


@router.get("", response=Page[HitOut], summary="Search patients, or list them newest first")
def list_patients(request: HttpRequest, q: str = "") -> Any:
    """`q` is a name (misspelt too), phone, record number or date of birth; the best fit comes first."""
    by = actor_of(request)
    if q.strip():
        hits = [hit.patient for hit in queries.search(q, seen_by=by, limit=MOST_HITS)]
        audit.reads(by, hits, purpose="search")
        return {"items": [HitOut.of(row) for row in hits], "next": None}
    rows = queries.joining.standing(queries.patients(seen_by=by).filter(is_active=True))
    return paged(request, rows, HitOut.of, seen=lambda shown: audit.reads(by, shown, purpose="list of patients"))


@router.post("", response={201: PatientOut}, summary="Register a patient at the desk")
def register(request: HttpRequest, body: RegisterIn) -> Any:
    """409 with `duplicates` when this may be somebody who has a record already."""
    details = body.details(confirmed_not_duplicate=body.confirmed_not_duplicate)
    return 201, PatientOut.of(actions.register(details, by=actor_of(request)))


@router.get("/{uuid:pk}", response=PatientOut, summary="A patient's details")
def show(request: HttpRequest, pk: UUID) -> Any:
    return PatientOut.of(_seen(request, pk, "details"))


@router.patch("/{uuid:pk}", response=PatientOut, summary="Put details right")
def correct(request: HttpRequest, pk: UUID, body: CorrectionIn) -> Any:
    """409 when `version` is not the present one: somebody changed the record meanwhile."""
    by = actor_of(request)
    return PatientOut.of(actions.correct(pk, body.changes(), version=body.version, reason=body.reason, by=by))


@router.get("/{uuid:pk}/allergies", response=AllergiesOut, summary="What is known of allergies")
def show_allergies(request: HttpRequest, pk: UUID) -> Any:
    return _allergies(request, _seen(request, pk, "allergies"))


@router.put("/{uuid:pk}/allergies", response=AllergiesOut, summary="Write down what was answered about allergies")
def record_allergies(request: HttpRequest, pk: UUID, body: AllergiesIn) -> Any:
    answer = body.answer()
    return _allergies(request, actions.record_allergies(pk, answer.state, answer.allergies, by=actor_of(request)))


@router.get("/{uuid:pk}/contacts", response=list[ContactOut], summary="Guardians and other contacts")
def show_contacts(request: HttpRequest, pk: UUID) -> Any:
    _seen(request, pk, "contacts")
    return [ContactOut.of(row) for row in queries.contacts(pk, seen_by=actor_of(request))]


@router.post("/{uuid:pk}/contacts", response={201: ContactOut}, summary="Add a contact or a guardian")
def add_contact(request: HttpRequest, pk: UUID, body: ContactIn) -> Any:
    return 201, ContactOut.of(actions.add_contact(pk, body.details(), by=actor_of(request)))


@router.get("/{uuid:pk}/coverage", response=list[CoverageOut], summary="Insurance policies")
def show_coverage(request: HttpRequest, pk: UUID) -> Any:
    _seen(request, pk, "insurance")
    return [CoverageOut.of(row) for row in queries.coverages(pk, seen_by=actor_of(request))]


@router.post("/{uuid:pk}/coverage", response={201: CoverageOut}, summary="Add an insurance policy")
def add_coverage(request: HttpRequest, pk: UUID, body: CoverageIn) -> Any:
    return 201, CoverageOut.of(actions.add_coverage(pk, body.details(), by=actor_of(request)))


@router.get("/{uuid:pk}/history", response=list[MedicalHistoryOut], summary="Basic medical history")
def show_history(request: HttpRequest, pk: UUID) -> Any:
    _seen(request, pk, "history")
    return [MedicalHistoryOut.of(row) for row in queries.history(pk, seen_by=actor_of(request))]


@router.post("/{uuid:pk}/history", response={201: MedicalHistoryOut}, summary="Add a line of history")
def add_history(request: HttpRequest, pk: UUID, body: MedicalHistoryIn) -> Any:
    return 201, MedicalHistoryOut.of(actions.add_history(pk, body.details(), by=actor_of(request)))


@router.put("/{uuid:pk}/history/{uuid:item_id}", response=MedicalHistoryOut, summary="Put a line of history right")
def change_history(request: HttpRequest, pk: UUID, item_id: UUID, body: MedicalHistoryIn) -> Any:
    return MedicalHistoryOut.of(actions.change_history(pk, item_id, body.details(), by=actor_of(request)))


@router.post("/{uuid:pk}/history/{uuid:item_id}/verify", response=MedicalHistoryOut, summary="Verify a line of history")
def verify_history(request: HttpRequest, pk: UUID, item_id: UUID) -> Any:
    return MedicalHistoryOut.of(actions.verify_history(pk, item_id, by=actor_of(request)))


@router.post(
    "/{uuid:pk}/history/{uuid:item_id}/end", response=MedicalHistoryOut, summary="A line that no longer counts"
)
def end_history(request: HttpRequest, pk: UUID, item_id: UUID) -> Any:
    return MedicalHistoryOut.of(actions.end_history(pk, item_id, by=actor_of(request)))


@router.post("/{uuid:pk}/allergies/{uuid:allergy_id}/verify", response=AllergyOut, summary="Verify an allergy")
def verify_allergy(request: HttpRequest, pk: UUID, allergy_id: UUID) -> Any:
    return AllergyOut.of(actions.verify_allergy(pk, allergy_id, by=actor_of(request)))


@router.get("/{uuid:pk}/merges", response=list[MergeOut], summary="Records that were joined with this one")
def show_merges(request: HttpRequest, pk: UUID) -> Any:
    """The latest first, those that were taken back too."""
    _seen(request, pk, "joined records")
    return [MergeOut.of(row) for row in queries.joining.merges_of(pk, seen_by=actor_of(request))]


@router.post("/{uuid:pk}/merges", response={201: MergeOut}, summary="Join another record into this one")
def join_records(request: HttpRequest, pk: UUID, body: JoinIn) -> Any:
    """409 with `obstacles` while the other record has something going on, such as a visit or an unpaid bill."""
    return 201, MergeOut.of(actions.join_records(pk, body.absorbed_id, body.take, body.reason, by=actor_of(request)))


@router.post("/{uuid:pk}/merges/{uuid:merge_id}/undo", response=MergeOut, summary="Separate two joined records")
def undo_merge(request: HttpRequest, pk: UUID, merge_id: UUID, body: UndoIn) -> Any:
    """Within 24 hours; 409 after that."""
    by = actor_of(request)
    merge = queries.joining.merge_of(pk, merge_id, seen_by=by)
    return MergeOut.of(actions.undo_merge(merge.pk, body.reason, by=by))


@router.get("/{uuid:pk}/access-log", response=list[LookedOut], summary="Who read or changed the record")
def access_log(request: HttpRequest, pk: UUID) -> Any:
    by = actor_of(request)
    by.must(AUDIT, do="see who read a record")
    _seen(request, pk, "access log")
    return [LookedOut(**asdict(looked)) for looked in queries.access_log(pk, seen_by=by)]


def _seen(request: HttpRequest, pk: UUID, what: str) -> Patient:
    """The patient, with the read in the log before anything is shown."""
    by = actor_of(request)
    by.must(READ, do="see patients")
    patient = queries.patient(pk, seen_by=by)
    audit.read(by, patient, purpose=what)
    return patient


def _allergies(request: HttpRequest, patient: Patient) -> AllergiesOut:
    return AllergiesOut(
        state=patient.allergy_state,
        asked_at=patient.allergies_asked_at,
        asked_by=patient.allergies_asked_by,
        allergies=[AllergyOut.of(row) for row in queries.allergies(patient.pk, seen_by=actor_of(request))],
    )


@router.get("/{uuid:pk}/timeline", response=TimelineOut, summary="Everything about a patient, newest first")
def show_timeline(request: HttpRequest, pk: UUID, kind: str = "", before: str = "", limit: int = 30) -> Any:
    """`kind` is one of `kinds`; `before` is the `next` of the page before."""
    by = actor_of(request)
    _seen(request, pk, "timeline")
    if not 1 <= limit <= 100:
        raise Invalid("A page holds 1 to 100 lines.", field="limit")
    kinds = [source.key for source in timeline.sources(seen_by=by)]
    if kind and kind not in kinds:
        raise Invalid(f"There is no such kind of line. Choose one of: {', '.join(kinds)}.", field="kind")
    found = timeline.page(pk, seen_by=by, kind=kind, limit=limit, before=timeline.Mark.read(before))
    items = [asdict(entry) for entry in found.entries]
    return {"items": items, "next": str(found.next) if found.next else None, "kinds": kinds}
