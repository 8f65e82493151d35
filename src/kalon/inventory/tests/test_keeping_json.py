"""Items, places, kits and what has expired by JSON: who keeps the store may, others may not, nobody reaches over."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.inventory.models import SerialUnit
from kalon.inventory.tests.clinic import open_store
from kalon.inventory.tests.theatre import Theatre
from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people


class Desk:
    """A browser of somebody with a role, at one branch or at all."""

    def __init__(self, theatre: Theatre, role: str, at: Any = None) -> None:
        about = {"kind": "OTHER", "email": f"{role}-{uuid4().hex[:6]}@clinic.example", "roles": {at: [role]}}
        member: Any = people.add_staff(f"The {role}", **about, by=theatre.system)
        self.client = Client()
        self.client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/inventory{path}", **more)


@pytest.fixture
def keeper(theatre: Theatre) -> Desk:
    return Desk(theatre, "inventory")


def test_items_and_places_are_kept(theatre: Theatre, keeper: Desk):
    theatre.receive("4")
    away = open_store()
    new = {"name": "Drain 10 Fr", "kind": "CONSUMABLE", "unit": "piece", "reorder_level": "6", "price": "310.50"}
    made = keeper("post", "/items", new)
    assert made.status_code == 201 and (made.json()["reorder_level"], made.json()["available"]) == ("6", "0")
    assert keeper("post", "/items", new).status_code == 409
    for slip in ({"name": "  "}, {"name": "a\x00b"}, {"kind": "FOOD"}, {"price": "NaN"}, {"tax_code": "NONE-SUCH"}):
        assert keeper("post", "/items", {**new, "name": "Drain 12 Fr", **slip}).status_code == 422, slip
    mesh = f"/items/{theatre.mesh.pk}"
    assert keeper("get", mesh).json()["held"] == "4"
    assert keeper("patch", mesh, {"reorder_level": "2.5", "unit": None}).json()["reorder_level"] == "2.5"
    assert keeper("patch", mesh, {"unit": "box"}).json()["field"] == "unit"
    assert keeper("patch", mesh, {"is_active": False}).json()["is_active"] is False
    place = {"code": "OT2", "name": "Theatre 2", "kind": "THEATRE"}
    there = keeper("post", "/places", place)
    assert there.status_code == 201 and there.json()["branch_id"] == str(theatre.store.branch_id)
    assert keeper("post", "/places", place).status_code == 409
    kept = f"/places/{theatre.store.pk}"
    assert keeper("patch", kept, {"name": "Main store"}).json()["name"] == "Main store"
    assert keeper("patch", kept, {"is_active": False}).json()["detail"] == "Something still stands here. Move it first."
    closed = keeper("patch", f"/places/{there.json()['id']}", {"is_active": False}).json()
    here = f"/places?branch_id={theatre.store.branch_id}"
    assert closed["id"] not in [row["id"] for row in keeper("get", here).json()["items"]]
    assert closed["id"] in [row["id"] for row in keeper("get", f"{here}&also_unused=true").json()["items"]]
    for method, path, body in (
        ("get", f"/items/{away.toxin.pk}", None), ("patch", f"/items/{away.toxin.pk}", {"name": "Ours"}),
        ("patch", f"/places/{away.room.pk}", {"name": "Ours"}),
        ("post", "/places", {**place, "code": "X", "branch_id": away.branch.pk}),
    ):  # fmt: skip
        assert keeper(method, path, body).status_code == 404, path


def test_a_kit_is_written_anew(theatre: Theatre, keeper: Desk):
    kit, mesh = f"/kits/{theatre.procedure.pk}", {"item_id": theatre.mesh.pk, "quantity": "1.5"}
    assert [(row["item"], row["quantity"], row["need"]) for row in keeper("get", kit).json()] == [
        ("Support mesh", "3", "OPTIONAL"), ("Lunara Round 295", "2", "REQUIRED"),
    ]  # fmt: skip
    assert [row["need"] for row in keeper("put", kit, {"lines": [mesh]}).json()] == ["REQUIRED"]
    for lines, status in (
        ([mesh, mesh], 422), ([{**mesh, "need": "MAYBE"}], 422), ([{**mesh, "quantity": "0.3"}], 422),
        ([{**mesh, "item_id": uuid4()}], 404),
    ):  # fmt: skip
        assert keeper("put", kit, {"lines": lines}).status_code == status, lines
    assert keeper("get", kit).json()[0]["quantity"] == "1.5"
    assert keeper("get", f"/kits/{uuid4()}").status_code == 404
    assert keeper("put", f"/kits/{uuid4()}", {"lines": []}).status_code == 404


def test_what_expired_is_written_off_by_json_and_on_the_page_of_a_piece(theatre: Theatre, keeper: Desk):
    batch = theatre.receive("4", days=3).batch_id
    one, two = theatre.take_in("S1", "S2", lot="OLD", days=3)
    off, page = {"batch_id": batch, "location_id": theatre.store.pk}, f"/inventory/units/{two.pk}"
    assert keeper("post", "/expired", off).status_code == 409
    assert keeper("post", f"/units/{one.pk}/expire").status_code == 409
    assert "Write off as expired" not in keeper.client.get(page).content.decode()
    with clock.at(clock.now() + timedelta(days=10)):
        gone = keeper("post", "/expired", off)
        assert (gone.status_code, gone.json()["quantity"], gone.json()["kind"]) == (201, "4", "EXPIRED")
        assert keeper("post", "/expired", off).status_code == 409
        assert keeper("post", f"/units/{one.pk}/expire").json()["status"] == "EXPIRED"
        assert "Write off as expired" in keeper.client.get(page).content.decode()
        assert keeper.client.post(f"{page}/expired").status_code == 303
        assert keeper.client.post(f"{page}/expired").status_code == 409
        assert theatre.count(SerialUnit, status="EXPIRED") == 2


def test_the_implant_card_and_those_who_may_not(theatre: Theatre, keeper: Desk):
    unit = theatre.take_in("S1")[0]
    theatre.reserve(unit)
    entry = theatre.implanted(unit)
    card = f"/implants/{entry.pk}/card.pdf"
    nurse, desk, far = (
        Desk(theatre, "nurse"),
        Desk(theatre, "frontdesk"),
        Desk(theatre, "inventory", theatre.far_store.branch_id),
    )
    answer = keeper("get", card)
    assert answer["Content-Type"] == "application/pdf" and b"".join(answer.streaming_content).startswith(b"%PDF")
    with acting_as(theatre.system):
        assert AuditEvent.objects.filter(purpose="implant card", patient_id=entry.patient_id).count() == 1
    assert keeper("get", f"/implants/{uuid4()}/card.pdf").status_code == 404
    writes = (
        ("post", "/items", {"name": "X", "kind": "CONSUMABLE", "unit": "piece"}),
        ("patch", f"/items/{theatre.mesh.pk}", {"name": "X"}),
        ("post", "/places", {"code": "X", "name": "X", "branch_id": theatre.store.branch_id}),
        ("patch", f"/places/{theatre.store.pk}", {"name": "X"}),
        ("put", f"/kits/{theatre.procedure.pk}", {"lines": []}),
        ("post", "/expired", {"batch_id": unit.batch_id, "location_id": theatre.store.pk}),
        ("post", f"/units/{unit.pk}/expire", None),
    )
    for who in (nurse, desk):
        assert [who(*one).status_code for one in writes] == [403] * len(writes)
    at_its_branch = [
        one for one in writes if "/items" not in one[1] and "/kits" not in one[1] and "units" not in one[1]
    ]
    assert {far(*one).status_code for one in at_its_branch} == {403}
    assert nurse("get", "/places").status_code == 200
    assert [desk("get", path).status_code for path in ("/places", f"/items/{theatre.mesh.pk}", card)] == [403] * 3
    assert len(keeper("get", f"/kits/{theatre.procedure.pk}").json()) == 2
