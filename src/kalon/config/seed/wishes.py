"""What patients of the demonstration wish and do not want: said on the phone, and heard by the staff."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.config.seed.clinic import Place
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans import queries
from kalon.plans.actions import PreferenceDetails

# days ago, who says it, a code of the catalogue or a category, the wish, in the patient's words
OF_MEERA = (
    (21, "", "RHINOPLASTY", "UNDECIDED", "I would like to see what it could look like first."),
    (20, "", "FILLER-1ML", "INTERESTED", "Only a little, and nothing before my sister's wedding."),
    (6, "doctor", "RHINOPLASTY", "INTERESTED", "A straighter bridge, not a shorter nose. Not before March."),
    (5, "", "FILLER-1ML", "NOT_WANTED", "I have thought about it: no filler."),
    (5, "nurse", "SKIN", "INTERESTED", "Asked what helps against the marks on her cheeks."),
)
OF_ANOTHER = ((9, "frontdesk", "INJECTABLE", "NOT_WANTED", "Afraid of needles; said so on the telephone."),)


def say(place: Place, meera: Any, others: Sequence[Any], today: date, zone: ZoneInfo) -> None:
    """One patient who changed her mind about two things, and others who told the desk."""
    owner = place.by["owner"]
    with acting_as(owner):
        codes = {row.code: row.pk for row in catalog.procedures(seen_by=owner)}
    for patient, said in ((meera, OF_MEERA), *((one, OF_ANOTHER) for one in others)):
        for days, role, about, wish, note in said:
            by = place.by[role] if role else place.on_the_phone(patient)
            subject = {"procedure_id": codes[about]} if about in codes else {"category": about}
            with clock.at(datetime.combine(today - timedelta(days=days), time(18, 20), zone)):
                plans.say_preference(patient.pk, PreferenceDetails(wish=wish, note=note, **subject), by=by)
    _second_thoughts(place, meera)


def _second_thoughts(place: Place, meera: Any) -> None:
    """Somebody no longer wants what is planned for them: the plan says so, and the doctor talks with them."""
    nurse = place.by["nurse"]
    with acting_as(nurse):
        rows = queries.plans(seen_by=nurse).filter(status="APPROVED", lines__entry__isnull=False)
        plan = rows.exclude(patient_id=meera.pk).order_by("-id").first()
        entry = queries.lines_of(plan)[0].entry_id if plan else None
    if plan is not None and entry is not None:
        note = "Read about it at home and is not sure any more; wants to speak with the doctor first."
        plans.say_preference(
            plan.patient_id, PreferenceDetails(wish="NOT_WANTED", procedure_id=entry, note=note), by=nurse
        )
