"""What was said wrongly about a photograph is said right by another that names it; the wrong one stays."""

import tempfile
from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.photos import queries
from kalon.photos.actions.keeping import keep_photo, new_half
from kalon.photos.actions.leaving import withdraw_copies_of
from kalon.photos.actions.taking import NOT_AGREED, forget
from kalon.photos.events import PhotoCorrected
from kalon.photos.lifecycles import CAPTURE
from kalon.photos.models import Annotation, Photo
from kalon.photos.rules import Correction, PhotoDetails


@verb
def correct(pk: UUID, said: Correction, *, by: Actor) -> Photo:
    """Say right what was wrong about a photograph: its view, stage, time, or whose it is; with a reason.

    Another photograph with the same content takes its place, and the pairs of the wrong one are not shown any more.
    The wrong one stays as it was, out of sight; where it was another patient's, its content is destroyed there.
    Raises `Invalid` when nothing would change, `NotReady` when the right patient has not agreed to photographs.
    """
    by.must(CAPTURE, do="correct photographs")
    wrong = queries.photo(pk, seen_by=by, locked=True)
    said = said.checked()
    of = patients.patient(said.patient_id, seen_by=by) if said.patient_id else wrong.patient
    moved = of.pk != wrong.patient_id
    kept = PhotoDetails(
        view=said.view or wrong.view, stage=said.stage or wrong.stage, taken_at=said.taken_at or wrong.taken_at
    ).checked(now=clock.now(), born=of.birth_date)
    if not moved and (kept.view, kept.stage, kept.taken_at) == (wrong.view, wrong.stage, wrong.taken_at):
        raise Invalid("Nothing would change. Say what is right.", field="view")
    consent_id = _agreed(wrong, of, by=by) if moved else wrong.consent_id
    wrong.corrected_at, wrong.corrected_by, wrong.corrected_why = clock.now(), by.name, said.reason
    wrong.save(update_fields=["corrected_at", "corrected_by", "corrected_why"])
    hangs = (
        {}
        if moved
        else {"plan_id": wrong.plan_id, "consultation_id": wrong.consultation_id, "session_id": wrong.session_id}
    )
    right = _again(wrong, of, kept, consent_id, hangs, by=by)
    _what_hung_on(wrong, right, moved=moved, by=by)
    for photo, words in (
        (wrong, "photograph corrected by another"),
        (right, "photograph takes the place of a wrong one"),
    ):
        audit.note(by, audit.Kind.CHANGE, photo, purpose=words, reason=said.reason, facts={"view": right.view})
    if moved:
        forget(wrong, by=by)
    announce(PhotoCorrected(wrong.pk, right.pk, wrong.patient_id, of.pk, of.organization_id, by))
    return right


def _agreed(wrong: Photo, of: Any, *, by: Actor) -> UUID:
    consent = queries.consent_to("PHOTOGRAPHY", of.pk, seen_by=by)
    if consent is None:
        raise NotReady(NOT_AGREED, needs="PHOTOGRAPHY")
    return consent.pk


def _again(
    wrong: Photo, of: Any, said: PhotoDetails, consent_id: UUID, hangs: dict[str, Any], *, by: Actor
) -> Photo:  # fmt: skip
    right = Photo(
        organization_id=wrong.organization_id, patient=of, consent_id=consent_id, view=said.view, stage=said.stage,
        taken_at=said.taken_at or wrong.taken_at, taken_by=wrong.taken_by, half=new_half(),
        content_type=wrong.content_type,
        size=wrong.size, width=wrong.width, height=wrong.height, sha256=wrong.sha256,
        received_sha256=wrong.received_sha256, created_at=clock.now(), corrects=wrong, **hangs,
    )  # fmt: skip
    refusals = {
        "photos_photo_once": Clash("This picture is in that patient's record already. Remove the wrong one instead."),
        "photos_photo_consented": NotReady(NOT_AGREED, needs="PHOTOGRAPHY"),
    }
    with refusing(refusals):
        right.save(force_insert=True)
    small = tuple(queries.smaller(wrong, size, seen_by=by) for size in (queries.SMALL, queries.MIDDLE))
    with tempfile.TemporaryFile() as file:
        for piece in queries.original(wrong, seen_by=by):
            file.write(piece)
        file.seek(0)
        keep_photo(right, file, small)
    return right


def _what_hung_on(wrong: Photo, right: Photo, *, moved: bool, by: Actor) -> None:
    """Copies of the wrong one cannot be fetched any more; what was drawn on it goes along within one record."""
    withdraw_copies_of(wrong, by=by)
    if moved:
        return
    for row in Annotation.objects.filter(photo=wrong).select_related("patient"):
        Annotation(
            organization_id=right.organization_id, patient=right.patient, photo=right, marks=row.marks,
            drawn_by=row.drawn_by, created_at=row.created_at, hidden_at=row.hidden_at, hidden_by=row.hidden_by,
        ).save(force_insert=True)  # fmt: skip
