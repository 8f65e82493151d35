"""Copies that leave the clinic: made under a live consent, fetched while it holds, gone the moment it ends."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock, erasure
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import NotPermitted, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.photos import queries
from kalon.photos.actions.keeping import keep_export, new_half
from kalon.photos.events import PhotosExported
from kalon.photos.lifecycles import EXPORT
from kalon.photos.models import Export, ExportPiece, Handover, Pair, Photo
from kalon.photos.rules import Ended, ExportWish, Form, Purpose, needed_for

NOT_AGREED = {
    "PHOTOGRAPHY": "This patient has not agreed to photographs, or has withdrawn that. Nothing is given out.",
    "MARKETING": "This patient has not agreed to adverts, website or teaching. Ask for that consent first.",
}
ENDED = "The consent to this copy does not hold any more, so it cannot be fetched. Ask for the consent again."
TYPES = {Form.PICTURE: "image/jpeg", Form.DICOM: "application/dicom"}


@verb
def export_photo(pk: UUID, wish: ExportWish, *, by: Actor) -> Export:
    """Make a copy of one photograph for somebody: watermarked, without metadata, or as DICOM for another archive.

    Raises `NotReady` without the live consent that the purpose asks for, `Invalid` with a sentence about a field.
    """
    by.must(EXPORT, do="give photographs out")
    photo = queries.photo(pk, seen_by=by)
    return _made(photo, wish, by=by)


@verb
def export_pair(pk: UUID, wish: ExportWish, *, by: Actor) -> Export:
    """Make a copy of two photographs side by side at the same scale, with dates and watermark, for somebody."""
    by.must(EXPORT, do="give photographs out")
    pair = queries.with_alignment([queries.pair(pk, seen_by=by)])[0]
    return _made(pair, wish, by=by)


@verb
def own_copy(pair_id: UUID, *, by: Actor) -> Export:
    """Patients make their own copy of a before and after that is shared with them: dates, watermark, no drawings.

    The one they have is answered again. Raises `NotReady` without a live consent to photographs.
    """
    _themselves(by)
    [pair] = queries.with_alignment([queries.pair(pair_id, seen_by=by)])
    made = queries.exports_of(pair.patient_id, seen_by=by).filter(pair=pair, purpose=Purpose.PATIENT, made_by=by.name)
    known = made.filter(withdrawn_at=None).first()
    if known is not None and known.consent.holds_at(clock.now()):
        return known
    wish = ExportWish(purpose=Purpose.PATIENT, recipient=str(pair.patient.name), reason="Asked for by the patient")
    return _made(pair, wish, by=by)


@verb
def fetch_own(pk: UUID, *, by: Actor) -> Export:
    """Patients fetch a copy that was made for them, while its consent holds; that they did is kept."""
    _themselves(by)
    return _fetched(queries.own_export(pk, seen_by=by), by=by)


@verb
def fetch_export(pk: UUID, *, by: Actor) -> Export:
    """A copy about to be handed over, once more asked whether its consent holds; who fetched it is kept."""
    by.must(EXPORT, do="give photographs out")
    return _fetched(queries.export(pk, seen_by=by, locked=True), by=by)


def _themselves(by: Actor) -> None:
    if not by.is_patient:
        raise NotPermitted("Only patients make their own copy. Give one out on the page of the photograph.")


def _fetched(export: Export, *, by: Actor) -> Export:
    if export.withdrawn_at is not None:
        raise NotReady(f"This copy cannot be fetched any more: {export.get_withdrawn_why_display().lower()}.")
    if not export.consent.holds_at(clock.now()):
        raise NotReady(ENDED, needs=export.consent.kind)
    row = Handover(organization_id=export.organization_id, patient=export.patient, export=export, fetched_by=by.name)
    with refusing({"photos_handover_consented": NotReady(ENDED, needs=export.consent.kind)}):
        row.save(force_insert=True)
    audit.note(
        by, audit.Kind.EXPORT, export, purpose=f"copy of photographs fetched, {export.get_purpose_display().lower()}",
        facts={"sha256": export.sha256, "form": export.form},
    )  # fmt: skip
    return export


@verb
def withdraw_export(pk: UUID, *, by: Actor) -> Export:
    """Take a copy back: its key is destroyed and nobody fetches it again; that it was made stays."""
    by.must(EXPORT, do="give photographs out")
    export = queries.export(pk, seen_by=by, locked=True)
    withdraw(export, Ended.TAKEN_BACK, by=by)
    return export


@verb
def consent_over(consent_id: UUID, *, by: Actor) -> int:
    """A consent has ended: the keys of all copies made under it are destroyed; how many."""
    by.must(EXPORT, do="withdraw copies of photographs")
    rows = queries.exports_under(consent_id, seen_by=by).filter(withdrawn_at=None)
    found = list(rows.select_for_update(of=("self",)))
    for export in found:
        withdraw(export, Ended.CONSENT_ENDED, by=by)
    return len(found)


def withdraw(export: Export, why: str, *, by: Actor) -> None:
    """The key of a copy that is locked is destroyed and its pieces go."""
    if export.withdrawn_at is not None:
        return
    audit.note(by, audit.Kind.CHANGE, export, purpose="copy of photographs withdrawn", reason=Ended(why).label)
    gone = {"withdrawn_at": clock.now().isoformat(), "withdrawn_by": by.name, "withdrawn_why": str(why)}
    erasure.erase(export, also=gone)
    ExportPiece.objects.filter(export_id=export.pk).delete()


def withdraw_copies_of(photo: Photo, *, by: Actor) -> None:
    """A photograph goes or was wrong: what was made of it, alone or in a pair, cannot be fetched any more."""
    for export in queries.exports_of_photo(photo, seen_by=by).filter(withdrawn_at=None).select_for_update(of=("self",)):
        withdraw(export, Ended.PHOTO_GONE, by=by)


def _made(of: Photo | Pair, wish: ExportWish, *, by: Actor) -> Export:
    from kalon.photos.actions import drawing_out  # brings the picture library along

    wish = wish.checked()
    kind = needed_for(wish.purpose)
    consent = queries.consent_to(kind, of.patient_id, seen_by=by)
    if consent is None:
        raise NotReady(NOT_AGREED[kind], needs=kind)
    content = drawing_out.drawn(of, wish, consent.number, seen_by=by)
    export = Export(
        organization_id=of.organization_id, patient=of.patient, purpose=wish.purpose, form=wish.form,
        recipient=wish.recipient, reason=wish.reason, with_drawings=wish.with_drawings, consent_id=consent.pk,
        made_by=by.name, half=new_half(), content_type=TYPES[Form(wish.form)], size=len(content),
        sha256=sha256(content).hexdigest(), created_at=clock.now(), **_whole(of),
    )  # fmt: skip
    refusals = {
        "photos_export_consented": NotReady(NOT_AGREED[kind], needs=kind),
        "photos_export_of_patient": NotReady("This photograph was removed or corrected meanwhile. Look again."),
    }
    with refusing(refusals):
        export.save(force_insert=True)
    keep_export(export, content)
    side = {"body_part": wish.body_part, "laterality": wish.laterality} if wish.form == Form.DICOM else {}
    audit.note(
        by, audit.Kind.EXPORT, export, purpose=f"copy of photographs made, {export.get_purpose_display().lower()}",
        facts={"consent": consent.number, "form": export.form, "sha256": export.sha256, **side},
    )  # fmt: skip
    announce(PhotosExported(export.pk, of.patient_id, of.organization_id, export.purpose, by))
    return export


def _whole(of: Photo | Pair) -> dict[str, Any]:
    return {"photo": of} if isinstance(of, Photo) else {"pair": of}
