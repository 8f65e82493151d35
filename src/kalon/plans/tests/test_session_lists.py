"""What the procedure's list asks before a treatment session holds its start up: verb, page and database."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kalon.catalog import actions as catalog
from kalon.catalog.actions import ToDo
from kalon.catalog.models import Procedure
from kalon.kernel import clock
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.plans import actions
from kalon.plans.models import ListItem
from kalon.plans.tests.told import approved, book, refused, session, spaced, sql, states
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY

SUN, HAIR, HELD, ICE = "No sun for two weeks", "Hair is washed", "Brochure given", "Cooled for ten minutes"
LIST = (
    ToDo(SUN, "BEFORE", "NURSE"),
    ToDo(HAIR, "DAY_OF", "NURSE"),
    ToDo(HELD, "BEFORE", "DESK", is_required=False),
    ToDo(ICE, "AFTER", "NURSE"),
)
START = "UPDATE plans_proceduresession SET status = 'IN_PROGRESS', started_at = kalon_now() WHERE id = %s"


def item(visit: Any, plan: Any, words: str) -> Any:
    with acting_as(visit.clinic.system):
        return ListItem.objects.get(plan_id=plan.pk, item__words=words).pk


def arrived(visit: Any, plan: Any, number: int, day: Any) -> Any:
    """The patient of a session is here."""
    booked = book(visit, session(visit, plan, number).prompt, day=day, kind="SESSION")
    with clock.at(booked.period.lower):
        scheduling.check_in(booked.pk, by=visit.desk)
    return booked.period.lower, session(visit, plan, number).row


def nurse_of(visit: Any) -> Client:
    made = Client()
    with acting_as(visit.clinic.system):
        user = User.objects.get(pk=visit.nurse.user_id)
    made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def test_a_session_waits_for_its_list(visit):
    plan, nurse = spaced(visit, days=14), nurse_of(visit)
    with acting_as(visit.clinic.system):
        entry = Procedure.objects.get(code="PRP")
    catalog.write_checklist(entry.pk, LIST, by=visit.clinic.system)
    assert actions.attach_lists(plan.pk, by=visit.clinic.system) == 4
    at, first = arrived(visit, plan, 1, TUESDAY + timedelta(days=7))
    page = f"/sessions/{first.pk}"
    with clock.at(at - timedelta(days=2)):
        actions.tick(item(visit, plan, HAIR), by=visit.nurse)  # of the day, ticked too early
    with clock.at(at):
        with pytest.raises(NotReady, match=f"{SUN}; {HAIR}"):
            actions.start_session(first.pk, by=visit.nurse)
        with acting_as(visit.nurse), refused("plans_proceduresession_list"):
            sql(START, first.pk)
        shown = nurse.get(page).content.decode()
        assert SUN in shown and HAIR in shown and ICE not in shown and "Still open on the list" in shown
        tick = f"{page}/list/{item(visit, plan, SUN)}"
        assert nurse.post(tick, {"state": "NOT_NEEDED", "note": ""}).status_code == 422
        assert nurse.post(tick, {"state": "DONE"}).status_code == 303
        with pytest.raises(NotReady, match=HAIR):
            actions.start_session(first.pk, by=visit.nurse)
        with acting_as(visit.nurse), refused("plans_proceduresession_list"):
            sql(START, first.pk)
        actions.tick(item(visit, plan, HAIR), by=visit.nurse)
        actions.start_session(first.pk, by=visit.nurse)
        shown = nurse.get(page).content.decode()
        assert ICE in shown and SUN not in shown
        actions.complete_session(first.pk, by=visit.nurse)
    other = session(visit, approved(visit, "SERIES", of=plan.consultation_id), 1).row
    assert nurse.post(f"/sessions/{other.pk}/list/{item(visit, plan, ICE)}", {"state": "DONE"}).status_code == 404
    at, second = arrived(visit, plan, 2, TUESDAY + timedelta(days=28))
    with clock.at(at):  # what is of before the plan stands, what is of the day is asked again
        with pytest.raises(NotReady, match=f"list: {HAIR}. Tick"):
            actions.start_session(second.pk, by=visit.nurse)
        actions.tick(item(visit, plan, HAIR), by=visit.nurse)
        actions.start_session(second.pk, by=visit.nurse)
    assert states(visit, plan)[:2] == ["COMPLETED", "IN_PROGRESS"]
