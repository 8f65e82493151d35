"""Whoever has roles in several branches chooses where they work now, until they sign out."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.kernel.tenancy import acting_as
from kalon.people import actions
from kalon.people import queries as people
from kalon.people.models import Branch, User
from kalon.people.tests.factories import Clinic, clinic

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HOURS = {"opens_at": "09:00", "closes_at": "19:00"}


@pytest.fixture
def second(here: Clinic) -> Branch:
    return actions.add_branch(name="Whitefield", code="WHF", city="Bengaluru", by=here.owner, **HOURS)


def _hired(here: Clinic, *places: Branch | None) -> tuple[User, Client]:
    member = actions.add_staff(
        "Ria Thomas",
        kind="OTHER",
        email=f"{uuid4().hex[:8]}@clinic.example",
        roles={place.pk if place else None: ["frontdesk"] for place in places},
        by=here.owner,
    )
    assert member.user is not None
    client = Client()
    client.force_login(member.user, backend=BACKEND)
    return member.user, client


def _page(client: Client) -> Any:
    page = client.get("/patients/")
    assert page.status_code == 200
    return page


def _works_at(client: Client) -> str:
    return str(_page(client).context["branch"].name)


def test_one_goes_to_work_in_another_branch_and_stays_there(here: Clinic, second: Branch) -> None:
    _, client = _hired(here, here.branch, second)
    assert _works_at(client) == here.branch.name
    answer = client.post("/staff/works-at", {"branch": second.pk, "next": "/patients?page=1"})
    assert (answer.status_code, answer["Location"]) == (303, "/patients?page=1")
    assert _works_at(client) == second.name
    assert f"You work in {second.name}" in _page(client).content.decode()


def test_roles_everywhere_reach_every_open_branch(here: Clinic, second: Branch) -> None:
    _, client = _hired(here, None)
    client.post("/staff/works-at", {"branch": second.pk})
    assert _works_at(client) == second.name


def test_nobody_goes_where_they_have_no_role(here: Clinic, second: Branch) -> None:
    third = actions.add_branch(name="Jayanagar", code="JAY", by=here.owner, **HOURS)
    elsewhere = clinic(roles=["owner"], name="Northside Skin", code="NS")
    _, client = _hired(here, here.branch, second)
    for place in (third.pk, elsewhere.branch.pk, uuid4(), "", "x"):
        assert client.post("/staff/works-at", {"branch": place}).status_code == 404
        assert _works_at(client) == here.branch.name


def test_a_role_that_ended_sends_one_back(here: Clinic, second: Branch) -> None:
    user, client = _hired(here, here.branch, second)
    client.post("/staff/works-at", {"branch": second.pk})
    with acting_as(here.owner):
        member = people.staff_list(seen_by=here.owner).get(user=user)
        held = people.assignments(member.pk, seen_by=here.owner).get(branch=second)
    actions.end_role(held.pk, by=here.owner)
    assert _works_at(client) == here.branch.name


def test_one_branch_leaves_no_choice(here: Clinic, second: Branch) -> None:
    _, client = _hired(here, here.branch)
    assert "Change branch" not in _page(client).content.decode()


def test_one_is_not_led_to_another_site(here: Clinic, second: Branch) -> None:
    _, client = _hired(here, here.branch, second)
    answer = client.post("/staff/works-at", {"branch": second.pk, "next": "//evil.example/x"})
    assert answer["Location"] == "/"


def test_a_stranger_and_get_are_refused(here: Clinic, second: Branch) -> None:
    assert Client().post("/staff/works-at", {"branch": second.pk}).status_code in (302, 303)
    assert _hired(here, None)[1].get("/staff/works-at").status_code == 405
