"""Facts that this context announces, inside the transaction that made them true."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class PatientRegistered:
    """A patient has a record, and an MRN. `user_id` is the account that registered them, if one did."""

    patient_id: UUID
    organization_id: UUID
    by: Actor
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PatientCorrected:
    """Some of a patient's details were put right; `fields` names them, without their content."""

    patient_id: UUID
    organization_id: UUID
    fields: tuple[str, ...]
    by: Actor


@dataclass(frozen=True, slots=True)
class AllergiesRecorded:
    """Somebody asked about allergies and wrote down the answer."""

    patient_id: UUID
    organization_id: UUID
    state: str
    by: Actor


@dataclass(frozen=True, slots=True)
class RecordsJoined:
    """Two records are one person's from now on: everything of the absorbed one is read with the survivor's."""

    merge_id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class RecordsSeparated:
    """A join was taken back within its day: the two records stand apart again."""

    merge_id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class RegistrationStarted:
    """A visitor asked for an account: the code goes to the address they gave.

    `send_number` is 1 for the first code, more when it was sent again: with the id it makes a message's `once` key.
    """

    registration_id: UUID
    organization_id: UUID
    channel: str  # "EMAIL" or "SMS"
    recipient: str
    code: str
    expires_at: datetime
    name: str
    language: str
    send_number: int = 1


@dataclass(frozen=True, slots=True)
class RegistrationForExistingAccount:
    """A visitor gave an address that has an account: its owner is told, the visitor is not."""

    registration_id: UUID
    organization_id: UUID
    channel: str
    recipient: str
    language: str
    send_number: int = 1
