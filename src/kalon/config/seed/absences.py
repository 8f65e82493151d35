"""Days on which nobody comes: the holidays of Kerala, a day of the clinic's own, and the leave people asked for."""

from datetime import date, timedelta

from kalon.config.seed.clinic import Place
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries

COUNTRY, REGION = "IN", "KL"
KEPT = ("Christmas", "Republic Day", "Independence Day", "Gandhi Jayanti")  # the others stay to be decided
FREE_FOR = timedelta(days=16)  # the seeded visits lie before: nobody has to be asked what becomes of them


def plan(place: Place, today: date) -> None:
    """Close the branch on its holidays, and have two of the team ask for leave: one is answered, one waits."""
    owner = place.by["owner"]
    scheduling.follow_calendar(place.branch.pk, COUNTRY, REGION, by=owner)
    with acting_as(owner):
        proposed = list(queries.holidays_of(place.branch.pk, today, today + timedelta(days=730), seen_by=owner))
    closed = [day.pk for day in proposed if day.on_date > today + FREE_FOR and day.name.startswith(KEPT)]
    scheduling.decide_holidays(place.branch.pk, closed=closed, open_=[], by=owner)
    own = next(
        on
        for on in (today + FREE_FOR + timedelta(days=n) for n in range(1, 15))
        if on not in {day.on_date for day in proposed} and on.weekday() < 5
    )
    scheduling.add_holiday(place.branch.pk, own, "Training day of the team", by=owner)
    away = today + FREE_FOR + timedelta(days=8)
    asked = scheduling.request_leave(away, away + timedelta(days=1), note="Congress in Chennai", by=place.by["surgeon"])
    scheduling.approve_leave(asked.pk, by=owner)
    later = away + timedelta(days=14)
    scheduling.request_leave(later, later + timedelta(days=3), note="My sister's wedding", by=place.by["nurse"])
