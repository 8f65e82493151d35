"""Facts that this context announces, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Transcribed:
    """All that was recorded of a consultation is written down."""

    session_id: UUID
    consultation_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
