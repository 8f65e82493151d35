"""The store over HTTP: its pages for each role, its JSON, and nothing typed is lost."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.inventory import actions, queries
from kalon.inventory.models import Item, Movement
from kalon.inventory.tests.clinic import Store
from kalon.inventory.tests.theatre import Theatre
from kalon.kernel.actors import EVERYWHERE
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.rules.roles import ROLES
from kalon.plans import queries as plans

SignedIn = Callable[[str], Client]
LISTS = ("/inventory", "/inventory/expiring", "/inventory/reorder", "/inventory/movements")


def test_the_lists_show_what_there_is(store: Store, signed_in: SignedIn):
    store.receive(store.toxin, "5", "SOON", 5)
    store.issue(store.toxin, "2.5")
    keeper = signed_in("inventory")
    texts = {path: keeper.get(path).content.decode() for path in LISTS}
    assert "2.5 unit" in texts["/inventory"] and "To order" in texts["/inventory"]
    assert "SOON" in texts["/inventory/expiring"] and "in 5 days" in texts["/inventory/expiring"]
    assert "Gloves" in texts["/inventory/reorder"]
    assert "All that is below its level" in texts["/inventory"] and "10 packs" in texts["/inventory"]
    assert "Given" in texts["/inventory/movements"] and store.patient.mrn in texts["/inventory/movements"]
    page = keeper.get(f"/inventory/items/{store.toxin.pk}").content.decode()
    for word in ("SOON", "2.5 unit", "Room 1", "Count", "Waste", "Lock away"):
        assert word in page, word


def test_who_keeps_the_store_starts_there(store: Store, signed_in: SignedIn):
    assert signed_in("inventory").get("/")["Location"] == "/inventory"
    assert signed_in("doctor").get("/")["Location"] != "/inventory"


def test_filters(store: Store, signed_in: SignedIn):
    store.receive(store.toxin, "50", "A", 50)
    keeper = signed_in("inventory")
    for asked, names in (
        ("kind=CONSUMABLE", {"Gloves"}),
        ("show=available", {"Kalmira 100"}),
        ("show=below", {"Aurelle Fine", "Gloves"}),
        ("show=out", {"Aurelle Fine", "Gloves"}),
        ("q=a", {"Kalmira 100"}),
        ("kind=NONSENSE&show=NONSENSE&page=99", {"Kalmira 100", "Aurelle Fine", "Gloves"}),
    ):
        page = keeper.get(f"/inventory?{asked}")
        if asked != "q=a":
            assert {item.name for item, _ in page.context["lines"]} == names, asked
        else:
            assert names <= {item.name for item, _ in page.context["lines"]}


def test_who_was_given_what_is_a_logged_read(store: Store, signed_in: SignedIn):
    store.receive(store.toxin, "50", "A", 50)
    store.issue(store.toxin, "2.5")
    signed_in("inventory").get("/inventory/movements")
    with acting_as(store.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_table="inventory_movement")
        assert [read.patient_id for read in reads] == [store.patient.pk]


@pytest.mark.parametrize("role", ["nurse", "doctor", "theatre"])
def test_those_who_use_stock_see_it_and_do_not_keep_it(store: Store, signed_in: SignedIn, role: str):
    store.receive(store.toxin, "50", "A", 50)
    user = signed_in(role)
    with acting_as(store.system):
        shelf = queries.shelves(seen_by=store.system).get()
    assert [user.get(path).status_code for path in LISTS] == [200] * 4
    assert user.get(f"/inventory/shelves/{shelf.pk}/waste").status_code == 200
    for path in ("receive", "items/new", "places", f"shelves/{shelf.pk}/count", f"shelves/{shelf.pk}/move"):
        assert user.get(f"/inventory/{path}").status_code == 403, path
    assert "Receive stock" not in user.get("/inventory").content.decode()


def test_the_desk_has_no_business_in_the_store(store: Store, signed_in: SignedIn):
    desk = signed_in("frontdesk")
    assert [desk.get(path).status_code for path in LISTS] == [403] * 4


def test_a_delivery_is_taken_in_and_a_slip_keeps_what_was_typed(store: Store, signed_in: SignedIn):
    keeper = signed_in("inventory")
    sent = {
        "item": str(store.toxin.pk), "location": str(store.room.pk), "quantity": "100", "number": "C3391",
        "expires_on": store.day(90).isoformat(), "supplier": "Malabar Surgicals", "reference": "MS-1", "cost": "8000",
    }  # fmt: skip
    for slip, sentence in (
        ({"number": ""}, "Write the batch number as it stands on the pack."),
        ({"expires_on": ""}, "Write the expiry date as it stands on the pack."),
        ({"expires_on": store.day(-3).isoformat()}, "This has already expired."),
        ({"quantity": "0.3"}, "This is counted in steps of 0.5 unit."),
        ({"quantity": "many"}, "Enter a number."),
        ({"item": str(uuid4())}, "Select a valid choice."),
    ):
        answer = keeper.post("/inventory/receive", sent | slip)
        text = answer.content.decode()
        assert answer.status_code == 422, slip
        assert sentence in text and 'value="Malabar Surgicals"' in text, slip
    assert store.moved() == 0
    assert keeper.post("/inventory/receive", sent).status_code == 303
    with acting_as(store.system):
        moved = Movement.objects.get()
    assert (moved.quantity, moved.cost, moved.reference) == (Decimal(100), Decimal(8000), "MS-1")


def test_counting_moving_wasting_and_locking_on_their_pages(store: Store, signed_in: SignedIn):
    batch = store.receive(store.toxin, "50", "A", 50).batch_id
    keeper = signed_in("inventory")
    with acting_as(store.system):
        shelf = queries.shelves(seen_by=store.system).get().pk
    for path, right, wrong in (
        ("count", {"counted": "49", "reason": "Month's end"}, {"counted": "49", "reason": "Again"}),
        ("waste", {"quantity": "1", "reason": "Dropped"}, {"quantity": "500", "reason": "Dropped"}),
        (
            "send-back",
            {"quantity": "2", "supplier": "Malabar", "reason": "Damaged"},
            {"quantity": "2", "supplier": "M"},
        ),
        ("move", {"quantity": "8", "to_location": str(store.pharmacy.pk)}, {"quantity": "8", "to_location": ""}),
    ):
        address = f"/inventory/shelves/{shelf}/{path}"
        assert keeper.get(address).status_code == 200
        assert keeper.post(address, right).status_code == 303
        assert keeper.post(address, wrong).status_code == 422
    assert (store.held(batch), store.held(batch, store.pharmacy)) == (38, 8)
    assert keeper.post(f"/inventory/batches/{batch}/lock", {"reason": ""}).status_code == 422
    assert keeper.post(f"/inventory/batches/{batch}/lock", {"reason": "Recall"}).status_code == 303
    page = keeper.get(f"/inventory/items/{store.toxin.pk}").content.decode()
    assert "Locked away" in page and "Release" in page
    assert keeper.post(f"/inventory/shelves/{shelf}/expired").status_code == 409


def test_items_and_places_are_added_and_changed(store: Store, signed_in: SignedIn):
    keeper = signed_in("inventory")
    sent = {
        "name": "Lidokal 2%", "kind": "MEDICINE", "generic": "lidocaine", "strength": "2%", "form": "vial",
        "unit": "ml", "step": "0.1", "units_per_pack": "30", "price": "3", "hsn": "3004", "reorder_level": "90",
        "needs_batch": "on", "needs_expiry": "on", "is_active": "on", "tax_code": "", "manufacturer": "",
    }  # fmt: skip
    assert keeper.get("/inventory/items/new").status_code == 200
    wrong = keeper.post("/inventory/items/new", sent | {"generic": "Lido Caine"})
    assert wrong.status_code == 422 and "small letters" in wrong.content.decode()
    assert keeper.post("/inventory/items/new", sent).status_code == 303
    again = keeper.post("/inventory/items/new", sent)
    assert again.status_code == 422 and "exists already" in again.content.decode()
    with acting_as(store.system):
        made = Item.objects.get(name="Lidokal 2%")
    assert keeper.post(f"/inventory/items/{made.pk}/change", sent | {"reorder_level": "60"}).status_code == 303
    assert keeper.post("/inventory/places", {"code": "OT", "name": "Theatre", "kind": "THEATRE"}).status_code == 303
    assert keeper.post("/inventory/places", {"code": "OT", "name": "Theatre", "kind": "THEATRE"}).status_code == 422
    changed = {"code": "PH", "name": "Dispensary", "kind": "PHARMACY", "is_active": "on"}
    assert keeper.post(f"/inventory/places/{store.pharmacy.pk}", changed).status_code == 303


def test_each_list_asks_the_same_of_one_row_and_of_thirty(store: Store, signed_in: SignedIn):
    keeper = signed_in("inventory")
    store.receive(store.toxin, "500", "A", 5)
    store.issue(store.toxin, "1")
    addresses = (*LISTS, f"/inventory/items/{store.toxin.pk}")
    few = [_asked(keeper, path) for path in addresses]
    for number in range(30):
        store.receive(store.toxin, "10", f"N{number}", 6 + number)
        store.issue(store.toxin, "1")
    assert [_asked(keeper, path) for path in addresses] == few


def _asked(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.fixture
def call(store: Store, signed_in: SignedIn) -> Callable[..., Any]:
    keeper = signed_in("inventory")

    def send(method: str, path: str, body: Any = None) -> Any:
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(keeper, method)(f"/api/inventory{path}", **more)

    return send


def test_the_store_in_json(store: Store, call: Callable[..., Any]):
    body = {
        "item_id": store.toxin.pk, "location_id": store.room.pk, "quantity": "100", "number": "C3391",
        "expires_on": store.day(90),
    }  # fmt: skip
    made = call("post", "/receipts", body)
    assert made.status_code == 201 and made.json()["quantity"] == "100"
    batch = made.json()["batch_id"]
    (found,) = call("get", "/stock?q=kalm").json()
    assert (found["available"], found["unit"], found["step"]) == ("100", "unit", "0.5")
    places = {"from_location_id": store.room.pk, "to_location_id": store.pharmacy.pk}
    at = {"batch_id": batch, "location_id": store.room.pk}
    assert call("post", "/moves", {"batch_id": batch, "quantity": "10", **places}).status_code == 201
    assert call("post", "/waste", {**at, "quantity": "0.5", "reason": "Dropped"}).status_code == 201
    gone = {**at, "quantity": "1", "reason": "Too much", "supplier": "Malabar", "reference": "CN-1"}
    assert call("post", "/sent-back", gone).json()["kind"] == "SENT_BACK"
    assert call("post", "/counts", {**at, "counted": "80", "reason": "Counted"}).json()["quantity"] == "8.5"
    (given,) = store.issue(store.toxin, "4", location_id=store.room.pk)
    back = {"movement_id": given.movement_id, "quantity": "1", "reason": "Unused"}
    assert call("post", "/returns", back).status_code == 201
    shelves = call("get", f"/shelves?item_id={store.toxin.pk}").json()["items"]
    assert sorted(shelf["quantity"] for shelf in shelves) == ["10", "77"]
    assert len(call("get", "/movements").json()["items"]) == 7
    assert {item["name"] for item in call("get", "/items").json()["items"]} == {"Kalmira 100", "Aurelle Fine", "Gloves"}
    assert call("post", f"/batches/{batch}/quarantine", {"reason": "Recall"}).json()["status"] == "QUARANTINED"
    assert call("post", f"/batches/{batch}/release", {"reason": "Cleared"}).json()["status"] == "AVAILABLE"


def test_refusals_in_json(store: Store, call: Callable[..., Any]):
    batch = store.receive(store.toxin, "10", "A", 50).batch_id
    at = {"batch_id": batch, "location_id": store.room.pk}
    too_much = call("post", "/waste", {**at, "quantity": "11", "reason": "Dropped"})
    assert (too_much.status_code, too_much.json()["field"]) == (409, "quantity")
    assert call("post", "/waste", {**at, "quantity": "1e400", "reason": "Dropped"}).status_code == 422
    assert call("post", "/waste", {**at, "quantity": "1", "reason": "a\x00b"}).status_code == 422
    assert call("post", "/waste", {**at, "batch_id": uuid4(), "quantity": "1", "reason": "x"}).status_code == 404
    assert call("get", "/stock?q=%00").status_code == 422
    assert store.held(batch) == 10


def test_who_keeps_the_store_reserves_for_a_plan_and_reads_no_more_of_it(theatre: Theatre):
    keeper = theatre.keeper
    found = set(ROLES["inventory"].permissions)
    assert {"plans.supply"} == {one for one in found if one.startswith("plans.")}
    keeper = replace(keeper, grants=MappingProxyType({EVERYWHERE: frozenset(found)}))
    theatre.take_in("S1", "S2")
    made = actions.reserve_kit(theatre.plan.pk, needed_on=theatre.day(), location_id=theatre.store.pk, by=keeper)
    assert (len(made.lines), made.is_complete) == (2, True)
    with acting_as(keeper):
        with pytest.raises(NotPermitted, match="read treatment plans"):
            plans.plan(theatre.plan.pk, seen_by=keeper)
        assert plans.supplied(theatre.plan.pk, seen_by=keeper).pk == theatre.plan.pk
    draft = theatre.drafted()
    with acting_as(keeper), pytest.raises(NotFound):
        plans.supplied(draft.pk, seen_by=keeper)
    without = replace(keeper, grants=MappingProxyType({EVERYWHERE: frozenset(found - {"plans.supply"})}))
    with pytest.raises(NotPermitted, match="find the plan"):
        actions.reserve_kit(theatre.plan.pk, needed_on=theatre.day(), location_id=theatre.store.pk, by=without)
