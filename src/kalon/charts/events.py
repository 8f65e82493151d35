"""Facts charts announce, inside the transaction that made them true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class ChartFinished:
    """A chart is sealed and what is drawn on it has left the store; `corrects_id` is the chart it puts right."""

    chart_id: UUID
    patient_id: UUID
    organization_id: UUID
    consultation_id: UUID | None
    corrects_id: UUID | None
    by: Actor
