"""What a patient's pages show."""

from kalon.portal.queries.journeys import Journey, OwnPlan, journey, own_plan
from kalon.portal.queries.pages import (
    RECORDS,
    Bookable,
    Entry,
    Home,
    Month,
    bills,
    bookable,
    doctors_at,
    first_doctor,
    home,
    me,
    own_doctor_id,
    own_log,
    records,
    said_before,
    week,
)
from kalon.portal.queries.results import OwnResult, result, results
from kalon.portal.queries.summaries import summary, summary_paper

__all__ = [
    "RECORDS",
    "Bookable",
    "Entry",
    "Home",
    "Journey",
    "Month",
    "OwnPlan",
    "OwnResult",
    "bills",
    "bookable",
    "doctors_at",
    "first_doctor",
    "home",
    "journey",
    "me",
    "own_doctor_id",
    "own_log",
    "own_plan",
    "records",
    "result",
    "results",
    "said_before",
    "summary",
    "summary_paper",
    "week",
]
