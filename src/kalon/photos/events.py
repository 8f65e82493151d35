"""Facts that this context announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class PhotoTaken:
    """A photograph was added to a patient's record."""

    photo_id: UUID
    patient_id: UUID
    organization_id: UUID
    plan_id: UUID | None
    by: Actor


@dataclass(frozen=True, slots=True)
class PhotoRemoved:
    """A photograph was removed and its key destroyed; nobody can look at it any more."""

    photo_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class PhotoCorrected:
    """What was wrong about a photograph is said right by another that took its place, maybe at another patient."""

    wrong_id: UUID
    photo_id: UUID
    wrong_patient_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class PhotosExported:
    """A copy of photographs was made to leave the clinic."""

    export_id: UUID
    patient_id: UUID
    organization_id: UUID
    purpose: str
    by: Actor
