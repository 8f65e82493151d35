"""What the clinical encounter can be asked, always by somebody (`seen_by`).

Contexts above plug their cards into the doctor's page (`consult_page`) and their questions into the row above the
signature (`completeness`).
"""

from kalon.consultations.queries.encounters import (
    by_appointment,
    consultation,
    consultations,
    consultations_of,
    latest_weight,
    of_appointment,
    previous,
    queue,
    stations,
    summaries_of,
    vitals_of,
)

__all__ = [
    "by_appointment",
    "consultation",
    "consultations",
    "consultations_of",
    "latest_weight",
    "of_appointment",
    "previous",
    "queue",
    "stations",
    "summaries_of",
    "vitals_of",
]
