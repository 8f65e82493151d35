"""What has serial numbers is taken in piece by piece, and a delivery's key takes in what it took in first."""

import re
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.inventory import actions as stock
from kalon.inventory import queries as shelves
from kalon.inventory.actions import Pack
from kalon.inventory.models import Movement, SerialUnit
from kalon.kernel.errors import Clash, Invalid, KeyReused
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.purchasing import actions
from kalon.purchasing.actions import Arrival, OrderDetails, OrderLineDetails
from kalon.purchasing.models import GoodsReceipt
from kalon.purchasing.tests.market import Market, again

GTIN = "09501101020917"


@pytest.fixture
def order(market: Market) -> Any:
    """Three implants and forty pairs of gloves."""
    details = {"name": "Lunara Round 295", "kind": "IMPLANT", "unit": "piece", "needs_serial": True,
               "device_code": GTIN}  # fmt: skip
    item = stock.add_item(details, by=market.buyer)
    lines = (
        OrderLineDetails(item.pk, Decimal(3), Decimal("9000.00"), Decimal(5)),
        OrderLineDetails(market.store.gloves.pk, Decimal(40), Decimal("12.50"), Decimal(12)),
    )
    row = actions.write_order(OrderDetails(market.near.pk, market.store.branch.pk, lines), by=market.buyer)
    return actions.place_order(row.pk, by=market.buyer)


def code(market: Market, serial: str) -> str:
    return f"01{GTIN}17{market.store.day(400):%y%m%d}10L7\x1d21{serial}"


def packs(market: Market, *serials: str) -> tuple[Pack, ...]:
    return tuple(Pack(scan=code(market, serial)) for serial in serials)


def taken_in(market: Market, order: Any, arrivals: list[Arrival], **more: Any) -> Any:
    return actions.receive_order(order.pk, market.store.room.pk, arrivals, by=market.buyer, **more)


def test_each_piece_is_scanned_and_stands_on_the_receipt(market: Market, order: Any):
    pieces, pairs = market.lines(order)
    came = [Arrival(pieces.pk, Decimal(2), packs=packs(market, "S1", "S2")), Arrival(pairs.pk, Decimal(40))]
    receipt = taken_in(market, order, came, reference="DN 1")
    with acting_as(market.buyer):
        rows = list(receipt.lines.select_related("movement__unit").order_by("movement__unit__serial"))
        assert [(str(row.movement.unit or ""), row.quantity) for row in rows] == [("S1", 1), ("S2", 1), ("", 40)]
        first = rows[0].movement
        assert (first.cost, first.supplier, first.reference) == (9000, "Malabar Surgicals", "DN 1")
    assert again(market, order).status == "ORDERED"
    taken_in(market, order, [Arrival(pieces.pk, Decimal(0), packs=packs(market, "S3"))])
    assert again(market, order).status == "RECEIVED"


def test_what_was_not_scanned_or_is_not_what_was_ordered_is_refused(market: Market, order: Any):
    pieces, pairs = market.lines(order)
    for arrival, sentence in (
        (Arrival(pieces.pk, Decimal(2), "L7", market.store.day(400)), "Scan each pack that came"),
        (Arrival(pieces.pk, Decimal(3), packs=packs(market, "S1")), "3 of Lunara Round 295 came, and 1 were scanned"),
        (Arrival(pieces.pk, Decimal(4), packs=packs(market, "S1", "S2", "S3", "S4")), "More came than was ordered"),
        (Arrival(pieces.pk, Decimal(1), packs=(Pack(scan="0109501101020918"),)), "check digit"),
        (Arrival(pairs.pk, Decimal(1), packs=packs(market, "S1")), "no serial numbers"),
    ):
        with pytest.raises(Invalid, match=sentence):
            taken_in(market, order, [arrival])
    with pytest.raises(Clash, match="in the books already"):
        taken_in(market, order, [Arrival(pieces.pk, Decimal(2), packs=packs(market, "S1", "S1"))])
    far = people.add_branch(name="Thrissur", code="TSR", by=market.store.system)
    there = stock.add_location(far.pk, {"code": "T", "name": "Far store", "kind": "STORE"}, by=market.buyer)
    with pytest.raises(Invalid, match="another branch"):
        actions.receive_order(order.pk, there.pk, [Arrival(pairs.pk, Decimal(1))], by=market.buyer)
    with acting_as(market.buyer):
        counted = [model.objects.count() for model in (SerialUnit, Movement, GoodsReceipt)]
    assert counted == [0, 0, 0]


