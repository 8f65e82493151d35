"""The owner's pages, over HTTP as a browser asks for them."""

from uuid import UUID

import pytest
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test import Client

from kalon.kernel.lifecycle import Staged
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, queries
from kalon.people.models import Branch, Room, Staff
from kalon.people.tests.factories import Clinic
from kalon.web.reference import ReferenceAdmin, ReferenceSite

pytestmark = pytest.mark.django_db
PAGES = (
    "/staff/",
    "/staff/add",
    "/settings/roles",
    "/settings/roles/add",
    "/settings/branches",
    "/settings/branches/add",
    "/settings/audit",
)


def as_(here: Clinic, role: str) -> Client:
    client = Client()
    client.force_login(here.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("path", [*PAGES, "/settings/tokens"])
def test_the_owner_opens_every_page(here: Clinic, path: str) -> None:
    assert as_(here, "owner").get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_does(here: Clinic, path: str) -> None:
    assert as_(here, "frontdesk").get(path).status_code == 403
    assert Client().get(path).status_code in (302, 303, 401, 403)


def test_somebody_joins_changes_and_leaves(here: Clinic) -> None:
    owner = as_(here, "owner")
    joined = {"name": "Ravi Menon", "kind": "NURSE", "email": "ravi@clinic.example", "role": "nurse"}
    joined["branch"] = str(here.branch.pk)
    assert owner.post("/staff/add", joined).status_code == 303
    with acting_as(here.owner):
        ravi = Staff.objects.get(name="Ravi Menon")
    page = f"/staff/{ravi.pk}"
    assert "Ravi Menon" in owner.get(page).content.decode()
    assert owner.post(page, {"name": "Ravi K Menon", "kind": "THERAPIST"}).status_code == 303
    with acting_as(here.owner):
        doctor = queries.roles(seen_by=here.owner).get(code="doctor")
    assert owner.post(f"{page}/roles", {"role": str(doctor.pk)}).status_code == 303
    assert owner.post(f"{page}/roles", {"role": str(doctor.pk)}).status_code == 422
    with acting_as(here.owner):
        held = [row.pk for row in queries.assignments(ravi.pk, seen_by=here.owner)]
    assert owner.post(f"{page}/roles/{held[0]}/end").status_code == 303
    assert owner.post(f"{page}/let-go").status_code == 303
    with acting_as(here.owner):
        ravi.refresh_from_db()
    assert (ravi.name, ravi.kind, ravi.is_active) == ("Ravi K Menon", "THERAPIST", False)


def test_a_taken_address_is_said_beside_its_field_and_nothing_is_lost(here: Clinic) -> None:
    taken = {"name": "Ravi Menon", "kind": "NURSE", "email": here.users["doctor"].email, "role": "nurse"}
    answer = as_(here, "owner").post("/staff/add", taken)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody signs in with this e-mail already." in page
    assert "Ravi Menon" in page


def test_places_are_added_and_changed(here: Clinic) -> None:
    owner = as_(here, "owner")
    branch = {
        "name": "Koramangala",
        "code": "kor",
        "timezone": "Asia/Kolkata",
        "opens_at": "10:00",
        "closes_at": "20:00",
    }
    assert owner.post("/settings/branches/add", branch).status_code == 303
    assert owner.post("/settings/branches/add", branch).status_code == 422
    with acting_as(here.owner):
        pk = Branch.objects.get(code="KOR").pk
    room = {
        "name": "Laser",
        "code": "l1",
        "kind": "TREATMENT",
        "capacity": "1",
        "buffer_minutes": "10",
        "features": "Laser-safe, sink",
        "display_order": "5",
        "is_active": "on",
    }
    assert owner.get(f"/settings/branches/{pk}/rooms/add").status_code == 200
    assert owner.post(f"/settings/branches/{pk}/rooms/add", room).status_code == 303
    with acting_as(here.owner):
        made = Room.objects.get(code="L1")
    assert owner.post(f"/settings/rooms/{made.pk}", room | {"name": "Laser 2"}).status_code == 303
    assert owner.get(f"/settings/branches/{pk}").status_code == 200
    assert "Laser 2" in owner.get("/settings/branches").content.decode()


def test_a_role_s_rights_are_changed(here: Clinic) -> None:
    owner = as_(here, "owner")
    with acting_as(here.owner):
        nurse = queries.roles(seen_by=here.owner).get(code="nurse")
    body = {"name": "Nurse", "sentence": "Sees who is waiting.", "permissions": ["people.view", "scheduling.view"]}
    assert owner.get(f"/settings/roles/{nurse.pk}").status_code == 200
    assert owner.post(f"/settings/roles/{nurse.pk}", body).status_code == 303
    assert owner.post(f"/settings/roles/{nurse.pk}", body | {"permissions": ["fly"]}).status_code == 422
    with acting_as(here.owner):
        nurse.refresh_from_db()
    assert (nurse.sentence, nurse.permissions) == ("Sees who is waiting.", ["people.view", "scheduling.view"])


def test_a_token_is_shown_once_and_revoked(here: Clinic) -> None:
    desk = as_(here, "frontdesk")
    page = desk.post("/settings/tokens", {"label": "Lab import", "days": "30"})
    assert "It is not shown again" in page.content.decode()
    assert "It is not shown again" not in desk.get("/settings/tokens").content.decode()
    with acting_as(here.frontdesk):
        token = queries.tokens_of(here.frontdesk).get()
    assert as_(here, "doctor").post(f"/settings/tokens/{token.pk}/revoke").status_code == 404
    assert desk.post(f"/settings/tokens/{token.pk}/revoke").status_code == 303


def test_the_log_is_found_by_person_kind_and_day(here: Clinic) -> None:
    actions.let_go(here.staff["nurse"].pk, by=here.owner)
    owner = as_(here, "owner")
    assert "staff let go" in owner.get(f"/settings/audit?person={here.owner.name}&kind=CHANGE").content.decode()
    assert "staff let go" not in owner.get("/settings/audit?kind=READ").content.decode()
    assert "staff let go" not in owner.get("/settings/audit?on=2001-01-01").content.decode()
    assert owner.get("/settings/audit?on=nonsense&patient_id=1&page=zz").status_code == 200


@pytest.mark.parametrize("path", ["/staff/{}", "/settings/roles/{}", "/settings/branches/{}", "/settings/rooms/{}"])
def test_what_is_not_there_is_not_found(here: Clinic, path: str) -> None:
    assert as_(here, "owner").get(path.format(UUID(int=7))).status_code == 404


@pytest.mark.parametrize("role", ["owner", "frontdesk", "doctor", "inventory"])
def test_everybody_starts_on_a_page_of_theirs(here: Clinic, role: str) -> None:
    client = as_(here, role)
    start = client.get("/")
    assert start.status_code == 302
    assert client.get(start.headers["Location"]).status_code in (200, 302)


def test_a_visitor_starts_at_the_door(here: Clinic) -> None:
    door = Client().get("/", follow=True)
    assert (door.status_code, door.redirect_chain) == (200, [("/accounts/login/", 302)])


# -- the API ----------------------------------------------------------------------------------------------------


def test_the_api_lists_and_adds(here: Clinic) -> None:
    token = actions.issue_own_token("test", by=here.owner)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    staff = client.get("/api/staff?limit=5").json()
    assert (len(staff["items"]), bool(staff["next"])) == (5, True)
    assert {branch["code"] for branch in client.get("/api/branches").json()["items"]} == {"BLR"}
    assert {room["code"] for room in client.get(f"/api/rooms?branch_id={here.branch.pk}").json()["items"]} == {"C1"}
    assert len(client.get("/api/roles").json()["items"]) == 9
    body = {"name": "Ravi Menon", "kind": "NURSE", "email": "ravi@clinic.example", "roles": ["nurse"]}
    assert client.post("/api/staff", body, content_type="application/json").status_code == 201
    again = client.post("/api/staff", body, content_type="application/json")
    assert (again.status_code, again.json()["field"]) == (409, "email")
    made = client.post("/api/tokens", {"label": "lab", "days": 7}, content_type="application/json")
    assert made.status_code == 201
    other = Client(headers={"Authorization": f"Bearer {made.json()['token']}"})
    assert other.get("/api/me").json()["name"] == here.owner.name
    newest = client.get("/api/tokens").json()["items"][0]
    assert newest["label"] == "lab"
    assert client.post(f"/api/tokens/{newest['id']}/revoke").status_code == 200
    assert other.get("/api/me").status_code == 401


def test_the_api_refuses_without_right_or_token(here: Clinic) -> None:
    assert Client().get("/api/staff").status_code == 401
    token = actions.issue_own_token("test", by=here.nurse)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    body = {"name": "Ravi", "kind": "NURSE"}
    refused = client.post("/api/staff", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")


# -- the admin --------------------------------------------------------------------------------------------------


def test_the_admin_is_for_who_manages_and_deletes_nothing(here: Clinic) -> None:
    owner = as_(here, "owner")
    assert owner.get("/admin/").status_code == 200
    assert owner.get("/admin/people/room/").status_code == 200
    change = {"branch": str(here.branch.pk), "code": "C1", "name": "Consulting 1", "kind": "CONSULTATION"}
    change |= {"capacity": "1", "buffer_minutes": "0", "display_order": "5", "is_active": "on"}
    assert owner.post(f"/admin/people/room/{here.room.pk}/change/", change).status_code == 302
    with acting_as(here.owner):
        assert queries.room(here.room.pk, seen_by=here.owner).name == "Consulting 1"
    assert owner.post(f"/admin/people/room/{here.room.pk}/delete/", {"post": "yes"}).status_code == 403
    assert as_(here, "frontdesk").get("/admin/people/room/").status_code == 302
    assert Client().get("/admin/").status_code == 302


def test_the_admin_shows_no_other_clinic(here: Clinic, elsewhere: Clinic) -> None:
    assert as_(here, "owner").get(f"/admin/people/room/{elsewhere.room.pk}/change/").status_code == 302


def test_the_admin_knows_reference_data_only(here: Clinic) -> None:
    assert isinstance(admin.site._registry[Room], ReferenceAdmin)
    assert all(isinstance(shown, ReferenceAdmin) for shown in admin.site._registry.values())
    assert not any(issubclass(model, Staged) for model in admin.site._registry)


def test_the_admin_takes_nothing_with_a_lifecycle() -> None:
    class Visit(Staged):
        status = models.CharField(max_length=8)

        class Meta:
            app_label = "people"
            managed = False

    with pytest.raises(ImproperlyConfigured, match="has a lifecycle"):
        ReferenceSite().register(Visit, ReferenceAdmin)
