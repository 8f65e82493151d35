"""What a session uses: only while it is open, first expired first, as in the last session, and put back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from kalon.inventory import actions, queries
from kalon.inventory.actions import Delivery
from kalon.inventory.events import Source
from kalon.inventory.models import Balance
from kalon.inventory.tests.clinic import KEEPS, _staff
from kalon.inventory.tests.sql import DONE, attack
from kalon.inventory.tests.test_unit_guards import moved
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.plans import actions as plans
from kalon.plans.tests.conftest import at_the_desk, eight_in_the_morning, visit, visit_once
from kalon.plans.tests.told import approved, book, session, spaced
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import TUESDAY
from kalon.scheduling.tests.test_pages import signed_in

__all__ = ["at_the_desk", "eight_in_the_morning", "visit", "visit_once"]


@pytest.fixture
def stock(visit):
    """A store with PRP kits in two batches, and one pair of needles."""
    branch = visit.clinic.branch
    keeper = _staff("Ravi Nair", visit.clinic.organization_id, branch.pk, KEEPS)
    place = actions.add_location(branch.pk, {"code": "T1", "name": "Room 1", "kind": "TREATMENT"}, by=keeper)
    details = {"name": "PRP kit", "kind": "CONSUMABLE", "unit": "kit", "step": Decimal(1), "needs_batch": True,
               "needs_expiry": True, "reorder_level": Decimal(1), "price": Decimal("1400.00")}  # fmt: skip
    kit = actions.add_item(details, by=keeper)
    for quantity, number, days in ((5, "LATE", 400), (2, "SOON", 40)):
        expires = TUESDAY + timedelta(days=days)
        actions.receive(kit.pk, place.pk, Delivery(Decimal(quantity), number=number, expires_on=expires), by=keeper)
    return kit


def here(visit, plan, number, day):
    booked = book(visit, session(visit, plan, number).prompt, day=TUESDAY + timedelta(days=day), kind="SESSION")
    return booked.period.lower, session(visit, plan, number).row


def used(visit, one):
    with acting_as(visit.nurse):
        rows = queries.used_in_session(one.pk, seen_by=visit.nurse)
        return [(row.movement.batch.number, int(row.quantity)) for row in rows]


def left(visit, kit):
    with acting_as(visit.clinic.system):
        return sum(int(row.quantity) for row in Balance.objects.filter(item=kit))


def test_taken_while_it_is_open_copied_to_the_next_and_put_back(visit, stock):
    plan = spaced(visit, days=7)
    at, first = here(visit, plan, 1, 1)
    with pytest.raises(IllegalMove, match="session is booked"):
        actions.use_in_session(first.pk, item_id=stock.pk, by=visit.nurse)
    with clock.at(at):
        scheduling.check_in(first.appointment_id, by=visit.desk)
        plans.start_session(first.pk, by=visit.nurse)
        with pytest.raises(NotReady, match="Nothing was written down"):
            actions.use_as_last_time(first.pk, by=visit.nurse)
        taken = actions.use_in_session(first.pk, item_id=stock.pk, quantity=Decimal(3), key="scan-1", by=visit.nurse)
        assert [(one.batch_number, int(one.quantity)) for one in taken] == [("SOON", 2), ("LATE", 1)]
        again = actions.use_in_session(first.pk, item_id=stock.pk, quantity=Decimal(3), key="scan-1", by=visit.nurse)
        assert [one.movement_id for one in again] == [one.movement_id for one in taken]
        assert (used(visit, first), left(visit, stock)) == ([("SOON", 2), ("LATE", 1)], 4)
        actions.put_back_from_session(first.pk, taken[1].movement_id, reason="Not opened", by=visit.nurse)
        assert (used(visit, first), left(visit, stock)) == ([("SOON", 2)], 5)
        plans.complete_session(first.pk, by=visit.nurse)
        with pytest.raises(IllegalMove, match="session is done"):
            actions.use_in_session(first.pk, item_id=stock.pk, by=visit.nurse)
        with pytest.raises(IllegalMove):
            actions.put_back_from_session(first.pk, taken[0].movement_id, reason="Late", by=visit.nurse)
    at, second = here(visit, plan, 2, 15)
    with clock.at(at):
        scheduling.check_in(second.appointment_id, by=visit.desk)
        actions.use_as_last_time(second.pk, by=visit.nurse)
        assert (used(visit, second), left(visit, stock)) == ([("LATE", 2)], 3)
        with pytest.raises(NotFound):
            actions.put_back_from_session(second.pk, taken[0].movement_id, reason="Another's", by=visit.nurse)
        with pytest.raises(Clash, match="Only 3"):
            actions.use_in_session(second.pk, item_id=stock.pk, quantity=Decimal(4), by=visit.nurse)
        with pytest.raises(Invalid):
            actions.use_in_session(second.pk, by=visit.nurse)
        for by in (visit.desk, visit.clinic.nobody, visit.clinic.patient_actor()):
            with pytest.raises((NotPermitted, NotFound)):
                actions.use_in_session(second.pk, item_id=stock.pk, by=by)
        assert left(visit, stock) == 3


def test_a_session_takes_stock_only_while_it_is_open_and_for_its_own_patient(visit, stock):
    plan = spaced(visit, days=7)
    at, first = here(visit, plan, 1, 1)
    paper = {"source": f"session:{first.pk}", "branch_id": visit.clinic.branch.pk, "item_id": stock.pk}
    mine, other = {"patient_id": first.patient_id}, {"patient_id": visit.clinic.other_patient.pk}
    by_hand = (
        "INSERT INTO inventory_movement SELECT (jsonb_populate_record(one, jsonb_build_object("
        "'id', gen_random_uuid(), 'key', '', 'source_id', %s::text, 'patient_id', %s::text))).* "
        "FROM inventory_movement one WHERE kind = 'ISSUED' ORDER BY created_at LIMIT 1"
    )

    def sql(source, patient=first.patient_id, place=None):
        elsewhere = by_hand.replace("'key', ''", f"'key', '', 'from_location_id', '{place.pk}'") if place else by_hand
        return attack(elsewhere, [str(source), str(patient)], by=visit.nurse)

    with clock.at(at):
        with pytest.raises(IllegalMove, match="session is booked"):
            actions.consume(**paper, **mine, by=visit.nurse)
        scheduling.check_in(first.appointment_id, by=visit.desk)
        plans.start_session(first.pk, by=visit.nurse)
        with pytest.raises(Invalid, match="another patient's"):
            actions.consume(**paper, **other, by=visit.nurse)
        with pytest.raises(NotFound):
            actions.consume(**{**paper, "source": f"session:{uuid4()}"}, **mine, by=visit.nurse)
        with pytest.raises(Clash, match="while it is ready or under way"):  # past the verb for sessions
            giving = {"branch_id": visit.clinic.branch.pk, **other, "source": Source("session", first.pk)}
            actions.issue(stock.pk, Decimal(1), **giving, by=visit.nurse)
        actions.consume(**paper, **mine, key="once", by=visit.nurse)
        assert sql(first.pk) == DONE
        refused = "inventory_session_takes_stock"
        assert sql(first.pk, other["patient_id"]) == refused
        assert sql(uuid4()) == refused
        assert sql(session(visit, plan, 2).row.pk) == refused
        assert sql(first.pk, place=at_another_branch(visit)) == "inventory_session_takes_from_here"
        plans.complete_session(first.pk, by=visit.nurse)
        assert sql(first.pk) == refused
        with pytest.raises(IllegalMove, match="session is done"):
            actions.consume(**paper, **mine, by=visit.nurse)
        assert actions.consume(**paper, **mine, key="once", by=visit.nurse)  # what it did before is answered
    assert left(visit, stock) == 6


def at_another_branch(visit):
    """A place of the store that no session here takes from."""
    clinic = visit.clinic
    far = people.add_branch(name="Thrissur", code="TSR", by=clinic.system)
    keeper = _staff("Ravi Nair", clinic.organization_id, clinic.branch.pk, KEEPS)
    return actions.add_location(far.pk, {"code": "T2", "name": "Room 2", "kind": "TREATMENT"}, by=keeper)


def test_a_piece_is_used_up_in_a_session_and_never_put_in(visit, stock):
    plan = spaced(visit, days=7)
    at, first = here(visit, plan, 1, 1)
    keeper = _staff("Ravi Nair", visit.clinic.organization_id, visit.clinic.branch.pk, KEEPS)
    item = actions.add_item({"name": "Thread", "kind": "IMPLANT", "unit": "piece", "needs_serial": True}, by=keeper)
    with acting_as(keeper):
        place = queries.locations(seen_by=keeper)[0]
    pack = actions.Pack(item_id=item.pk, serial="P1", lot="L1", expires_on=TUESDAY + timedelta(days=99))
    (piece, theirs) = actions.receive_units(place.pk, [pack, replace(pack, serial="P2")], by=keeper)
    other = approved(visit, of=plan.consultation_id)
    with clock.at(at):
        scheduling.check_in(first.appointment_id, by=visit.desk)
        plans.start_session(first.pk, by=visit.nurse)
        with pytest.raises(Clash, match="after knife to skin, in the case of its patient"):
            actions.implant(piece.pk, plan_id=plan.pk, source=f"session:{first.pk}", side="NONE", by=visit.doctor)
        row = actions.reserve_unit(theirs.pk, plan_id=other.pk, needed_on=TUESDAY + timedelta(days=9), by=visit.doctor)
        of_session = {"patient": first.patient_id, "hold": row, "paper": ("session", first)}
        by_hand = moved(theirs, "ISSUED", start=place, **of_session)
        assert attack(*by_hand, by=visit.nurse) == "inventory_session_takes_its_own"
        actions.use_in_session(first.pk, scan="P1", by=visit.nurse)
    with acting_as(keeper):
        assert queries.unit(piece.pk, seen_by=keeper).status == "CONSUMED"


def test_the_page_of_the_session_takes_copies_and_puts_back(visit, stock):
    plan = spaced(visit, days=7)
    at, first = here(visit, plan, 1, 1)
    nurse = signed_in(visit.nurse)
    with clock.at(at):
        scheduling.check_in(first.appointment_id, by=visit.desk)
        way = f"/inventory/for-session/{first.pk}"
        assert "7 kit here" in nurse.get(f"/sessions/{first.pk}").content.decode()
        assert nurse.post(way, {"item": stock.pk, "quantity": "2", "key": "k"}).status_code == 303
        page = nurse.get(f"/sessions/{first.pk}").content.decode()
        assert "SOON" in page and "Put back" in page
        with acting_as(visit.nurse):
            [row] = queries.used_in_session(first.pk, seen_by=visit.nurse)
        back = f"{way}/{row.movement.pk}/back"
        assert nurse.post(back, {"reason": ""}).status_code in (409, 422)
        assert nurse.post(back, {"reason": "Not opened"}).status_code == 303
        assert nurse.post(way, {"item": "", "scan": "", "quantity": "1"}).status_code in (409, 422)
        assert nurse.post(f"{way}/as-last-time").status_code == 409
        assert left(visit, stock) == 7
        assert signed_in(visit.desk).post(way, {"item": stock.pk, "quantity": "1"}).status_code == 403
