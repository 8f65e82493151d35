"""Taking a photograph into the record, opening it, and removing it for good."""

from dataclasses import replace
from typing import Any, BinaryIO
from uuid import UUID

from kalon.consultations import queries as consultations
from kalon.documents.queries import examined
from kalon.kernel import audit, clock, erasure
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.photos import queries
from kalon.photos.actions.keeping import keep_photo, new_half
from kalon.photos.actions.leaving import withdraw_copies_of
from kalon.photos.events import PhotoRemoved, PhotoTaken
from kalon.photos.lifecycles import CAPTURE, DELETE, DOWNLOAD
from kalon.photos.models import Annotation, Photo, Piece
from kalon.photos.rules import PhotoDetails
from kalon.photos.rules.details import is_heic, is_picture
from kalon.plans import queries as plans

SIDES = (320, 1280)  # points a side of the two smaller pictures
NOT_AGREED = "This patient has not agreed to photographs, or has withdrawn that. Ask for the consent first."
NO_PICTURE = "This is not a picture. Send a JPEG, PNG or WebP file."
OF_A_PHONE = (
    "This is a HEIC picture of a phone. Set its camera to “Most compatible”, or save it as a JPEG, then send that."
)
FOR_PRINT = "This picture has the colours of a printer (CMYK): skin would look wrong. Save it as RGB, then send that."


@verb
def take(patient_id: UUID, file: BinaryIO, details: PhotoDetails, *, by: Actor) -> Photo:
    """Keep a photograph: at most 25 MB, a picture by its content, drawn anew without position and camera, encrypted.

    Raises `NotReady` without a live consent to photographs, `Invalid` with a sentence about the file or a field,
    `TooLarge`, or `Clash` when the same picture is there.
    """
    by.must(CAPTURE, do="take photographs")
    patient = patients.patient(patient_id, seen_by=by)
    details = details.checked(now=clock.now(), born=patient.born)
    details = _same_patient(patient, details, by=by)
    if queries.consent_to("PHOTOGRAPHY", patient.pk, seen_by=by) is None:
        raise NotReady(NOT_AGREED, needs="PHOTOGRAPHY")
    head = file.read(12)
    file.seek(0)
    if head and not is_picture(head):
        raise Invalid(OF_A_PHONE if is_heic(head) else NO_PICTURE, field="file")
    with examined(file, sides=SIDES) as content:
        if content.for_print:
            raise Invalid(FOR_PRINT, field="file")
        photo = _written(patient, content, details, by=by)
    audit.note(by, audit.Kind.CHANGE, photo, purpose="photograph taken", facts={"view": photo.view})
    announce(PhotoTaken(photo.pk, patient.pk, photo.organization_id, photo.plan_id, by))
    return photo


@verb
def look(pk: UUID, *, purpose: str, by: Actor) -> Photo:
    """A photograph about to be shown, with the read in the log."""
    photo = queries.photo(pk, seen_by=by)
    audit.read(by, photo, purpose=purpose)
    return photo


@verb
def glance(pk: UUID, *, screen: str, by: Actor) -> Photo:
    """A small picture of a list whose reading is in the log already: one line a quarter of an hour."""
    photo = queries.photo(pk, seen_by=by)
    if by.is_patient:  # who reads the log of their own record, not everybody's
        audit.read(by, photo, purpose=screen)
    else:
        audit.sights(by, [photo], screen=screen)
    return photo


@verb
def download(pk: UUID, *, by: Actor) -> Photo:
    """A photograph of which somebody saves the original, with that in the log."""
    by.must(DOWNLOAD, do="save photographs")
    photo = queries.photo(pk, seen_by=by)
    audit.note(by, audit.Kind.EXPORT, photo, purpose="photograph downloaded")
    return photo


@verb
def remove(pk: UUID, reason: str, *, by: Actor) -> None:
    """Remove a photograph for good: its key is destroyed, its pieces go; that it was here, and why it went, stays."""
    by.must(DELETE, do="remove photographs")
    photo = queries.photo(pk, seen_by=by, locked=True)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise Invalid("Write why this photograph is removed, in at most 300 characters.", field="reason")
    audit.note(by, audit.Kind.CHANGE, photo, purpose="photograph removed", reason=reason)
    withdraw_copies_of(photo, by=by)
    forget(photo, by=by)
    announce(PhotoRemoved(pk, photo.patient_id, photo.organization_id, by))


def forget(photo: Photo, *, by: Actor) -> None:
    """The key of a photograph that is locked is destroyed; its pieces and what was drawn on it go."""
    gone = {"deleted_at": clock.now().isoformat(), "deleted_by": by.name, "sha256": "", "received_sha256": ""}
    erasure.erase(photo, also=gone)
    Piece.objects.filter(photo_id=photo.pk).delete()
    Annotation.objects.filter(photo_id=photo.pk).delete()


def _same_patient(patient: Any, details: PhotoDetails, *, by: Actor) -> PhotoDetails:
    """Everything it hangs from is this patient's; what is taken in a session belongs to the session's plan."""
    if details.session_id:
        rows = plans.sessions(seen_by=by).filter(pk=details.session_id, patient_id__person=patient.pk)
        held = rows.first()
        if held is None or details.plan_id not in (None, held.plan_id):
            raise NotFound("There is no such session of this patient's plan.")
        details = replace(details, plan_id=held.plan_id)
    if details.plan_id and not plans.plans_of(patient.pk, seen_by=by).filter(pk=details.plan_id).exists():
        raise NotFound("There is no such plan of this patient.")
    visit = details.consultation_id
    if visit and not consultations.consultations_of(patient.pk, seen_by=by).filter(pk=visit).exists():
        raise NotFound("There is no such visit of this patient.")
    return details


def _written(patient: Any, content: Any, details: PhotoDetails, *, by: Actor) -> Photo:
    # Asked again: examining took its time, and whoever withdrew meanwhile has withdrawn.
    consent = queries.consent_to("PHOTOGRAPHY", patient.pk, seen_by=by)
    if consent is None:
        raise NotReady(NOT_AGREED, needs="PHOTOGRAPHY")
    photo = Photo(
        organization_id=patient.organization_id, patient=patient, consent_id=consent.pk, plan_id=details.plan_id,
        consultation_id=details.consultation_id, session_id=details.session_id, view=details.view,
        stage=details.stage, taken_at=details.taken_at or clock.now(),
        taken_by=by.name, content_type=content.content_type,
        size=content.size, width=content.width, height=content.height, sha256=content.sha256,
        received_sha256=content.received, created_at=clock.now(),
    )  # fmt: skip
    photo.half = new_half()
    refusals = {
        "photos_photo_once": Clash("This picture is in the record already."),
        "photos_photo_consented": NotReady(NOT_AGREED, needs="PHOTOGRAPHY"),
    }
    with refusing(refusals):
        photo.save(force_insert=True)
    keep_photo(photo, content.file, content.small)
    return photo
