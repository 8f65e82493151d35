"""A small invented clinic that buys: two suppliers, one of another state, and who orders, who pays, who may not."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from kalon.inventory.tests.clinic import KEEPS, Store, open_store
from kalon.kernel.actors import EVERYWHERE, Actor
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger
from kalon.people import actions as people
from kalon.purchasing import actions, queries
from kalon.purchasing.actions import Arrival, InvoiceDetails, InvoiceLineDetails, OrderDetails, OrderLineDetails

BUYS = KEEPS | {"purchasing.view", "purchasing.order", "purchasing.invoice"}
PAYS = BUYS | {"purchasing.pay", "ledger.view"}


@dataclass
class Market:
    """What a test needs to buy something."""

    store: Store
    buyer: Actor
    accounts: Actor
    near: Any  # of the clinic's own state
    far: Any

    def ordered(self, *, placed: bool = True, supplier: Any = None, gloves: str = "40") -> Any:
        """Ten vials at 100.00 and forty pairs of gloves at 12.50, at 18 and 12 per cent."""
        lines = (
            OrderLineDetails(self.store.toxin.pk, Decimal(10), Decimal("100.00"), Decimal(18)),
            OrderLineDetails(self.store.gloves.pk, Decimal(gloves), Decimal("12.50"), Decimal(12)),
        )
        details = OrderDetails((supplier or self.near).pk, self.store.branch.pk, lines)
        row = actions.write_order(details, by=self.buyer)
        return actions.place_order(row.pk, by=self.buyer) if placed else row

    def lines(self, order: Any) -> list[Any]:
        with acting_as(self.buyer):
            return [one.line for one in queries.progress(order.pk, seen_by=self.buyer)]

    def come(self, order: Any, *, toxin: str = "10", gloves: str = "40", key: str = "") -> Any:
        vials, pairs = self.lines(order)
        arrivals = [
            Arrival(vials.pk, Decimal(toxin), "LOT7", self.store.day(300)), Arrival(pairs.pk, Decimal(gloves)),
        ]  # fmt: skip
        return actions.receive_order(order.pk, self.store.room.pk, arrivals, key=key, by=self.buyer)

    def invoice(self, order: Any, number: str = "A-1", *, toxin: str = "10", price: str = "100.00") -> Any:
        vials, pairs = self.lines(order)
        lines = (
            InvoiceLineDetails(Decimal(toxin), Decimal(price), Decimal(18), vials.pk),
            InvoiceLineDetails(Decimal(40), Decimal("12.50"), Decimal(12), pairs.pk),
        )
        details = InvoiceDetails(order.supplier_id, order.branch_id, number, self.store.today, lines, order_id=order.pk)
        return actions.enter_invoice(details, by=self.buyer)

    def approved(self, number: str = "A-1") -> Any:
        order = self.ordered()
        self.come(order)
        return actions.approve_invoice(self.invoice(order, number).pk, by=self.accounts)

    def books(self) -> dict[str, Decimal]:
        """What stands on the accounts that purchases move; every entry sums to nothing."""
        day = (date(2020, 1, 1), date(2100, 1, 1))
        with acting_as(self.accounts):
            assert ledger.proof(seen_by=self.accounts) == []
            assert queries.payables_proof(*day, seen_by=self.accounts) == []
            return {name: sum_ for name, sum_ in ledger.totals(*day, seen_by=self.accounts).items() if sum_}


def open_market() -> Market:
    """Open it by the product's own verbs."""
    store = open_store()
    people.change_branch(store.branch.pk, state_code="32", by=store.system)

    def actor(name: str, permissions: frozenset[str]) -> Actor:
        return replace(store.keeper, name=name, grants=MappingProxyType({EVERYWHERE: permissions}))

    buyer = actor("Reshma Nambiar", BUYS)
    near = actions.add_supplier({"name": "Malabar Surgicals", "state_code": "32", "payment_days": 30}, by=buyer)
    far = actions.add_supplier({"name": "Deccan Medical", "tax_number": "27abcde1234f1z0"}, by=buyer)
    return Market(store, buyer, actor("Thomas Kurian", PAYS), near, far)


def again(market: Market, row: Any) -> Any:
    with acting_as(market.buyer):
        return type(row).objects.get(pk=row.pk)
