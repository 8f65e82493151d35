"""Facts messaging announces, inside the transaction that made them true."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class MessageLeaving:
    """A message is about to be handed over. Who knows that it is no longer true says so in `objections`."""

    template_code: str
    about_id: UUID
    until: datetime | None
    by: Actor
    objections: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """A patient answered a reminder: `meaning` is CONFIRM, RESCHEDULE or CANCEL, and `about_id` what it was about.

    `answer_id` names the answer, so that whatever is said to it is said once. `by` is the system.
    """

    answer_id: UUID
    meaning: str
    about_id: UUID
    patient_id: UUID
    organization_id: UUID
    channel: str
    by: Actor
