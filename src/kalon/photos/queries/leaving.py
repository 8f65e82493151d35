"""Reads of copies that left the clinic, of what was drawn, and of what was removed or corrected."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.photos.lifecycles import EXPORT, VIEW
from kalon.photos.models import Annotation, Export, Photo
from kalon.photos.queries.photos import photo
from kalon.photos.rules import BodyPart, Laterality, Purpose, View, body
from kalon.photos.rules.marks import Line, lines


def exports(*, seen_by: Actor) -> "QuerySet[Export]":
    """Every copy the actor may know of: the organisation's for staff, for a patient those of their own photographs."""
    seen_by.must(VIEW, do="see what photographs were given out")
    rows = Export.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.select_related("patient", "consent", "photo", "pair", "pair__later").annotate(
        fetched=Count("handovers"), last_fetched_at=Max("handovers__created_at")
    )


def exports_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Export]":
    """What was given out of a patient's photographs, newest first."""
    return exports(seen_by=seen_by).filter(patient_id__person=patient_id).order_by("-created_at", "-id")


def exports_of_photo(of: Photo, *, seen_by: Actor) -> "QuerySet[Export]":
    """The copies in which one photograph is seen."""
    seen_by.must(VIEW, do="see what photographs were given out")
    return Export.objects.filter(
        Q(photo=of) | Q(pair__earlier=of) | Q(pair__later=of), organization_id=of.organization_id
    ).order_by("id")


def exports_under(consent_id: UUID, *, seen_by: Actor) -> "QuerySet[Export]":
    """The copies that were made under one consent."""
    seen_by.must(VIEW, do="see what photographs were given out")
    return Export.objects.filter(consent_id=consent_id, organization_id=seen_by.organization_id).order_by("id")


def export(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Export:
    """One copy, for whoever may give photographs out; or a refusal that says nothing of whether it exists."""
    seen_by.must(EXPORT, do="give photographs out")
    rows = Export.objects.filter(organization_id=seen_by.organization_id, pk=pk).select_related("patient", "consent")
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound("There is no such copy.")
    return found


def own_export(pk: UUID, *, seen_by: Actor) -> Export:
    """One copy that was made for the patient themselves, for them to fetch; or a refusal that says nothing."""
    rows = exports(seen_by=seen_by).filter(pk=pk, purpose=Purpose.PATIENT, patient_id__person=seen_by.own_patient_id)
    found = rows.first()
    if found is None:
        raise NotFound("There is no such copy.")
    return found


def annotations(of: Photo, *, seen_by: Actor) -> "QuerySet[Annotation]":
    """What was drawn on a photograph, the oldest first; for staff alone."""
    seen_by.must(VIEW, do="see photographs")
    return Annotation.objects.filter(photo=of).select_related("patient").order_by("created_at", "id")


def annotation(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Annotation:
    """One drawing on a photograph that may be seen."""
    seen_by.must(VIEW, do="see photographs")
    rows = Annotation.objects.filter(organization_id=seen_by.organization_id, pk=pk).select_related("patient", "photo")
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound("There is no such drawing.")
    photo(found.photo_id, seen_by=seen_by)
    return found


def lines_on(of: Photo, *, seen_by: Actor) -> list[Line]:
    """What is drawn on a photograph and shown, ready to be drawn over it."""
    shown = [row for row in annotations(of, seen_by=seen_by) if row.hidden_at is None]
    return lines_of(of, shown)


def lines_of(of: Photo, rows: list[Annotation]) -> list[Line]:
    """These drawings, ready to be drawn over the photograph."""
    size = max(of.width, of.height) / 40
    return [line for row in rows for line in lines(row.marks, size=size)]


def past_photos(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Photo]":
    """What was removed or corrected of a patient's photographs, the latest first: never its content."""
    seen_by.must(VIEW, do="see photographs")
    rows = Photo.objects.filter(organization_id=seen_by.organization_id, patient_id__person=patient_id)
    gone = rows.filter(Q(deleted_at__isnull=False) | Q(corrected_at__isnull=False))
    return gone.select_related("patient", "corrected_as", "corrected_as__patient").order_by("-taken_at", "-id")


def part_and_side(of: Photo, *, seen_by: Actor) -> tuple[str, str]:
    """Which part of the body and which side a photograph most likely shows, by its view and its plan."""
    part, side = body.OF_VIEW.get(View(of.view), BodyPart.FACE), Laterality.UNPAIRED
    line: Any = of.plan.lines.select_related("entry").order_by("position").first() if of.plan else None
    if line is not None and line.entry is not None:
        part = body.OF_PROCEDURE.get(line.entry.category, part)
        side = body.OF_SIDE.get(line.side, side)
    return part, side
