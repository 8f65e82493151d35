"""Calendars outside the clinic: one's own, or all of them for whoever manages the schedules."""

from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling.lifecycles import MANAGE, VIEW
from kalon.scheduling.models import OutsideCalendar


def outside_calendars(*, seen_by: Actor) -> QuerySet[OutsideCalendar]:
    """Where visits are copied to, by the name of whose they are."""
    seen_by.must(VIEW, do="see outside calendars")
    rows = OutsideCalendar.objects.filter(organization_id=seen_by.organization_id, is_active=True)
    if not seen_by.may(MANAGE):
        me = people.staff_of(seen_by)
        rows = rows.filter(staff_id=me.pk) if me else rows.none()
    return rows.order_by("staff__name", "id")[:200]
