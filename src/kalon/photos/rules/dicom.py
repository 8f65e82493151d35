"""A photograph as a DICOM file: VL Photographic Image Storage (PS3.3 A.32.4), JPEG Baseline, every module it must have.

The points are those of the original, without dates or watermark: another clinic reads them beside others. The file
carries the patient's name, so it leaves for care or as the patient's own copy, never for adverts.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from kalon.photos.rules.body import ORIENTATION, SNOMED, BodyPart
from kalon.photos.rules.views import View

VL_PHOTOGRAPHIC = "1.2.840.10008.5.1.4.1.1.77.1.4"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
SEX = {"MALE": "M", "FEMALE": "F", "OTHER": "O"}
QUALITY = 95


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Of whom, by whom and where a photograph was taken."""

    family_name: str
    given_name: str
    mrn: str
    issuer: str
    birth_date: date | None
    gender: str
    clinic: str
    taken_by: str


@dataclass(frozen=True, kw_only=True)
class Shot:
    """From where, of which part and side, when; `visit_id` holds a study together."""

    photo_id: UUID
    visit_id: UUID
    view: str
    stage: str
    body_part: str
    laterality: str
    taken_at: datetime


def uid(of: UUID) -> str:
    """A UID made from a UUID (PS3.5 B.2)."""
    return f"2.25.{of.int}"


def written(content: BinaryIO, shot: Shot, subject: Subject, *, now: datetime) -> bytes:
    """The file, as PS3.10 writes it."""
    from pydicom import dcmwrite
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.encaps import encapsulate

    picture, width, height = _jpeg(content)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = VL_PHOTOGRAPHIC, uid(shot.photo_id)
    meta.TransferSyntaxUID = JPEG_BASELINE
    meta.ImplementationClassUID = uid(uuid5(UUID(int=0), "kalon.photos.dicom"))
    meta.ImplementationVersionName = "KALON"
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SpecificCharacterSet = "ISO_IR 192"
    _patient(made, subject)
    _study_and_series(made, shot, subject)
    _image(made, shot, now, Dataset)
    ratio = width * height * 3 / len(picture)
    for name, value in {
        "SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0,
        "Rows": height, "Columns": width, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
        "PixelRepresentation": 0, "LossyImageCompression": "01", "LossyImageCompressionRatio": f"{ratio:.2f}",
        "LossyImageCompressionMethod": "ISO_10918_1",
    }.items():  # fmt: skip
        setattr(made, name, value)
    made.PixelData = encapsulate([picture])
    made["PixelData"].is_undefined_length = True
    out = BytesIO()
    dcmwrite(out, made, enforce_file_format=True)
    return out.getvalue()


def _jpeg(content: BinaryIO) -> tuple[bytes, int, int]:
    from kalon.photos.rules.watermark import opened

    drawn = opened(content)
    out = BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, subsampling="4:2:2")
    return out.getvalue(), drawn.width, drawn.height


def _patient(made: Any, subject: Subject) -> None:
    made.PatientName = f"{_plain(subject.family_name)}^{_plain(subject.given_name)}"
    made.PatientID, made.IssuerOfPatientID = subject.mrn, subject.issuer
    made.PatientBirthDate = f"{subject.birth_date:%Y%m%d}" if subject.birth_date else ""
    made.PatientSex = SEX.get(subject.gender, "")


def _study_and_series(made: Any, shot: Shot, subject: Subject) -> None:
    made.StudyInstanceUID = uid(uuid5(shot.visit_id, "study"))
    made.StudyDate, made.StudyTime = f"{shot.taken_at:%Y%m%d}", ""  # the same for all of a visit
    made.ReferringPhysicianName, made.AccessionNumber = "", ""
    made.StudyID, made.StudyDescription = "", "Clinical photographs"
    made.Modality, made.SeriesNumber = "XC", None
    made.SeriesInstanceUID = uid(uuid5(shot.visit_id, f"series {shot.stage} {shot.body_part} {shot.laterality}"))
    made.SeriesDescription = f"{shot.stage.capitalize()} treatment"
    made.BodyPartExamined = shot.body_part
    made.Manufacturer, made.ManufacturerModelName, made.InstitutionName = "Kalon", "Kalon photographs", subject.clinic
    made.OperatorsName = _plain(subject.taken_by)


def _image(made: Any, shot: Shot, now: datetime, dataset: Any) -> None:
    made.SOPClassUID, made.SOPInstanceUID = VL_PHOTOGRAPHIC, uid(shot.photo_id)
    made.InstanceNumber, made.ImageType = View.values.index(shot.view) + 1, ["ORIGINAL", "PRIMARY"]
    made.ContentDate, made.ContentTime = f"{shot.taken_at:%Y%m%d}", f"{shot.taken_at:%H%M%S}"
    made.AcquisitionDateTime = f"{shot.taken_at:%Y%m%d%H%M%S%z}"
    made.TimezoneOffsetFromUTC = f"{shot.taken_at:%z}"
    made.InstanceCreationDate, made.InstanceCreationTime = f"{now:%Y%m%d}", f"{now:%H%M%S}"
    made.PatientOrientation = ORIENTATION.get(View(shot.view), [])
    made.ImageLaterality, made.BurnedInAnnotation = shot.laterality, "NO"
    made.ImageComments = f"{View(shot.view).label}, {shot.stage.lower()}"
    part = dataset()
    part.CodeValue, part.CodingSchemeDesignator = SNOMED[shot.body_part], "SCT"
    part.CodeMeaning = BodyPart(shot.body_part).label
    made.AnatomicRegionSequence = [part]
    made.AcquisitionContextSequence = []


def _plain(name: str) -> str:
    """A part of a name; what DICOM separates its parts by stands for itself nowhere else."""
    return re.sub(r"[\^=\\]", " ", name)[:64]
