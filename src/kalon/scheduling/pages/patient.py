"""What scheduling shows on a patient's page: visits to come and past, and the button to book."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.patients.models import Patient
from kalon.patients.queries import page
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import AHEAD, BOOK, VIEW
from kalon.scheduling.pages import looks

SHOWN = 50


def plug_in() -> None:
    """Put the visits on the patient's page."""
    page.add_tab(page.Tab("visits", "Visits", render=visits_tab, permission=VIEW, order=20))
    page.add_button(book_button, order=10)
    page.add_next_action(next_visit, order=50)
    page.add_timeline(story)


def visits_tab(request: HttpRequest, patient: Patient) -> str:
    """Every visit, newest first."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.appointments_of(patient.pk, seen_by=by)[:SHOWN]
    rows = [looks.row(visit, by=by, today=clock.today(visit.zone), hide_names=False) for visit in found]
    return render_to_string("scheduling/patient_visits.html", {"rows": rows, "patient": patient}, request)


def book_button(request: HttpRequest, patient: Patient) -> str | None:
    """To the booking page, with the patient chosen."""
    if not request.actor.may(BOOK):  # type: ignore[attr-defined]
        return None
    return render_to_string("scheduling/patient_book.html", {"patient": patient}, request)


def next_visit(request: HttpRequest, patient: Patient) -> str | None:
    """The visit that comes next, with the step that can be taken now."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.may(VIEW):
        return None
    coming = queries.appointments_of(patient.pk, seen_by=by).filter(status__in=AHEAD, ends_at__gte=clock.now())
    visit = coming.order_by("starts_at").first()
    if visit is None:
        return None
    row = looks.row(visit, by=by, today=clock.today(visit.zone), hide_names=False)
    return render_to_string("scheduling/patient_next.html", {"row": row}, request)


def story(patient_id: UUID, seen_by: Actor, limit: int, before: datetime | None) -> Iterable[page.TimelineEntry]:
    """The visits that were, for the timeline."""
    if not seen_by.may(VIEW):
        return []
    past = queries.appointments_of(patient_id, seen_by=seen_by).filter(starts_at__lte=before or clock.now())
    return [
        page.TimelineEntry(
            at=visit.starts_at,
            title=visit.service.name if visit.service else visit.get_kind_display(),
            text=f"{visit.get_status_display()}{f', {visit.doctor.name}' if visit.doctor else ''}",
            icon="calendar-check",
            tone="mute",
            tag="Visit",
            href=f"/appointments/{visit.pk}",
        )
        for visit in past[:limit]
    ]
