"""Facts consents announce, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class ConsentPresented:
    """A patient has something to read and sign."""

    consent_id: UUID
    patient_id: UUID
    organization_id: UUID
    kind: str
    by: Actor


@dataclass(frozen=True, slots=True)
class ConsentSigned:
    """Everybody signed; the consent is sealed and holds from now on."""

    consent_id: UUID
    patient_id: UUID
    organization_id: UUID
    kind: str
    by: Actor


@dataclass(frozen=True, slots=True)
class ConsentEnded:
    """A consent was withdrawn or has expired: what it allowed stops now."""

    consent_id: UUID
    patient_id: UUID
    organization_id: UUID
    kind: str
    by: Actor
