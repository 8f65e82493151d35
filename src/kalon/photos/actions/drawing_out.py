"""The content of a copy: a watermarked picture or a DICOM file, made of the kept original."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.photos import queries
from kalon.photos.models import Pair, Photo
from kalon.photos.rules import ExportWish, Form, Purpose, dicom, watermark
from kalon.photos.rules.marks import Line
from kalon.web.papers import FACES


def drawn(of: Photo | Pair, wish: ExportWish, consent_number: str, *, seen_by: Actor) -> bytes:
    """The file that is handed over."""
    clinic = people.organization(seen_by=seen_by)
    zone = ZoneInfo(clinic.timezone)
    if isinstance(of, Photo) and wish.form == Form.DICOM:
        return _for_archive(of, wish, clinic, zone, seen_by=seen_by)
    today = clock.now().astimezone(zone)
    made = f"{clinic.name}, {_day(today)}, consent no {consent_number}"
    said = watermark.Said(
        over=f"{clinic.name}  {_day(today)}  consent no {consent_number}  for {wish.recipient}",
        below=(made, f"For {wish.recipient}: {Purpose(wish.purpose).label.lower()}."),
        faces=FACES,
    )
    if isinstance(of, Photo):
        with _half(of, wish, zone, seen_by=seen_by) as half:
            return watermark.picture(half, said)
    with (
        _half(of.earlier, wish, zone, seen_by=seen_by) as earlier,
        _half(of.later, wish, zone, seen_by=seen_by) as later,
    ):
        return watermark.side_by_side(earlier, later, queries.shown_as(of), said)


def _for_archive(photo: Photo, wish: ExportWish, clinic: Any, zone: ZoneInfo, *, seen_by: Actor) -> bytes:
    patient = photo.patient
    taken_at = photo.taken_at.astimezone(zone)
    subject = dicom.Subject(
        family_name=patient.family_name, given_name=patient.given_name, mrn=patient.mrn, issuer=clinic.code,
        birth_date=patient.birth_date, gender=patient.gender.upper(), clinic=clinic.name, taken_by=photo.taken_by,
    )  # fmt: skip
    shot = dicom.Shot(
        photo_id=photo.pk, visit_id=photo.consultation_id or _visit(photo, f"{taken_at:%Y-%m-%d}"), view=photo.view,
        stage=photo.stage, body_part=wish.body_part, laterality=wish.laterality, taken_at=taken_at,
    )  # fmt: skip
    with _content(photo, seen_by=seen_by) as content:
        return dicom.written(content, shot, subject, now=clock.now().astimezone(zone))


def _visit(photo: Photo, day: str) -> UUID:
    return uuid5(photo.patient_id, f"photographs of {day}")


@contextmanager
def _half(photo: Photo, wish: ExportWish, zone: ZoneInfo, *, seen_by: Actor) -> Iterator[watermark.Half]:
    lines: list[Line] = queries.lines_on(photo, seen_by=seen_by) if wish.with_drawings else []
    label = f"{photo.get_stage_display()}, {_day(photo.taken_at.astimezone(zone))}"
    with _content(photo, seen_by=seen_by) as content:
        yield watermark.Half(content, label, lines)


@contextmanager
def _content(photo: Photo, *, seen_by: Actor) -> Iterator[BinaryIO]:
    """The kept original in a file without a name."""
    with tempfile.TemporaryFile() as file:
        for piece in queries.original(photo, seen_by=seen_by):
            file.write(piece)
        file.seek(0)
        yield file


def _day(instant: Any) -> str:
    return f"{instant.day} {instant:%b %Y}"