def test_a_key_takes_in_once_and_nothing_else(market: Market, order: Any):
    pieces, pairs = market.lines(order)
    one = [Arrival(pairs.pk, Decimal(20)), Arrival(pieces.pk, Decimal(1), packs=packs(market, "S1"))]
    first = taken_in(market, order, one, reference="DN", key="k")
    same = [*reversed(one), Arrival(pairs.pk, Decimal(0))]
    assert taken_in(market, order, same, reference=" DN ", key="k").pk == first.pk
    for other in (
        [Arrival(pairs.pk, Decimal(21)), one[1]],
        [one[0]],
        [one[0], Arrival(pieces.pk, Decimal(1), packs=packs(market, "S2"))],
        [Arrival(pairs.pk, Decimal(20), "X"), one[1]],
    ):
        with pytest.raises(KeyReused):
            taken_in(market, order, other, reference="DN", key="k")
    with pytest.raises(KeyReused):
        taken_in(market, order, one, reference="DN 2", key="k")
    with pytest.raises(KeyReused):
        actions.receive_order(order.pk, market.store.pharmacy.pk, one, reference="DN", key="k", by=market.buyer)
    assert market.store.moved() == 2


def _labelled(desk: Client, came: str) -> None:
    """The page after a delivery leads to the labels of what came, and of nothing else; a gloves' box carries none."""
    page = desk.get(came).content.decode()
    [to] = set(re.findall(r'href="(/inventory/labels\?[^"]+)"', page))
    assert "Print its labels" in page and "Take a further delivery in" in page
    assert "Print its labels" not in desk.get(came.partition("?")[0]).content.decode()
    labels = desk.get(unescape(to)).content.decode()
    assert [word in labels for word in ("Serial S1", "Serial S2", "Gloves")] == [True, True, False]


def test_by_page_and_by_json(market: Market, order: Any):
    email = f"{uuid4().hex[:6]}@clinic.example"
    roles: dict[Any, list[str]] = {None: ["inventory"]}
    member = people.add_staff("The keeper", kind="OTHER", email=email, roles=roles, by=market.store.system)
    desk = Client()
    desk.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    pieces, pairs = market.lines(order)
    at = f"/purchasing/orders/{order.pk}"
    assert "Codes of the packs" in desk.get(f"{at}/receive").content.decode()
    typed = {
        "location": str(market.store.room.pk), "key": "k", "came-TOTAL_FORMS": "2", "came-INITIAL_FORMS": "0",
        "came-0-line": str(pieces.pk), "came-0-scans": f"{code(market, 'S1')}\r\n{code(market, 'S2')}\r\n",
        "came-1-line": str(pairs.pk), "came-1-quantity": "",
    }  # fmt: skip
    wrong = desk.post(f"{at}/receive", typed | {"came-0-scans": "0109501101020918"})
    assert (wrong.status_code, "check digit" in wrong.content.decode()) == (422, True)
    done = desk.post(f"{at}/receive", typed)
    assert done.status_code == 303
    _labelled(desk, done["Location"])
    body = {"location_id": typed["location"], "key": "j",
            "arrivals": [{"line_id": str(pieces.pk), "packs": [{"scan": code(market, "S3")}]}]}  # fmt: skip
    there = f"/api/purchasing/orders/{order.pk}/deliveries"
    assert desk.post(there, body, content_type="application/json").status_code == 201
    again_ = body | {"reference": "another"}
    assert desk.post(there, again_, content_type="application/json").json()["code"] == "idempotency-key-reused"
    with acting_as(market.buyer):
        assert sorted(map(str, shelves.units(seen_by=market.buyer))) == ["S1", "S2", "S3"]
