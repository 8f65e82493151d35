"""Facts that this context announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class DocumentAdded:
    """A file was added to a patient's record; `kind` is what it is."""

    document_id: UUID
    patient_id: UUID
    organization_id: UUID
    kind: str
    by: Actor


@dataclass(frozen=True, slots=True)
class DocumentVerified:
    """Somebody looked at a file and says that it is what it claims to be."""

    document_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class DocumentRemoved:
    """A file was removed and its key destroyed; nobody can read it any more."""

    document_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
