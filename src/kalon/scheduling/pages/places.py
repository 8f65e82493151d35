"""Where scheduling stands in other places: the navigation, ⌘K, and the patient's page."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.patients.queries import joining, page, timeline
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import AHEAD, APPROVE, BOOK, MANAGE, VIEW
from kalon.scheduling.pages import approvals, looks
from kalon.scheduling.queries.going_on import going_on
from kalon.web import navigation, search

SHOWN = 50
NUMBER = re.compile(r"[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}")


def plug_in() -> None:
    """Put the entries into the navigation and the search, and the visits on the patient's page."""
    joining.add(going_on)
    entry = navigation.Entry
    navigation.add(entry(label="Today", url_name="scheduling:day", icon="layout-dashboard", permission=VIEW, order=10))
    navigation.add(entry(label="Queue", url_name="scheduling:queue", icon="armchair", permission=VIEW, order=15))
    navigation.add(
        entry(label="Calendar", url_name="scheduling:calendar", icon="calendar-days", permission=VIEW, order=20)
    )
    navigation.add(entry(label="Visits", url_name="scheduling:list", icon="list", permission=VIEW, order=24))
    navigation.add(
        entry(label="Waiting list", url_name="scheduling:waiting_list", icon="hourglass", permission=VIEW, order=25)
    )
    navigation.add(
        entry(
            label="Requests", url_name="scheduling:approvals", icon="inbox", permission=APPROVE, order=16,
            badge=approvals.waiting,
        )
    )  # fmt: skip
    navigation.add(
        entry(
            label="Schedules",
            url_name="scheduling:schedules",
            icon="calendar-clock",
            permission=MANAGE,
            group=navigation.SETTINGS,
            order=30,
        )
    )
    navigation.add(
        entry(
            label="Screens",
            url_name="scheduling:screens",
            icon="monitor",
            permission=MANAGE,
            group=navigation.SETTINGS,
            order=35,
        )
    )
    navigation.add(
        entry(label="Who works when", url_name="scheduling:month", icon="calendar-range", permission=VIEW, order=25)
    )
    search.add(visits_by_number)
    page.add_tab(page.Tab("visits", "Visits", render=visits_tab, permission=VIEW, order=20))
    page.add_button(book_button, order=10)
    page.add_next_action(next_visit, order=50)
    timeline.add(timeline.Source("visits", "Visits", story, permission=VIEW, order=10))


def visits_by_number(by: navigation.MayAct, text: str) -> list[search.Hit]:
    """The visit whose number somebody reads out."""
    if not isinstance(by, Actor) or not by.may(VIEW) or not NUMBER.fullmatch(text.strip()):
        return []
    letters = text.strip().upper().replace("-", "")
    found = queries.appointments(seen_by=by).filter(number=f"{letters[:4]}-{letters[4:]}")
    return [
        search.Hit(
            title=f"Visit {visit.number}",
            url=reverse("scheduling:visit", args=[visit.pk]),
            note=f"{visit.patient.name}, {visit.local_start:%-d %b %H:%M}",
            icon="calendar-check",
            group="Visits",
        )
        for visit in found
    ]


def visits_tab(request: HttpRequest, patient: Any) -> str:
    """Every visit, newest first."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.appointments_of(patient.pk, seen_by=by)[:SHOWN]
    rows = [looks.row(visit, by=by, today=clock.today(visit.zone), hide_names=False) for visit in found]
    return render_to_string("scheduling/patient_visits.html", {"rows": rows, "patient": patient}, request)


def book_button(request: HttpRequest, patient: Any) -> str | None:
    """To the booking page, with the patient chosen."""
    if not request.actor.may(BOOK):  # type: ignore[attr-defined]
        return None
    return render_to_string("scheduling/patient_book.html", {"patient": patient}, request)


def next_visit(request: HttpRequest, patient: Any) -> str | None:
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


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """The visits that were."""
    past = queries.appointments_of(ask.patient_id, seen_by=ask.by).filter(starts_at__lte=clock.now())
    return [
        timeline.Entry(
            at=visit.starts_at,
            id=visit.pk,
            title=visit.what,
            text=f"{visit.get_status_display()}{f', {visit.doctor.name}' if visit.doctor else ''}",
            icon="calendar-check",
            tone="mute",
            tag="Visit",
            href=reverse("scheduling:visit", args=[visit.pk]),
        )
        for visit in ask.of(past, at="starts_at")
    ]
