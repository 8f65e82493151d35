"""A stock take by two people: counted blind, confirmed by somebody else, what moved meanwhile taken into account."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.inventory import actions, queries
from kalon.inventory.lifecycles import TAKE
from kalon.inventory.models import Movement, StockTake, StockTakeLine, StockTakePiece
from kalon.inventory.tests.sql import DENIED, DONE, at_commit, attack
from kalon.inventory.tests.test_unit_guards import WHY, tried
from kalon.inventory.tests.theatre import Theatre
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.queries import staff_actor
from kalon.scheduling.tests.clinic import EIGHT

JSON: dict[str, Any] = {"content_type": "application/json"}


@dataclass
class Count:
    """Two keepers, a mesh in two batches and three pieces at one place."""

    theatre: Theatre
    first: Actor
    second: Actor
    users: tuple[Any, Any]
    mesh: Any
    late: Any
    units: list[Any]

    def started(self) -> StockTake:
        return actions.start_stock_take(self.theatre.store.pk, by=self.first)

    def counted(self, mesh: str = "10", late: str = "4", *, scan: tuple[str, ...] = ("S1", "S2", "S3")) -> StockTake:
        take = self.started()
        for batch, amount in ((self.mesh, mesh), (self.late, late)):
            actions.count_batch(take.pk, batch.pk, Decimal(amount), by=self.first)
        for serial in scan:
            actions.scan_piece(take.pk, serial, by=self.first)
        return actions.finish_count(take.pk, by=self.first)

    def pieces(self, take: Any) -> dict[str, str]:
        with acting_as(self.first):
            return {str(one): one.found for one in queries.take_pieces(take.pk, seen_by=self.first)}


@pytest.fixture
def count(theatre: Theatre) -> Count:
    members = [
        people.add_staff(f"Keeper {name}", kind="OTHER", email=f"{name}-{uuid4().hex[:6]}@clinic.example",
                         roles={None: ["inventory"]}, by=theatre.system)
        for name in ("One", "Two")
    ]  # fmt: skip
    users: Any = tuple(member.user for member in members)
    first, second = (staff_actor(user) for user in users)
    assert first is not None and second is not None
    mesh, late = (theatre.receive(quantity, lot, days) for quantity, lot, days in (("10", "M1", 400), ("4", "M2", 500)))
    units = theatre.take_in("S1", "S2", "S3")
    with acting_as(theatre.system):
        return Count(theatre, first, second, users, mesh.batch, late.batch, units)


def test_counted_by_one_confirmed_by_another(count: Count):
    take = count.counted("8.5", "4")
    with acting_as(count.first):
        (line,) = queries.take_differences(take.pk, seen_by=count.first)
    assert (line.counted, line.book, line.difference) == (Decimal("8.5"), 10, Decimal("-1.5"))
    with pytest.raises(NotPermitted, match="somebody else"):
        actions.confirm_stock_take(take.pk, reason="Lost", by=count.first)
    with pytest.raises(Invalid, match="Write why Support mesh differs"):
        actions.confirm_stock_take(take.pk, by=count.second)
    done = actions.confirm_stock_take(take.pk, reasons={line.pk: "Opened in theatre"}, by=count.second)
    assert (done.status, done.counted_by_id, done.confirmed_by_id) == (
        "CONFIRMED", count.first.user_id, count.second.user_id,
    )  # fmt: skip
    assert count.theatre.balance(count.mesh.pk)[0] == Decimal("8.5")
    with acting_as(count.first):
        moved = Movement.objects.get(kind="ADJUSTED")
        assert (moved.quantity, moved.reason) == (Decimal("1.5"), f"{take.number}: Opened in theatre")
        assert queries.mismatches(seen_by=count.first) == []


def test_what_moves_meanwhile_is_no_difference(count: Count):
    take = count.started()
    actions.count_batch(take.pk, count.mesh.pk, Decimal(9), by=count.first)  # one is missing of ten
    count.theatre.receive("5", "M1")  # then five come
    actions.waste(count.late.pk, count.theatre.store.pk, Decimal(1), "Dropped", by=count.first)  # and one goes before
    actions.count_batch(take.pk, count.late.pk, Decimal(3), by=count.first)  # its count
    actions.finish_count(take.pk, by=count.first)
    actions.waste(count.mesh.pk, count.theatre.store.pk, Decimal(2), "Dropped", by=count.first)
    actions.confirm_stock_take(take.pk, reason="Not there", by=count.second)
    assert count.theatre.balance(count.mesh.pk)[0] == 10 - 1 + 5 - 2
    assert count.theatre.balance(count.late.pk)[0] == 3


def test_pieces_found_missing_and_unexpected(count: Count):
    (elsewhere,) = count.theatre.take_in("S7", place=count.theatre.far_store)
    (gone,) = count.theatre.take_in("S8")
    actions.return_unit(gone.pk, "Wrong size", by=count.first)
    held = count.theatre.reserve(count.units[2])
    take = count.started()
    with clock.at(EIGHT + timedelta(minutes=1)):
        (late,) = count.theatre.take_in("S9")  # it came after the count began
    for batch, amount in ((count.mesh, "10"), (count.late, "4")):
        actions.count_batch(take.pk, batch.pk, Decimal(amount), by=count.first)
    for scan in (count.theatre.code("S1"), "s1", "S7", "S8", "NOBODY'S"):
        actions.scan_piece(take.pk, scan, by=count.first)
    with pytest.raises(Invalid, match="check digit"):
        actions.scan_piece(take.pk, "010950110102091821S1", by=count.first)
    actions.finish_count(take.pk, by=count.first)
    assert count.pieces(take) == {
        "S1": "FOUND", "S7": "UNEXPECTED", "S8": "UNEXPECTED", "NOBODY'S": "UNEXPECTED", "S2": "MISSING",
        "S3": "MISSING",
    }  # fmt: skip
    actions.confirm_stock_take(take.pk, reason="Looked everywhere", by=count.second)
    states = {str(unit): count.theatre.now(unit).status for unit in (*count.units, elsewhere, gone, late)}
    assert states == {"S1": "IN_STOCK", "S2": "WASTED", "S3": "WASTED", "S7": "IN_STOCK", "S8": "RETURNED",
                      "S9": "IN_STOCK"}  # fmt: skip
    assert count.theatre.now(elsewhere).location_id == count.theatre.store.pk
    assert count.theatre.now(held).status == "RELEASED"


def test_a_reserved_piece_that_is_found_at_another_branch_is_moved_there_and_reserved_for_nobody(count: Count):
    far, piece = count.theatre.far_store, count.units[0]
    held = count.theatre.reserve(piece)
    take = actions.start_stock_take(far.pk, by=count.first)
    actions.scan_piece(take.pk, "S1", by=count.first)
    actions.finish_count(take.pk, by=count.first)
    actions.confirm_stock_take(take.pk, reason="It was carried along", by=count.second)
    found = count.theatre.now(piece)
    assert (found.status, found.location_id, count.theatre.now(held).status) == ("IN_STOCK", far.pk, "RELEASED")


def test_one_count_at_a_place_all_of_it_and_again(count: Count):
    take = count.started()
    with pytest.raises(Clash, match="counted already"):
        actions.start_stock_take(count.theatre.store.pk, by=count.second)
    with pytest.raises(NotReady, match="2 lines are not counted"):
        actions.finish_count(take.pk, by=count.first)
    with pytest.raises(Invalid, match="zero or more"):
        actions.count_batch(take.pk, count.mesh.pk, Decimal("-1"), by=count.first)
    with pytest.raises(Invalid, match="Scan the pieces"):
        actions.count_batch(take.pk, count.units[0].batch_id, Decimal(1), by=count.first)
    actions.cancel_stock_take(take.pk, "Fire drill", by=count.first)
    take = count.counted("9", "4", scan=("S1",))
    with pytest.raises(IllegalMove, match="count is over"):
        actions.count_batch(take.pk, count.mesh.pk, Decimal(10), by=count.first)
    with pytest.raises(IllegalMove, match="count is over"):
        actions.scan_piece(take.pk, "S2", by=count.first)
    actions.count_again(take.pk, "Look behind the door", by=count.second)
    for serial in ("S2", "S3"):
        actions.scan_piece(take.pk, serial, by=count.first)
    actions.count_batch(take.pk, count.mesh.pk, Decimal(10), by=count.first)
    actions.finish_count(take.pk, by=count.first)
    assert set(count.pieces(take).values()) == {"FOUND"}
    moved = count.theatre.count(Movement)
    actions.confirm_stock_take(take.pk, by=count.second)
    assert count.theatre.count(Movement) == moved


def test_what_is_reserved_is_released_before_it_is_written_off(count: Count):
    count.theatre.reserve_mesh("9")
    take = count.counted("5", "4")
    with pytest.raises(Clash, match="reserved for a patient"):
        actions.confirm_stock_take(take.pk, reason="Lost", by=count.second)
    assert count.theatre.now(take).status == "COUNTED"


def test_who_may_not_counts_nothing(count: Count):
    nobody, take = count.theatre.surgeon, count.started()
    for attempt in (
        lambda: actions.start_stock_take(count.theatre.far_store.pk, by=nobody),
        lambda: actions.count_batch(take.pk, count.mesh.pk, Decimal(1), by=nobody),
        lambda: actions.scan_piece(take.pk, "S1", by=nobody), lambda: actions.finish_count(take.pk, by=nobody),
        lambda: actions.count_again(take.pk, "x", by=nobody),
        lambda: actions.cancel_stock_take(take.pk, "x", by=nobody),
        lambda: actions.confirm_stock_take(take.pk, by=nobody),
        lambda: actions.start_stock_take(count.theatre.far_store.pk, by=count.theatre.system),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(count.first):
        assert not queries.take_lines(take.pk, seen_by=count.first).exclude(counted=None).exists()


def test_past_every_line_of_python(count: Count):
    take, by = count.counted("8", "4"), count.first
    shut = ("UPDATE inventory_stocktake SET status = 'CONFIRMED', confirmed_by_id = %s WHERE id = %s",
            [count.second.user_id, take.pk])  # fmt: skip
    assert attack(*shut, by=by) == "inventory_stocktake_same_person"  # whoever signs in is who confirms
    assert attack(*shut, by=count.theatre.system) == "inventory_stocktake_same_person"  # nobody is nobody
    assert attack(*shut, by=count.second) == "inventory_stocktake_adjusted"
    line = "UPDATE inventory_stocktakeline SET {} WHERE take_id = %s AND counted <> book"
    assert attack(line.format("counted = 10"), [take.pk], by=by) == "inventory_stocktakeline_counting"
    assert attack(line.format("counted_by_id = NULL, book = 8"), [take.pk], by=by) == DONE  # and it stays as it was
    piece = "UPDATE inventory_stocktakepiece SET found = 'MISSING' WHERE take_id = %s"
    assert attack(piece, [take.pk], by=by) == "inventory_stocktakepiece_fixed"
    assert attack("DELETE FROM inventory_stocktakepiece WHERE take_id = %s", [take.pk], by=by) == (
        "inventory_stocktakepiece_counting"
    )  # fmt: skip
    assert attack("DELETE FROM inventory_stocktakeline", by=by) == DENIED
    assert attack("DELETE FROM inventory_stocktake", by=by) == DENIED
    again = ("UPDATE inventory_stocktake SET status = 'COUNTING' WHERE id = %s", [take.pk])
    forged = ("UPDATE inventory_stocktakeline SET counted_by_id = %s, counted = 8 WHERE take_id = %s",
              [count.first.user_id, take.pk])  # fmt: skip
    read = "SELECT 1 / count(*) FROM inventory_stocktakeline WHERE take_id = %s AND counted_by_id <> %s"
    with acting_as(count.second):
        found = at_commit((WHY, []), again, forged, (read, [take.pk, count.first.user_id]), by=count.second)
    assert found == DONE  # a count that names another person is of who is signed in
    done = actions.confirm_stock_take(take.pk, reason="Lost", by=count.second)
    for table, change in (("line", "reason = 'x'"), ("piece", "reason = 'x'")):
        statement = f"UPDATE inventory_stocktake{table} SET {change} WHERE take_id = %s"
        assert attack(statement, [done.pk], by=by) == f"inventory_stocktake{table}_sealed"
    assert attack("UPDATE inventory_stocktake SET counted_by_name = 'x' WHERE id = %s", [done.pk], by=by) == (
        "inventory_stocktake_sealed"
    )  # fmt: skip


def test_every_pair_of_states_by_plain_sql(count: Count):
    take = count.started()
    with acting_as(count.first):
        for target in ("COUNTED", "CONFIRMED", "CANCELLED"):
            found = tried("inventory_stocktake", take.pk, TAKE, "COUNTING", target)
            expected = {
                "COUNTED": "inventory_stocktake_all_counted", "CANCELLED": DONE,
                "CONFIRMED": "inventory_stocktake_status_moves",
            }[target]  # fmt: skip
            assert found == expected, target


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_by_pages(count: Count):
    one, two = map(_client, count.users)
    place = {"location": str(count.theatre.store.pk)}
    at = one.post("/inventory/stock-takes/new", place)["Location"]
    sheet = one.get(at).content.decode()
    assert "M1" in sheet and "10 piece" not in sheet  # blind
    with acting_as(count.first):
        lines = {str(row.batch): row.pk for row in StockTakeLine.objects.select_related("batch")}
    for told in ("x", "-1", "NaN"):
        wrong = one.post(f"{at}/count", {f"line-{lines['M1']}": told, f"line-{lines['M2']}": "4"})
        assert (wrong.status_code, "Write what you counted" in wrong.content.decode()) == (422, True)
    typed = {f"line-{lines['M1']}": "9.5", f"line-{lines['M2']}": ""}
    early = one.post(f"{at}/count", {**typed, "end": "1"})  # ended too early: what was typed still stands there
    assert (early.status_code, "1 line is not counted" in early.content.decode()) == (422, True)
    assert 'value="9.5"' in early.content.decode()
    assert one.post(f"{at}/scan", {"scan": "S1"}).status_code == 303
    assert one.post(f"{at}/scan", {"scan": "010950110102091821S1"}).status_code == 422
    last = {f"line-{lines['M1']}": "9.5", f"line-{lines['M2']}": "4", "end": "1"}
    assert one.post(f"{at}/count", last).status_code == 303
    page = one.get(at).content.decode()
    assert "Somebody else confirms" in page and "0.5 less" in page and "Not found" in page and "3 of 5" in page
    mine = one.post(f"{at}/confirm", {"reason": "Lost"})
    assert (mine.status_code, "somebody else" in mine.content.decode()) == (403, True)
    assert two.post(f"{at}/confirm", {"reason": ""}).status_code == 422
    assert two.post(f"{at}/confirm", {"reason": "Lost"}).status_code == 303
    assert "Confirmed" in two.get(at).content.decode()
    assert [count.theatre.now(unit).status for unit in count.units] == ["IN_STOCK", "WASTED", "WASTED"]
    again = two.post("/inventory/stock-takes/new", place)["Location"]
    assert two.post(f"{again}/cancel", {"reason": "Later"}).status_code == 303
    assert "Given up" in two.get("/inventory/stock-takes").content.decode()


def test_by_json(count: Count):
    one, two = map(_client, count.users)
    at = "/api/inventory/stock-takes"
    made = one.post(at, {"location_id": str(count.theatre.store.pk)}, **JSON)
    assert (made.status_code, made.json()["status"]) == (201, "COUNTING")
    here = f"{at}/{made.json()['id']}"
    lines = one.get(f"{here}/lines").json()["items"]
    assert {line["book"] for line in lines} == {None}
    for line in lines:
        counted = one.post(f"{here}/counts", {"batch_id": line["batch_id"], "counted": "4"}, **JSON)
        assert (counted.status_code, counted.json()["book"]) == (201, None)
    scanned = one.post(f"{here}/scans", {"scan": "S1"}, **JSON)
    assert (scanned.status_code, scanned.json()["found"]) == (201, "FOUND")
    assert one.post(f"{here}/finish").json()["status"] == "COUNTED"
    differs = [line for line in two.get(f"{here}/lines").json()["items"] if line["book"] != line["counted"]]
    assert [(line["book"], line["counted"]) for line in differs] == [("10", "4")]
    assert one.post(f"{here}/confirm", {"reason": "Lost"}, **JSON).status_code == 403
    assert two.post(f"{here}/recount", {"reason": "Look again"}, **JSON).json()["status"] == "COUNTING"
    assert one.post(f"{here}/finish").json()["status"] == "COUNTED"
    assert {row["found"] for row in two.get(f"{here}/pieces").json()["items"]} == {"FOUND", "MISSING"}
    reasons = {differs[0]["id"]: "Opened"}
    done = two.post(f"{here}/confirm", {"reasons": reasons, "reason": "Lost"}, **JSON)
    assert (done.status_code, done.json()["status"]) == (200, "CONFIRMED")
    assert [row["number"] for row in one.get(at).json()["items"]] == [done.json()["number"]]
    assert one.post(f"{here}/cancel", {"reason": "x"}, **JSON).status_code == 409


def test_the_lists_ask_as_much_for_thirty_as_for_one(count: Count):
    client = _client(count.users[0])

    def asked() -> int:
        client.get("/inventory/stock-takes")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/inventory/stock-takes").status_code == 200
        return len(seen)

    def another() -> None:
        actions.cancel_stock_take(count.started().pk, "x", by=count.first)

    another()
    few = asked()
    for _ in range(12):
        another()
    assert asked() == few
    assert count.theatre.count(StockTakePiece) == 0
