"""A completed operation is billed once: its accepted price, and what was used beyond what the plan counted."""

from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.billing.models import Bill, BillLine
from kalon.billing.tests.test_visits import run_jobs
from kalon.catalog import actions as catalog
from kalon.inventory import actions as stock
from kalon.kernel.errors import Clash, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans.actions import LineDetails
from kalon.quotes import actions as quotes
from kalon.quotes.tests.told import accepted, signing
from kalon.theatre import actions
from kalon.theatre.queries import used_beyond
from kalon.theatre.tests.told import SURGERY, cleared, on_the_day, operated, planned, reserved, scheduled, started
from kalon.tills import actions as tills

D = Decimal


@pytest.fixture
def store(house):
    """A theatre's shelf with a suture at 140.00, and a procedure whose kit takes two of them."""
    by = house.clinic.system
    shelf = stock.add_location(house.clinic.branch.pk, {"code": "OT", "name": "Theatre", "kind": "THEATRE"}, by=by)
    suture = stock.add_item(
        {"name": "Suture 4-0", "kind": "CONSUMABLE", "unit": "piece", "step": D(1), "needs_batch": False,
         "needs_expiry": False, "reorder_level": D(0), "price": D("140.00")}, by=by,
    )  # fmt: skip
    stock.receive(suture.pk, shelf.pk, stock.Delivery(D(40)), by=by)
    return {"shelf": shelf, "suture": suture}


@pytest.fixture
def quoted(house, store):
    """A case with its accepted quote; the plan's procedure takes two sutures."""
    by = house.clinic.system
    entry = catalog.add_procedure(
        {"code": "RHN", "name": "Rhinoplasty", "category": "FACE", "setting": "SURGICAL"}, by=by
    )
    stock.set_kit(entry.pk, [stock.KitPart(item_id=store["suture"].pk, quantity=D(2))], by=by)
    line = LineDetails(entry_id=entry.pk, service_id=house.clinic.consult.pk, side="NONE", technique="Closed approach")
    plan = planned(house, lines=(line,))
    quote = accepted(house.visit, plan)
    stock.reserve_kit(plan.pk, needed_on=SURGERY, location_id=store["shelf"].pk, by=by)
    cleared(house, plan)
    return quote, actions.schedule(reserved(house, plan).pk, by=house.manager)


def used(house, store, case, quantity, **more):
    return stock.consume(
        item_id=store["suture"].pk, quantity=D(quantity), patient_id=case.patient_id, plan_id=case.plan_id,
        source=f"case:{case.pk}", branch_id=case.branch_id, by=house.clinic.system, **more,
    )  # fmt: skip


def done(house, store, case, *quantities):
    """The operation, with so much used, completed, and the jobs that follow it."""
    with on_the_day():
        started(house, case)
        for quantity in quantities:
            used(house, store, case, quantity)
        operated(house, case)
        actions.say_complications(case.pk, "None", by=house.surgeon)
        actions.complete(case.pk, by=house.visit.nurse)
        run_jobs(house.clinic)


def lines(house, **where):
    with acting_as(house.clinic.system):
        return [(row.source.partition(":")[0], row.quantity, row.unit_price)
                for row in BillLine.objects.filter(**where).order_by("position")]  # fmt: skip


def test_the_draft_is_there_when_the_operation_is_done(house, store, quoted):
    _, case = quoted
    done(house, store, case, 1, 4)
    assert lines(house, bill__status="DRAFT") == [
        ("quote", D(1), D("1000.00")), ("usage", D(3), D("140.00"))
    ]  # fmt: skip
    with acting_as(house.clinic.system):
        bill = Bill.objects.get(status="DRAFT", lines__source__startswith="usage:")
        note = bill.lines.get(source__startswith="usage:").note
    assert note.startswith(f"{case.number}, beyond what was planned: 3 piece")


def test_nothing_of_it_is_billed_twice(house, store, quoted):
    quote, case = quoted
    done(house, store, case, 3)
    desk, before = house.visit.desk, lines(house)
    with on_the_day("15:00"):
        run_jobs(house.clinic)
        draft = tills.bill_case(case.pk, by=house.clinic.system)
        assert tills.begin_checkout(case.reservation.appointment_id, by=desk).pk == draft.pk
        with pytest.raises(Clash, match="on a bill already"):
            quotes.bill_quote(quote.pk, by=desk)
        numbered = billing.finalize(draft.pk, by=desk)
        assert numbered.total > quote.total
        assert tills.bill_case(case.pk, by=house.clinic.system) is None, "nothing is left to be billed"
    assert lines(house) == before
    billing.void_bill(numbered.pk, "Made out to the wrong person", by=house.clinic.system)
    with on_the_day("16:00"):
        again = tills.bill_case(case.pk, by=house.clinic.system)
    assert again.pk != draft.pk and ("usage", D(1), D("140.00")) in lines(house, bill_id=again.pk)


def test_what_came_back_and_what_was_counted_beforehand_costs_nothing(house, store, quoted):
    _, case = quoted
    by = house.clinic.system
    stock.reserve_item(store["suture"].pk, D(3), plan_id=case.plan_id, needed_on=SURGERY,
                       location_id=store["shelf"].pk, by=by)  # fmt: skip
    with on_the_day():
        started(house, case)
        actions.write_time(case.pk, "in", by=house.visit.nurse)
        used(house, store, case, 5)
        (more,) = used(house, store, case, 2)
        with acting_as(by):
            assert [charge.quantity for charge in used_beyond(fresh(house, case), seen_by=by)] == [D(2)]
        stock.give_back(more.movement_id, D(2), "Not opened", by=by)
        with acting_as(by):
            assert used_beyond(fresh(house, case), seen_by=by) == []


def fresh(house, case):
    return type(case).objects.get(pk=case.pk)


def test_materials_nobody_counted_are_in_the_price_that_names_them(house, store):
    plan = planned(house)
    quote = quotes.draft_quote(plan.pk, by=house.visit.desk)
    with acting_as(house.clinic.system):
        option = quote.options.get(position=1)
    quotes.add_line(option.pk, quotes.LineDetails(section="CONSUMABLES", description="Materials", unit_price=D(900)),
                    by=house.visit.desk)  # fmt: skip
    signed(house, quote)
    case = scheduled(house, plan)
    done(house, store, case, 3)
    assert "usage" not in [source for source, *_ in lines(house)]


def signed(house, quote):
    sent = quotes.send(quote.pk, by=house.visit.desk)
    return quotes.accept(sent.pk, signing(house.visit, sent), by=house.visit.desk)


def test_it_is_billed_when_it_is_completed_by_who_may(house, store, quoted):
    _, case = quoted
    with pytest.raises(NotReady, match="completed"):
        tills.bill_case(case.pk, by=house.clinic.system)
    done(house, store, case, 2)
    with pytest.raises(NotPermitted), on_the_day("15:00"):
        tills.bill_case(case.pk, by=house.visit.nurse)
