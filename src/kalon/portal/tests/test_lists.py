"""A patient's lists cost the same statements with one row and with thirty, as pages and as JSON."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection
from tests.journeys.story import on_tuesday

from kalon.consultations import actions as consultations
from kalon.kernel.tenancy import acting_as
from kalon.portal.tests.conftest import Portal, queries
from kalon.scheduling import actions as scheduling

MANY = 30
TIMES = [
    on_tuesday(f"{hour:02d}:{minute:02d}") + timedelta(days=day)
    for day in (0, 1)
    for hour in (9, 10, 11, 12, 14, 15, 16, 17)
    for minute in (0, 30)
]
TO_THE_END = ("CHECKED_IN", "IN_CONSULTATION", "PLAN_CREATED", "CLOSED")


def book(portal: Portal, start: datetime) -> None:
    scheduling.book(replace(portal.wish(portal.zoya), start=start), by=portal.zoya)


def signed_summary(portal: Portal) -> None:
    """An encounter in writing, brought to its end along the drawn arrows without the words of a doctor."""
    story = portal.story
    assert portal.zoya.patient_id is not None
    with acting_as(story.doctor), connection.cursor() as cursor:
        row = consultations.write_to(
            portal.zoya.patient_id,
            branch_id=story.place.branch.pk,
            doctor_id=story.dr_menon.pk,
            complaint="Lines around my eyes",
            by=story.doctor,
        )
        cursor.execute(
            "UPDATE consultations_consultation SET outcome = 'NO_ACTION', signed_at = %s, signed_by_id = %s "
            "WHERE id = %s",
            [on_tuesday("12:00"), story.dr_menon.pk, row.pk],
        )
        for status in TO_THE_END:
            cursor.execute("UPDATE consultations_consultation SET status = %s WHERE id = %s", [status, row.pk])


def test_lists_cost_the_same_for_one_row_and_for_thirty(portal: Portal) -> None:
    visits = ("/my/", "/my/records?show=visits", "/my/bills", "/api/patient/appointments", "/api/patient/bills")
    book(portal, TIMES[0])
    for path in visits:
        portal.as_zoya.get(path)  # the first request of a session writes what later ones find
    one = {path: queries(portal.as_zoya, path) for path in visits}
    for at in TIMES[1:MANY]:
        book(portal, at)
    assert len(portal.as_zoya.get("/api/patient/appointments?limit=100").json()["items"]) == MANY
    assert {path: queries(portal.as_zoya, path) for path in visits} == one


def test_summaries_cost_the_same_for_one_and_for_thirty(portal: Portal) -> None:
    paths = ("/my/", "/my/records", "/my/records?show=summaries", "/api/patient/consultations")
    signed_summary(portal)
    for path in paths:
        portal.as_zoya.get(path)
    one = {path: queries(portal.as_zoya, path) for path in paths}
    for _ in range(MANY - 1):
        signed_summary(portal)
    assert len(portal.as_zoya.get("/api/patient/consultations?limit=100").json()["items"]) == MANY
    assert {path: queries(portal.as_zoya, path) for path in paths} == one
