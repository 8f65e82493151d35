"""What the clinical encounter can be asked, always by somebody (`seen_by`).

Contexts above plug their cards into the doctor's page (`consult_page`) and their questions into the row above the
signature (`completeness`).
"""

from kalon.consultations.queries.diagnosis import classification, diagnoses_of, favourites, kept_codes, meant
from kalon.consultations.queries.encounters import (
    by_appointment,
    consultation,
    consultations,
    consultations_of,
    latest_weight,
    measured_before,
    of_appointment,
    previous,
    queue,
    seen_of,
    stations,
    summaries_of,
    unseen_alerts,
    vitals_of,
)
from kalon.consultations.queries.note import (
    addenda_of,
    smart_values,
    template,
    templates,
    templates_for,
    versions_of,
    written_beside,
)
from kalon.consultations.queries.papers import (
    add_summary_part,
    clinical_parts,
    papers_of,
    summary_parts,
    without_summary,
)

__all__ = [
    "add_summary_part",
    "addenda_of",
    "by_appointment",
    "classification",
    "clinical_parts",
    "consultation",
    "consultations",
    "consultations_of",
    "diagnoses_of",
    "favourites",
    "kept_codes",
    "latest_weight",
    "meant",
    "measured_before",
    "of_appointment",
    "papers_of",
    "previous",
    "queue",
    "seen_of",
    "smart_values",
    "stations",
    "summaries_of",
    "summary_parts",
    "template",
    "templates",
    "templates_for",
    "unseen_alerts",
    "versions_of",
    "vitals_of",
    "without_summary",
    "written_beside",
]
