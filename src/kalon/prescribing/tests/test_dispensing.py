"""At the counter: what is prescribed leaves, first expired first, never more of it, and comes back as a row."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.inventory import actions as inventory
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.prescribing import actions, queries
from kalon.prescribing.actions import Fate, HandOut
from kalon.prescribing.tests.conftest import Room
from kalon.prescribing.tests.counter import Counter, open_counter


@pytest.fixture
def counter(room: Room) -> Counter:
    return open_counter(room)


def test_first_expired_leaves_first_and_each_batch_is_a_line_of_the_bill(counter: Counter):
    late, soon = counter.receive(40, "LATE", 400), counter.receive(10, "SOON", 40)
    mine = counter.signed()
    counter.give(mine, 15)
    assert [(line.batch_number, line.quantity) for line in counter.lines(mine)] == [("SOON", 10), ("LATE", 5)]
    assert (counter.held(soon), counter.held(late)) == (0, 35)
    assert counter.status(mine) == ("DISPENSED", 0) and counter.left(mine) == [0]
    soon_until = counter.today + timedelta(days=40)
    assert counter.billed(mine) == [
        (f"Prescription {mine.number}, batch SOON, use by {soon_until:%m/%Y}", 10, Decimal("20.00")),
        (f"Prescription {mine.number}, batch LATE, use by {counter.today + timedelta(days=400):%m/%Y}", 5, 10),
    ]
    counter.proven()


def test_a_part_now_and_the_rest_later_on_one_bill(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed()
    counter.give(mine, 6)
    assert counter.status(mine) == ("PARTIALLY_DISPENSED", 0) and counter.left(mine) == [9]
    counter.give(mine, 9)
    assert counter.status(mine) == ("DISPENSED", 0)
    assert len({line.bill_id for line in counter.lines(mine)}) == 1
    assert [quantity for _, quantity, _ in counter.billed(mine)] == [6, 9]


def test_it_goes_on_the_visits_own_bill_while_that_is_a_draft(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed()
    by = counter.room.clinic.system
    visit = billing.draft_bill(mine.patient_id, mine.branch_id, appointment_id=_visit(counter), by=by)
    counter.give(mine, 5)
    assert counter.bill(mine).pk == visit.pk
    billing.finalize(visit.pk, by=by)
    counter.give(mine, 5)  # the visit's bill is sealed now: what comes later stands on one of its own
    assert counter.bill(mine).pk != visit.pk and counter.bill(mine).status == "DRAFT"
    counter.proven()


def test_never_more_than_was_prescribed(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed()
    with pytest.raises(Invalid, match="Only 15 tablets of Paracetamol is left"):
        counter.give(mine, 16)
    counter.give(mine, 10)
    with pytest.raises(Invalid, match="Only 5 tablets"):
        counter.give(mine, 6)
    counter.give(mine, 5)
    with pytest.raises(IllegalMove, match="Nothing of it is to be handed out"):
        counter.give(mine, 1)
    assert counter.moved() == 3 and counter.left(mine) == [0]


def test_only_what_is_on_the_shelf_and_nothing_expired(counter: Counter):
    counter.receive(10, "OLD", 3)
    mine = counter.signed()
    with pytest.raises(Clash, match="Only 10 tablet"):
        counter.give(mine, 15)
    with clock.at(clock.now() + timedelta(days=5)), pytest.raises(Clash, match="no Paracetamol in stock"):
        counter.give(mine, 5)
    assert counter.lines(mine) == [] and counter.status(mine) == ("FINALIZED", 0)


def test_another_strength_or_unit_does_not_stand_for_it(counter: Counter):
    strong = counter.keep("Paramal 650", strength="650 mg")
    syrup = counter.keep("Paramal syrup", strength="250 mg/5 mL", unit="bottle", form="syrup")
    counter.receive(40, "S", item=strong)
    mine = counter.signed()
    with pytest.raises(Clash, match="no Paracetamol in stock"):
        counter.give(mine, 5)
    with pytest.raises(Invalid, match="It is 650 mg, and 500 mg was prescribed"):
        counter.give(mine, 5, stock_item_id=strong.pk)
    with pytest.raises(Invalid, match="counted in bottle"):
        counter.give(mine, 5, stock_item_id=syrup.pk)
    other = counter.keep("Cetrimal", generic="cetirizine", strength="10 mg")
    with pytest.raises(Invalid, match="This is not Paracetamol"):
        counter.give(mine, 5, stock_item_id=other.pk)
    grams = counter.keep("Paramal 0.5", strength="0.5 g")
    counter.receive(40, "G", item=grams)
    counter.give(mine, 5, stock_item_id=grams.pk)
    assert counter.left(mine) == [10]


def test_what_is_bought_elsewhere_is_not_handed_out(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed(counter.room.line("cetirizine", days=5))
    outside = counter.room.again(mine).items.all()[1]
    with pytest.raises(NotFound, match="not handed out here"):
        actions.dispense(mine.pk, [HandOut(item_id=outside.pk, quantity=Decimal(1))], by=counter.room.pharmacist)
    counter.give(mine, 15)
    assert counter.status(mine) == ("DISPENSED", 0)


def test_own_stock_needs_a_quantity_before_it_is_signed(counter: Counter):
    with pytest.raises(NotReady, match="Write how much of Paracetamol"):
        counter.signed(days=None)


def test_only_whoever_may_hand_out_does(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed(refills=1)
    counter.give(mine, 15)
    [line] = counter.lines(mine)
    room = counter.room
    item = room.again(mine).items.all()[0]
    one = [HandOut(item_id=item.pk, quantity=Decimal(1))]
    for by in (room.doctor, room.nurse, room.clinic.desk, room.clinic.patient_actor()):
        for refused in (
            lambda by=by: actions.dispense(mine.pk, one, by=by),
            lambda by=by: actions.refill(mine.pk, one, by=by),
            lambda by=by: actions.take_back(line.pk, Decimal(1), "Wrong", by=by),
        ):
            with pytest.raises((NotPermitted, NotFound)):
                refused()
    assert counter.status(mine) == ("DISPENSED", 0) and counter.moved() == 2


def test_an_allergy_known_since_then_stops_it(counter: Counter):
    capsules = counter.keep("Amoxal", generic="amoxicillin", strength="500 mg", unit="capsule")
    counter.receive(40, "AM", item=capsules)
    own = counter.room.line(
        "amoxicillin", strength="500 mg", dose_unit="capsule", frequency="TDS", days=5, is_in_house=True
    )
    mine = counter.room.signed(own)
    counter.room.reacts_to("Penicillin")
    with pytest.raises(NotReady, match=r"Known since it was signed: .*Ask the doctor first"):
        counter.give(mine, 5)
    assert counter.lines(mine) == []


def test_one_the_doctor_knew_and_answered_does_not_stop_it(counter: Counter):
    capsules = counter.keep("Amoxal", generic="amoxicillin", strength="500 mg", unit="capsule")
    counter.receive(40, "AM", item=capsules)
    counter.room.reacts_to("Penicillin")
    own = counter.room.line(
        "amoxicillin", strength="500 mg", dose_unit="capsule", frequency="TDS", days=5, is_in_house=True
    )
    draft = counter.room.draft(own)
    [key] = counter.room.keys(draft)
    actions.answer(draft.pk, key, "Tolerated it after a challenge", by=counter.room.doctor)
    mine = actions.finalize(draft.pk, by=counter.room.doctor)
    counter.give(mine, 15)
    assert counter.status(mine) == ("DISPENSED", 0)


def test_a_part_comes_back_as_a_row_and_off_the_draft(counter: Counter):
    batch = counter.receive(40, "A")
    mine = counter.signed()
    counter.give(mine, 15)
    [line] = counter.lines(mine)
    counter.back(line, 4)
    assert counter.status(mine) == ("PARTIALLY_DISPENSED", 0) and counter.left(mine) == [4]
    assert [(row.quantity, row.takes_back_id) for row in counter.lines(mine)] == [(15, None), (-4, line.pk)]
    assert counter.held(batch) == 29 and [quantity for _, quantity, _ in counter.billed(mine)] == [11]
    with pytest.raises(Invalid, match="11 tablets can come back"):
        counter.back(line, 12)
    counter.back(line, 11, fate=Fate.WASTE)
    assert counter.status(mine) == ("FINALIZED", 0) and counter.held(batch) == 29
    assert (counter.billed(mine), counter.bill(mine).status) == ([], "VOID")
    counter.proven()
    actions.cancel(mine.pk, "Wrong medicine", by=counter.room.doctor)


def test_what_comes_back_after_it_was_paid_is_credited_and_kept_on_account(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed()
    counter.give(mine, 15)
    by = counter.room.clinic.system
    bill = billing.finalize(counter.bill(mine).pk, by=by)
    payment = billing.take_payment(bill.pk, "CASH", bill.total, by=by)
    [line] = counter.lines(mine)
    counter.back(line, 4)
    bill = counter.bill(mine)
    assert (bill.total, bill.credited, bill.allocated, bill.owed, bill.status) == (30, 8, 22, 0, "PAID")
    with acting_as(by):
        payment.refresh_from_db()
    assert payment.on_account == 8
    counter.back(line, 11)
    bill = counter.bill(mine)
    assert (bill.credited, bill.allocated, bill.status) == (30, 0, "VOID")
    counter.proven()


def test_refills_are_counted_and_end(counter: Counter):
    counter.receive(100, "A")
    mine = counter.signed(refills=2)
    with pytest.raises(IllegalMove):
        counter.refill(mine, 5)  # the first filling is still to come
    counter.give(mine, 15)
    counter.refill(mine, 10)
    assert counter.status(mine) == ("PARTIALLY_DISPENSED", 1) and counter.left(mine) == [5]
    with pytest.raises(Invalid, match="Only 5 tablets"):
        counter.give(mine, 6)
    counter.give(mine, 5)
    counter.refill(mine, 15)
    assert counter.status(mine) == ("DISPENSED", 2)
    with pytest.raises(NotReady, match="No refill is left"):
        counter.refill(mine, 1)
    with acting_as(counter.room.pharmacist):
        assert not queries.refillable(branch_id=mine.branch_id, seen_by=counter.room.pharmacist).exists()


def test_a_refill_is_not_begun_after_its_time(counter: Counter):
    counter.receive(100, "A")
    mine = counter.signed(refills=1)
    counter.give(mine, 15)
    with clock.at(clock.now() + timedelta(days=61)), pytest.raises(NotReady, match="could be refilled until"):
        counter.refill(mine, 5)
    assert counter.status(mine) == ("DISPENSED", 0)


def test_a_refill_that_comes_back_whole_is_not_used(counter: Counter):
    counter.receive(100, "A")
    mine = counter.signed(refills=1)
    counter.give(mine, 15)
    counter.refill(mine, 15)
    counter.back(counter.lines(mine)[-1], 15)
    assert counter.status(mine) == ("DISPENSED", 0)
    counter.refill(mine, 3)
    assert counter.status(mine) == ("PARTIALLY_DISPENSED", 1)
    counter.back(counter.lines(mine)[0], 15)  # the first filling, recalled while the refill is out
    assert counter.status(mine) == ("PARTIALLY_DISPENSED", 1)
    counter.back(counter.lines(mine)[-2], 3)
    assert counter.status(mine) == ("FINALIZED", 0) and counter.left(mine) == [15]
    counter.proven()


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "0.5"])
def test_a_quantity_is_a_whole_number_above_zero(counter: Counter, quantity: str):
    counter.receive(40, "A")
    mine = counter.signed()
    with pytest.raises(Invalid):
        counter.give(mine, quantity)
    assert counter.moved() == 1


def test_a_return_needs_a_reason(counter: Counter):
    counter.receive(40, "A")
    mine = counter.signed()
    counter.give(mine, 5)
    with pytest.raises(Invalid, match="Write why"):
        counter.back(counter.lines(mine)[0], 5, "  ")
    assert counter.left(mine) == [10]


def test_a_batch_that_is_locked_away_stays(counter: Counter):
    batch = counter.receive(40, "A")
    inventory.quarantine(batch, "Recall", by=counter.room.pharmacist)
    with pytest.raises(Clash, match="no Paracetamol in stock"):
        counter.give(counter.signed(), 5)


def test_the_work_list_holds_what_waits_and_costs_the_same_for_many(counter: Counter, django_assert_max_num_queries):
    counter.receive(400, "A")
    by = counter.room.pharmacist
    one = counter.signed()
    counter.room.signed()  # bought elsewhere

    def waiting():
        found = list(queries.waiting(branch_id=one.branch_id, seen_by=by))
        return found, queries.to_give(found, seen_by=by)

    with acting_as(by), django_assert_max_num_queries(30) as few:
        found, lines = waiting()
    assert [row.pk for row in found] == [one.pk] and lines[one.pk][0].state == "ready"
    for _ in range(6):
        counter.signed()
    with acting_as(by), django_assert_max_num_queries(len(few.captured_queries)):
        found, lines = waiting()
    assert len(found) == 7 and all(line.state == "ready" for row in lines.values() for line in row)


def _visit(counter: Counter):
    with acting_as(counter.room.clinic.system):
        return counter.room.encounter.appointment_id
