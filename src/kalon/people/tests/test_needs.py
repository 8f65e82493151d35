"""What stands in a branch for a visit to take: rooms with features, equipment by kind, the team by kind."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, queries
from kalon.people.models import Equipment, Room, Staff
from kalon.people.tests.factories import Clinic, member

pytestmark = pytest.mark.django_db
DEVICE: dict[str, Any] = {"name": "Nd:YAG laser", "code": "ny1", "kind": "Nd:YAG laser", "buffer_minutes": 5}


def test_rooms_are_found_by_kind_and_features_the_one_to_take_first_in_front(here: Clinic) -> None:
    for code, order, features in (("A", 30, ["Sink"]), ("B", 10, ["sink", " Laser-safe "]), ("C", 20, [])):
        actions.add_room(
            here.branch.pk, name=code, code=code, kind=Room.Kind.LASER, display_order=order, features=features,
            by=here.owner,
        )  # fmt: skip
    closed = actions.add_room(here.branch.pk, name="D", code="D", kind=Room.Kind.LASER, by=here.owner)
    actions.change_room(closed.pk, is_active=False, by=here.owner)

    def found(**wish: Any) -> list[str]:
        with acting_as(here.doctor):
            return [room.code for room in queries.rooms(seen_by=here.doctor, branch_id=here.branch.pk, **wish)]

    assert found(kind="LASER") == ["B", "C", "A"]
    assert found(kind="LASER", features=["sink"]) == ["B", "A"]
    assert found(features=("SINK", "laser-safe", "sink")) == ["B"]
    assert found(kind="PROCEDURE") == []
    assert found() == ["B", "C", "A", "C1"]


def test_a_device_is_added_changed_and_taken_out_of_use(here: Clinic) -> None:
    device = actions.add_equipment(here.branch.pk, **DEVICE, by=here.owner)
    assert (device.code, device.kind) == ("NY1", "ND_YAG_LASER")
    with pytest.raises(Clash):
        actions.add_equipment(here.branch.pk, **DEVICE, by=here.owner)
    actions.change_equipment(device.pk, is_active=False, by=here.owner)
    with acting_as(here.doctor):
        assert not queries.equipment_of(branch_id=here.branch.pk, seen_by=here.doctor).exists()
        assert queries.equipment_kinds(seen_by=here.doctor) == []
        assert queries.equipment(device.pk, seen_by=here.doctor) == device


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "  "}, "kind"),
        ({"kind": "3D"}, "kind"),
        ({"name": ""}, "name"),
        ({"buffer_minutes": 241}, "buffer_minutes"),
    ],
)
def test_a_device_that_cannot_be_is_refused(here: Clinic, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add_equipment(here.branch.pk, **{**DEVICE, **wrong}, by=here.owner)
    assert refusal.value.field == field
    with acting_as(here.owner):
        assert Equipment.objects.count() == 0


def test_a_room_s_features_are_few_and_short(here: Clinic) -> None:
    for wrong in (["x" * 41], [f"word {n}" for n in range(21)]):
        with pytest.raises(Invalid) as refusal:
            actions.change_room(here.room.pk, features=wrong, by=here.owner)
        assert refusal.value.field == "features"
    with acting_as(here.owner):
        assert queries.room(here.room.pk, seen_by=here.owner).features == []


def test_the_team_of_a_branch_is_who_holds_a_role_there(here: Clinic, elsewhere: Clinic) -> None:
    other = actions.add_branch(name="Second", code="TWO", by=here.owner)
    there = member("nurse", branch_id=other.pk, by=here.owner)
    gone = member("nurse", by=here.owner)
    actions.let_go(gone.pk, by=here.owner)
    everywhere = here.staff["nurse"]

    def team(branch_id: Any, by: Any) -> set[Any]:
        with acting_as(by):
            return {one.pk for one in queries.team(branch_id=branch_id, kind=Staff.Kind.NURSE, seen_by=by)}

    assert team(here.branch.pk, here.doctor) == {everywhere.pk}
    assert team(other.pk, here.doctor) == {everywhere.pk, there.pk}
    assert team(here.branch.pk, here.public) == {everywhere.pk, there.pk}
    assert team(here.branch.pk, elsewhere.owner) == set()


def test_whoever_has_no_right_changes_no_equipment(here: Clinic, elsewhere: Clinic) -> None:
    device = actions.add_equipment(here.branch.pk, **DEVICE, by=here.owner)
    for by in (here.frontdesk, here.doctor, here.public):
        with pytest.raises(NotPermitted):
            actions.add_equipment(here.branch.pk, **{**DEVICE, "code": "X"}, by=by)
        with pytest.raises(NotPermitted):
            actions.change_equipment(device.pk, name="Mine", by=by)
    with pytest.raises(NotFound):
        actions.change_equipment(device.pk, name="Mine", by=elsewhere.owner)
    with pytest.raises(NotFound):
        actions.add_equipment(here.branch.pk, **DEVICE, by=elsewhere.owner)
    with acting_as(here.owner):
        assert [row.name for row in Equipment.objects.all()] == ["Nd:YAG laser"]
    for by in (here.public, here.owner):
        with pytest.raises(DatabaseError, match="permission denied"), acting_as(by), connection.cursor() as cursor:
            cursor.execute("DELETE FROM people_equipment")


def test_equipment_has_pages_and_json_for_the_owner(here: Clinic) -> None:
    owner, desk = Client(), Client()
    for client, role in ((owner, "owner"), (desk, "frontdesk")):
        client.force_login(here.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    add = f"/settings/branches/{here.branch.pk}/equipment/add"
    assert owner.get(add).status_code == 200
    assert owner.post(add, {**DEVICE, "is_active": "on"}).status_code == 303
    assert owner.post(add, {**DEVICE, "is_active": "on"}).status_code == 422
    assert "ND_YAG_LASER" in owner.get("/settings/equipment").content.decode()
    api = f"/api/equipment?branch_id={here.branch.pk}&kind=ND_YAG_LASER"
    [listed] = desk.get(api).json()["items"]
    assert (listed["code"], listed["buffer_minutes"]) == ("NY1", 5)
    one = f"/settings/equipment/{listed['id']}"
    assert owner.get(one).status_code == 200
    assert owner.post(one, {**DEVICE, "name": "Old laser"}).status_code == 303
    assert desk.get(api).json()["items"] == []
    path = f"/api/equipment/{listed['id']}"
    changed = owner.patch(path, {"is_active": True}, content_type="application/json")
    assert (changed.json()["is_active"], changed.json()["name"]) == (True, "Old laser")
    assert desk.patch(path, {"is_active": False}, content_type="application/json").status_code == 403
    room = owner.patch(f"/api/rooms/{here.room.pk}", {"features": ["Sink"]}, content_type="application/json")
    assert room.json()["features"] == ["sink"]
    for path in ("/settings/equipment", add, one):
        assert desk.get(path).status_code == 403
