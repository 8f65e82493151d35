"""Facts entitlements announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class PackageSold:
    """A patient bought a package; it is used once it is paid."""

    holding_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class SessionUsed:
    """A session of a package was used at a visit."""

    use_id: UUID
    holding_id: UUID
    appointment_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class SessionGivenBack:
    """A session that was counted is the patient's again."""

    use_id: UUID
    holding_id: UUID
    appointment_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class PackageEnded:
    """Nothing of a package is left: it expired, was taken back, or went to another patient."""

    holding_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
