"""Pieces with serials by many hands in any order, beside a model: in one patient at most, and never a wrong one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kalon.inventory import actions, queries
from kalon.inventory.actions import NoticeDetails, Scope
from kalon.inventory.lifecycles import UNIT
from kalon.inventory.models import Reservation, SerialUnit
from kalon.inventory.tests.theatre import GTIN, Theatre, open_both
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.scheduling.tests.clinic import EIGHT

LOTS = {"LATE": 400, "SOON": 3, "BACK": 400}  # days until they expire; BACK is the lot that is called back
SERIALS = [(f"{lot[0]}{number}", lot) for lot in LOTS for number in (1, 2, 3)]
NOTICE = {"title": "Lot BACK", "issued_by": "Lunara Medical", "hazard": "The shell may rupture early."}
# Each question answers with the rows that should not be there.
WRONG = {
    "a serial in two patients": "SELECT unit_id FROM inventory_implant GROUP BY unit_id HAVING count(*) > 1",
    "a piece that is not where the registry says": """SELECT id FROM inventory_serialunit u
        WHERE (u.status = 'IMPLANTED') <> EXISTS (SELECT FROM inventory_implant i WHERE i.unit_id = u.id
            AND i.explanted_at IS NULL)
        OR (u.status = 'EXPLANTED') <> EXISTS (SELECT FROM inventory_implant i WHERE i.unit_id = u.id
            AND i.explanted_at IS NOT NULL)""",
    "a piece reserved for nobody, or twice": """SELECT id FROM inventory_serialunit u WHERE
        (SELECT count(*) FROM inventory_reservation r WHERE r.unit_id = u.id AND r.status = 'HELD')
            <> CASE u.status WHEN 'RESERVED' THEN 1 ELSE 0 END""",
    "stock below zero, or promised that is not there":
        "SELECT id FROM inventory_balance WHERE quantity < 0 OR held < 0 OR held > quantity",
    "on the shelf and not in the ledger, or the other way round": """
        SELECT b.id FROM inventory_balance b WHERE b.quantity <> (SELECT COALESCE(sum(CASE
                WHEN m.to_location_id = b.location_id THEN m.quantity ELSE -m.quantity END), 0)
            FROM inventory_movement m WHERE m.batch_id = b.batch_id
                AND b.location_id IN (m.from_location_id, m.to_location_id))
        OR b.quantity <> (SELECT count(*) FROM inventory_serialunit u
            WHERE u.batch_id = b.batch_id AND u.location_id = b.location_id)""",
    "a piece that left twice": """SELECT unit_id FROM inventory_movement WHERE unit_id IS NOT NULL
        AND to_location_id IS NULL GROUP BY unit_id HAVING count(*) > 1""",
    "an expired piece given to a patient": """SELECT m.id FROM inventory_movement m
        JOIN inventory_batch lot ON lot.id = m.batch_id JOIN inventory_location place ON place.id = m.from_location_id
        JOIN people_branch branch ON branch.id = place.branch_id
        WHERE m.kind = 'ISSUED' AND lot.expires_on < (m.created_at AT TIME ZONE branch.timezone)::date""",
    "a piece implanted for another patient than its plan's": """SELECT i.id FROM inventory_implant i
        JOIN plans_procedureplan p ON p.id = i.plan_id WHERE p.patient_id <> i.patient_id""",
    "a piece implanted by no case of its plan": """SELECT i.id FROM inventory_implant i LEFT JOIN theatre_case c
        ON c.id = i.source_id AND i.source_kind = 'case' AND c.plan_id = i.plan_id WHERE c.id IS NULL""",
    "a piece reserved where its patient is not": """SELECT r.id FROM inventory_reservation r
        JOIN inventory_location place ON place.id = r.location_id JOIN plans_procedureplan p ON p.id = r.plan_id
        WHERE r.status = 'HELD' AND place.branch_id <> p.branch_id""",
}  # fmt: skip


@pytest.fixture(scope="module")
def theatre_once(made_once: Any) -> Theatre:
    with clock.at(EIGHT):
        return made_once(open_both)  # type: ignore[no-any-return]


class Shelf:
    """What each piece is, reckoned beside the product, and everybody who has a hand on it."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.at = clock.now()
        self.units: dict[str, Any] = {}
        self.status: dict[str, str] = {}
        self.place: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}
        self.is_recalled = False
        self.done: set[str] = set()
        self.refusal = ""
        system = theatre.system
        self.hands = [theatre.keeper, theatre.surgeon, system, theatre.visit.desk, theatre.visit.clinic.nobody, system]

    def do(self, name: str, which: int, other: int, hand: int) -> None:
        """One step of one hand: refused with a sentence, or done and as the model says it had to be."""
        serial, lot = SERIALS[which % len(SERIALS)]
        step: Callable[..., str | None] = getattr(self, name)
        try:
            with clock.at(self.at), transaction.atomic():
                if name not in ("receive", "wait", "recall") and serial not in self.units:
                    return
                to = step(serial, lot, other, self.hands[hand % len(self.hands)])
        except DomainError as refusal:
            self.refusal = str(refusal)
            return
        self.done.add(name)
        if to is not None:
            self._went(name, serial, lot, to)

    def _went(self, name: str, serial: str, lot: str, to: str) -> None:
        before = self.status.get(serial)
        if before is not None and name != "move":
            assert (before, to) in ARROWS, (name, before, to)
        if name in ("reserve", "implant", "consume"):
            assert not self._is_bad(lot, today=name != "reserve"), (name, serial, self.at)
            assert self.place[serial] != self.theatre.far_store.pk, (name, serial)
        if name == "release":
            assert not (self.is_recalled and lot == "BACK"), serial
        self.status[serial] = to
        if to not in ("IN_STOCK", "RESERVED", "QUARANTINED"):
            self.place[serial] = None
        if to != "RESERVED":
            self.kept.pop(serial, None)

    def _is_bad(self, lot: str, *, today: bool) -> bool:
        days = LOTS[lot] - (self.at.date() - self.theatre.today).days
        return (self.is_recalled and lot == "BACK") or (days < 0 and today)

    def receive(self, serial: str, lot: str, _: int, by: Any) -> str:
        pack = actions.Pack(scan=self.theatre.code(serial, lot=lot, days=LOTS[lot]))
        [unit] = actions.receive_units(self.theatre.store.pk, [pack], by=by)
        assert serial not in self.units, "a serial comes once"
        self.units[serial], self.place[serial] = unit.pk, self.theatre.store.pk
        return "QUARANTINED" if self.is_recalled and lot == "BACK" else "IN_STOCK"

    def move(self, serial: str, _lot: str, other: int, by: Any) -> str:
        to = (self.theatre.store, self.theatre.far_store)[other % 2].pk
        actions.move_unit(self.units[serial], to, by=by)
        self.place[serial] = to
        return self.status[serial]

    def reserve(self, serial: str, _lot: str, other: int, by: Any) -> str:
        plan = (self.theatre.plan, self.theatre.other_plan)[other % 2]
        day = self.at.date() + timedelta(days=1)
        actions.reserve_unit(self.units[serial], plan_id=plan.pk, needed_on=day, by=by)
        assert self.kept.get(serial, plan.pk) == plan.pk, "reserved for two plans"
        self.kept[serial] = plan.pk
        return "RESERVED"

    def free(self, serial: str, _lot: str, _: int, by: Any) -> str | None:
        with acting_as(self.theatre.system):
            row = Reservation.objects.filter(unit_id=self.units[serial], status="HELD").first()
        if row is None:
            return None
        actions.release(row.pk, "Not needed", by=by)
        return "IN_STOCK"

    def implant(self, serial: str, _lot: str, other: int, by: Any) -> str:
        plan = (self.theatre.plan, self.theatre.other_plan)[other % 2]
        again = self.status[serial] == "IMPLANTED"
        side = ("LEFT", "RIGHT")[other // 2 % 2]
        actions.implant(self.units[serial], plan_id=plan.pk, source=self._paper(other), side=side, by=by)
        if again:
            raise DomainError("the entry that was made")  # the same scan again is no second implant
        assert self.kept.get(serial, plan.pk) == plan.pk, "put in although kept for another plan"
        return self._used(serial, "IMPLANTED")

    def consume(self, serial: str, _lot: str, other: int, by: Any) -> str:
        plan, code = (self.theatre.plan, self.theatre.other_plan)[other % 2], self.theatre.code(serial, lot=_lot,
            days=LOTS[_lot])  # fmt: skip
        actions.consume(
            scan=code, patient_id=plan.patient_id, source=self._paper(other), plan_id=plan.pk,
            branch_id=self.theatre.visit.clinic.branch.pk, by=by,
        )  # fmt: skip
        assert self.kept.get(serial, plan.pk) == plan.pk, "used up although kept for another plan"
        return self._used(serial, "CONSUMED")

    def _paper(self, other: int) -> str:
        return f"case:{(self.theatre.case, self.theatre.other_case)[other % 2].pk}"

    def _used(self, serial: str, to: str) -> str:
        """From its reservation, which is made in the same breath where there was none."""
        if self.status[serial] == "IN_STOCK":
            self.status[serial] = "RESERVED"
        return to

    def explant(self, serial: str, _lot: str, _: int, by: Any) -> str:
        actions.explant(self.units[serial], "Capsular contracture", by=by)
        return "EXPLANTED"

    def quarantine(self, serial: str, _lot: str, _: int, by: Any) -> str:
        actions.quarantine_unit(self.units[serial], "Pack damaged", by=by)
        if self.status[serial] == "RESERVED":
            self.status[serial] = "IN_STOCK"  # it was given free first
        return "QUARANTINED"

    def release(self, serial: str, _lot: str, _: int, by: Any) -> str:
        actions.release_unit(self.units[serial], "Looked at", by=by)
        return "IN_STOCK"

    def send_back(self, serial: str, _lot: str, _: int, by: Any) -> str:
        actions.return_unit(self.units[serial], "Wrong size", by=by)
        return self._left(serial, "RETURNED")

    def expire(self, serial: str, lot: str, _: int, by: Any) -> str:
        actions.expire_unit(self.units[serial], by=by)
        assert self.at.date() > self.theatre.today + timedelta(days=LOTS[lot]), "written off before its day"
        return self._left(serial, "EXPIRED")

    def waste(self, serial: str, _lot: str, _: int, by: Any) -> str:
        actions.waste_unit(self.units[serial], "Dropped", by=by)
        return self._left(serial, "WASTED")

    def _left(self, serial: str, to: str) -> str:
        if self.status[serial] == "RESERVED":
            self.status[serial] = "IN_STOCK"
        return to

    def recall(self, _serial: str, _lot: str, _: int, by: Any) -> None:
        if self.is_recalled:
            return
        details = NoticeDetails(**NOTICE, issued_on=self.at.date())
        actions.open_recall(details, [Scope(device_code=GTIN, lot="BACK")], by=by)
        self.is_recalled = True
        for serial, lot in SERIALS:
            if lot == "BACK" and self.status.get(serial) in ("IN_STOCK", "RESERVED"):
                self.status[serial] = "QUARANTINED"
                self.kept.pop(serial, None)

    def wait(self, _serial: str, _lot: str, other: int, _by: Any) -> None:
        self.at += timedelta(days=1 + other % 3)

    def wrong(self) -> list[str]:
        """What does not hold: questions to the database that found a row, and pieces that the model has elsewhere."""
        found = []
        with clock.at(self.at), acting_as(self.theatre.system):
            with connection.cursor() as cursor:
                for said, question in WRONG.items():
                    cursor.execute(question)
                    found += [said] if cursor.fetchall() else []
            rows = {row.serial: row for row in SerialUnit.objects.all()}
            found += ["the ledger"] if queries.mismatches(seen_by=self.theatre.system) else []
        for serial, status in self.status.items():
            row = rows[serial]
            if (row.status, row.location_id) != (status, self.place[serial]):
                found.append(f"{serial} is {row.status} at {row.location_id}, not {status} at {self.place[serial]}")
        return found


ARROWS = {(str(source), str(move.target)) for move in UNIT.moves for source in move.source}
MOVES = ("receive", "reserve", "free", "implant", "explant", "quarantine", "release", "send_back", "expire", "waste",
         "recall", "move", "consume", "wait")  # fmt: skip
OFTEN = ("receive", "receive", "reserve", "reserve", "implant", "implant", "implant")
KEEPER, SURGEON, SYSTEM = 0, 1, 2
STORY = (
    ("receive", 0, 0, KEEPER), ("receive", 1, 0, KEEPER), ("receive", 2, 0, KEEPER), ("receive", 3, 0, KEEPER),
    ("receive", 6, 0, KEEPER), ("receive", 4, 0, KEEPER), ("reserve", 0, 0, SURGEON), ("free", 0, 0, SURGEON),
    ("implant", 0, 0, SURGEON), ("explant", 0, 0, SYSTEM), ("quarantine", 1, 0, KEEPER), ("release", 1, 0, KEEPER),
    ("send_back", 1, 0, KEEPER), ("move", 2, 1, SYSTEM), ("move", 2, 0, SYSTEM), ("consume", 2, 1, SURGEON),
    ("waste", 4, 0, SURGEON), ("recall", 0, 0, SYSTEM), ("wait", 0, 2, SYSTEM), ("wait", 0, 2, SYSTEM),
    ("expire", 3, 0, KEEPER),
)  # fmt: skip


def test_pieces_in_any_order(theatre: Theatre) -> None:
    """One rule for each move, so that none is drawn less often than it fails."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()
            self.shelf = Shelf(theatre)

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

        @invariant()
        def agrees(self) -> None:
            assert self.shelf.wrong() == []

    for number, name in enumerate((*MOVES, *OFTEN)):
        setattr(Machine, f"{name}_{number}", _rule(name))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes of database work
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_each_move_of_a_piece_is_possible(theatre: Theatre) -> None:
    """A move that is always refused would prove nothing above."""
    shelf = Shelf(theatre)
    for name, which, other, hand in STORY:
        shelf.done.discard(name)
        shelf.do(name, which, other, hand)
        assert name in shelf.done, (name, which, shelf.refusal)
        assert shelf.wrong() == [], name
    assert set(MOVES) == {name for name, *_ in STORY}


def test_a_piece_that_is_kept_for_one_plan_is_put_in_under_no_other(theatre: Theatre) -> None:
    shelf = Shelf(theatre)
    for name, plan in (("receive", 0), ("reserve", 0)):
        shelf.do(name, 0, plan, SYSTEM)
    for name in ("implant", "consume"):
        shelf.do(name, 0, 1, SURGEON)
        assert name not in shelf.done, shelf.status
        assert "reserved for another" in shelf.refusal
    assert shelf.wrong() == []


def _rule(name: str) -> Any:
    def step(self: Any, which: int, other: int, hand: int) -> None:
        self.shelf.do(name, which, other, hand)

    step.__name__ = name
    # few pieces, so that many hands meet on each
    return rule(which=st.sampled_from((0, 0, 0, 3, 3, 6, 6, 1)), other=st.integers(0, 3), hand=st.integers(0, 5))(step)
