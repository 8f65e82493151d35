"""Plans, consents, clearances, cases and stock by many hands in any order: what must come first has come first."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kalon.catalog import actions as catalog
from kalon.consents import actions as consents
from kalon.consents.models import Consent
from kalon.inventory import actions as stock
from kalon.inventory import queries as stock_queries
from kalon.inventory.models import SerialUnit
from kalon.kernel import clock
from kalon.kernel.errors import DomainError, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.actions import LineDetails
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions
from kalon.theatre.models import Case, Clearance, Reservation
from kalon.theatre.tests import told
from kalon.theatre.tests.conftest import House, opened

GTIN = "09501101020917"
HOURS = ("10:00", "14:00")
EXAMPLES = int(os.environ.get("KALON_EXAMPLES", "8"))
SEED = int(os.environ.get("KALON_SEED", "0"))
# What makes an order of events wrong: each question answers with the rows that should not be there.
WRONG = {
    "a case without a signed consent or a clearance for its date": """
        SELECT id FROM theatre_case c WHERE status IN ('SCHEDULED', 'IN_PROGRESS') AND urgency = 'ELECTIVE'
        AND NOT EXISTS (SELECT FROM theatre_clearance g WHERE g.id = c.clearance_id AND g.plan_id = c.plan_id
            AND g.surgery_date = c.surgery_date)""",
    "in theatre without a consent that was signed": """
        SELECT id FROM theatre_case c WHERE status IN ('IN_PROGRESS', 'COMPLETED')
        AND NOT EXISTS (SELECT FROM consents_consent s WHERE s.plan_id = c.plan_id AND s.signed_at <= c.in_at)
        AND c.in_at IS NOT NULL""",
    "an incision before the time out": """
        SELECT id FROM theatre_case c WHERE incision_at IS NOT NULL AND NOT EXISTS (SELECT FROM theatre_stage s
            WHERE s.case_id = c.id AND s.kind = 'TIME_OUT' AND s.completed_at <= c.incision_at)""",
    "completed without a word of what was used": """
        SELECT id FROM theatre_case c WHERE status = 'COMPLETED' AND nothing_used_at IS NULL
        AND NOT theatre_has_consumption(c.id)""",
    "completed with an implant that nobody wrote down": """
        SELECT id FROM theatre_case c WHERE status = 'COMPLETED' AND cardinality(theatre_implants_open(c.id)) > 0""",
    "a case and its plan that say different things": """
        SELECT c.id FROM theatre_case c JOIN plans_procedureplan p ON p.id = c.plan_id WHERE c.urgency = 'ELECTIVE'
        AND (c.status = 'IN_PROGRESS' AND p.status NOT IN ('IN_PROGRESS', 'ON_HOLD')
            OR c.status = 'COMPLETED' AND p.status <> 'COMPLETED'
            OR c.status = 'SCHEDULED' AND p.status IN ('DRAFT', 'PENDING_APPROVAL', 'CANCELLED', 'COMPLETED'))""",
    "a plan in theatre without a case there": """
        SELECT p.id FROM plans_procedureplan p WHERE p.status = 'IN_PROGRESS' AND p.plan_type = 'SURGICAL'
        AND NOT EXISTS (SELECT FROM theatre_case c WHERE c.plan_id = p.id AND c.status = 'IN_PROGRESS')""",
    "a theatre kept firmly for nobody": """
        SELECT r.id FROM theatre_reservation r WHERE r.status = 'FIRM' AND NOT EXISTS (SELECT FROM theatre_case c
            WHERE c.reservation_id = r.id AND c.status IN ('SCHEDULED', 'IN_PROGRESS'))""",
    "one theatre twice at one time": """
        SELECT a.id FROM scheduling_appointment a JOIN scheduling_appointment b ON a.id < b.id AND a.room_id = b.room_id
        AND a.period && b.period JOIN people_room r ON r.id = a.room_id AND r.kind = 'THEATRE'
        WHERE a.status NOT IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')
        AND b.status NOT IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')""",
    "a piece that is not where it is said to be": """
        SELECT u.id FROM inventory_serialunit u WHERE
        (u.status = 'IMPLANTED') <> EXISTS (SELECT FROM inventory_implant i WHERE i.unit_id = u.id
            AND i.explanted_at IS NULL)
        OR (u.status = 'RESERVED') <> EXISTS (SELECT FROM inventory_reservation r WHERE r.unit_id = u.id
            AND r.status = 'HELD')""",
    "a piece put in outside of its own case": """
        SELECT i.id FROM inventory_implant i LEFT JOIN theatre_case c ON c.id = i.source_id
        WHERE c.id IS NULL OR c.plan_id <> i.plan_id OR c.patient_id <> i.patient_id""",
}  # fmt: skip


class Way:
    """Two surgeries of a patient that compete for one theatre and two implants, and everybody who has a hand in it."""

    def __init__(self, house: House, *, together: bool = False) -> None:
        self.house, self.on_the_day = house, False
        self.undo = nullcontext if together else transaction.atomic  # others must see what is done, as it is done
        system = house.clinic.system
        self.hands = [house.visit.doctor, house.surgeon, house.visit.nurse, house.manager, house.visit.desk, system]
        entry = catalog.add_procedure(
            {"code": "BA", "name": "Breast augmentation", "category": "BREAST", "setting": "SURGICAL",
             "has_side": True, "takes_implant": True}, by=system,
        )  # fmt: skip
        stock.add_item(
            {"name": "Lunara Round 295", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "device_code": GTIN,
             "price": Decimal(900)}, by=system,
        )  # fmt: skip
        place = stock.add_location(house.clinic.branch.pk, {"code": "OT", "name": "OT", "kind": "THEATRE"}, by=system)
        packs = [stock.Pack(scan=f"01{GTIN}1727123110L7\x1d21{serial}") for serial in ("S1", "S2")]
        self.units = [unit.pk for unit in stock.receive_units(place.pk, packs, by=system)]
        line = LineDetails(entry_id=entry.pk, side="BOTH", technique="Dual plane", implant_choice="Round, 295 cc")
        first = told.planned(house, lines=(line,))
        self.plans = [first, told.planned(house, lines=(line,), of=first.consultation_id)]

    def now(self) -> AbstractContextManager[Any]:
        return told.on_the_day("15:00") if self.on_the_day else clock.at(EIGHT)

    # -- what there is

    def plan(self, which: int) -> Any:
        return told.now(self.house, self.plans[which])

    def _one(self, model: Any, which: int, *not_in: str) -> Any:
        with acting_as(self.house.clinic.system):
            rows = model.objects.filter(plan_id=self.plans[which].pk).exclude(status__in=not_in)
            return rows.order_by("-created_at", "-id").first()

    def consent(self, which: int) -> Any:
        return self._one(Consent, which, "REVOKED", "EXPIRED", "VOIDED")

    def clearance(self, which: int) -> Any:
        return self._one(Clearance, which, "EXPIRED")

    def kept(self, which: int) -> Any:
        return self._one(Reservation, which, "RELEASED")

    def case(self, which: int) -> Any:
        found = self._one(Case, which, "CANCELLED", "ABORTED")
        if found is None:
            raise NotReady("There is no case.")
        with acting_as(self.house.clinic.system):
            return Case.objects.select_related("patient", "plan", "clearance", "clearance__patient").get(pk=found.pk)

    # -- the right order, a step at a time

    def advance(self, which: int, _by: Any) -> None:
        """Whatever comes next for a plan, done by who should."""
        plan, house = self.plan(which), self.house
        if plan.status in ("COMPLETED", "CANCELLED"):
            return
        if plan.status == "ON_HOLD":
            plans.resume(plan.pk, by=house.visit.doctor)
        elif plan.status in ("APPROVED", "CONSENT_PENDING"):
            live = self.consent(which)
            if live is not None and live.status != "SIGNED":
                consents.void(live.pk, "Begun anew", by=house.visit.nurse)
            told.consent_to(house.visit, plan)
        elif plan.status == "IN_PROGRESS":
            self._operate(which)
        else:
            self._prepare(which, plan)

    def _prepare(self, which: int, plan: Any) -> None:
        house, cleared, kept = self.house, self.clearance(which), self.kept(which)
        if cleared is None:
            cleared = actions.open_clearance(plan.pk, told.SURGERY, by=house.manager)
        if cleared.status == "NOT_CLEARED":
            cleared = actions.reopen(cleared.pk, by=house.manager)
        if cleared.status == "OPEN":
            if {"LABS"} & told.missing(house, cleared):
                told.blood_tested(house, plan)
            if {"INVENTORY"} & told.missing(house, cleared):
                line = told.lines(house, cleared)["INVENTORY"]
                actions.waive(line.pk, "Taken from the shelf as it is needed", "Dr Nila Das", by=house.surgeon)
            told.said(house, cleared, *(told.missing(house, cleared) & set(told.SAID)))
            actions.clear(cleared.pk, by=house.manager)
        elif kept is None:
            told.reserved(house, plan, at=HOURS[which])
        elif kept.status == "TENTATIVE":
            actions.schedule(kept.pk, by=house.manager)
        else:
            self.on_the_day = True
            with self.now():
                told.started(house, self.case(which))

    def _operate(self, which: int) -> None:
        house, case = self.house, self.case(which)
        nurse = house.visit.nurse
        if case.in_at is None:
            actions.write_time(case.pk, "in", by=nurse)
            told.checked(house, case, "SIGN_IN")
        elif case.incision_at is None:
            if case.anaesthesia_at is None:
                actions.write_time(case.pk, "anaesthesia", by=nurse)
                told.checked(house, case, "TIME_OUT")
            actions.write_time(case.pk, "incision", by=nurse)
        elif case.closure_at is None:
            self.implant(which, nurse)
            actions.write_time(case.pk, "closure", by=nurse)
        elif case.out_at is None:
            told.counted(house, case)
            told.checked(house, case, "SIGN_OUT")
            actions.write_time(case.pk, "out", by=nurse)
        else:
            with acting_as(house.clinic.system):
                is_used = case.has_consumption()
            if not is_used and case.nothing_used_at is None:
                actions.sign_nothing_used(case.pk, by=nurse)
            with acting_as(nurse):
                is_open = bool(case.implants_open())
            if is_open:
                actions.sign_no_implant(case.pk, "The pocket bled", by=nurse)
            actions.say_complications(case.pk, "None", by=house.surgeon)
            actions.complete(case.pk, by=nurse)

    # -- what anybody may try at any time

    def revoke(self, which: int, by: Any) -> None:
        if found := self.consent(which):
            (consents.revoke if found.status == "SIGNED" else consents.void)(found.pk, "Changed their mind", by=by)

    def hold(self, which: int, by: Any) -> None:
        plans.hold(self.plans[which].pk, reason="Ill", by=by)

    def cancel_plan(self, which: int, by: Any) -> None:
        plans.cancel(self.plans[which].pk, reason="Not wanted any more", by=by)

    def clear(self, which: int, by: Any) -> None:
        if found := self.clearance(which):
            actions.clear(found.pk, by=by)

    def not_cleared(self, which: int, by: Any) -> None:
        if found := self.clearance(which):
            actions.refuse(found.pk, reason="Blood pressure", by=by)

    def keep_theatre(self, which: int, by: Any) -> None:
        told.reserved(self.house, self.plans[which], at=HOURS[0])

    def schedule(self, which: int, by: Any) -> None:
        if found := self.kept(which):
            actions.schedule(found.pk, by=by)

    def release(self, which: int, by: Any) -> None:
        if found := self.kept(which):
            actions.release(found.pk, reason="Not needed", by=by)

    def start(self, which: int, by: Any) -> None:
        case = self.case(which)
        actions.start(case.pk, told_mrn=case.patient.mrn, told_sides=told.sides(self.house, case), by=by)

    def incision(self, which: int, by: Any) -> None:
        actions.write_time(self.case(which).pk, "incision", by=by)

    def complete(self, which: int, by: Any) -> None:
        actions.complete(self.case(which).pk, by=by)

    def postpone(self, which: int, by: Any) -> None:
        actions.postpone(self.case(which).pk, reason="Fever", by=by)

    def cancel_case(self, which: int, by: Any) -> None:
        actions.cancel(self.case(which).pk, reason="Fever", by=by)

    def abort(self, which: int, by: Any) -> None:
        actions.abort(self.case(which).pk, reason="Anaphylaxis", by=by)

    def reserve_piece(self, which: int, by: Any) -> None:
        stock.reserve_unit(self.units[which], plan_id=self.plans[1 - which].pk, needed_on=told.SURGERY, by=by)

    def implant(self, which: int, by: Any) -> None:
        case = self.case(which)
        with acting_as(self.house.clinic.system):
            free = SerialUnit.objects.exclude(status="IMPLANTED").order_by("pk").first()
        if free:
            stock.implant(free.pk, plan_id=case.plan_id, source=f"case:{case.pk}", side="LEFT", by=by)

    # -- and what must hold after each of them

    def step(self, name: str, which: int, hand: int) -> str:
        """What came of it: done, or the sentence that refuses; no other fault may leave a verb."""
        with self.now():
            try:
                with self.undo():
                    getattr(self, name)(which, self.hands[hand % len(self.hands)])
            except DomainError as refusal:
                return str(refusal)
        return "done"

    def holds(self) -> None:
        system = self.house.clinic.system
        with acting_as(system):
            for said, question in WRONG.items():
                with connection.cursor() as cursor:
                    cursor.execute(question)
                    assert not cursor.fetchall(), said
            assert stock_queries.mismatches(seen_by=system) == []


OTHER = [
    "revoke", "hold", "cancel_plan", "clear", "not_cleared", "keep_theatre", "schedule", "release", "start", "incision",
    "complete", "postpone", "cancel_case", "abort", "reserve_piece", "implant",
]  # fmt: skip
STEP = st.tuples(
    st.one_of(st.just("advance"), st.just("advance"), st.sampled_from(OTHER)), st.integers(0, 1), st.integers(0, 5)
)


@settings(
    max_examples=EXAMPLES, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(ahead=st.integers(0, 11), steps=st.lists(STEP, min_size=6, max_size=18))
def test_in_any_order_nothing_comes_before_what_it_stands_on(
    house: House, ahead: int, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        way = Way(house)
        for step in [("advance", 0, 0)] * ahead + steps:
            assert way.step(*step).strip()
            way.holds()
        transaction.set_rollback(True)


@pytest.fixture
def shared(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(EIGHT):
        yield Way(opened(), together=True)
        connection.close()


@pytest.mark.parametrize("ahead", [3, 7])
def test_eight_hands_at_once(shared: Way, at_once: Callable[..., list[Any]], ahead: int) -> None:
    for _ in range(ahead):
        assert shared.step("advance", 0, 0) == "done"

    def work(which: int) -> list[str]:
        dice = Random(which + 8 * ahead + 1000 * SEED)
        wishes = ["advance"] * len(OTHER) + OTHER
        return [shared.step(dice.choice(wishes), dice.randint(0, 1), dice.randint(0, 5)) for _ in range(6)]

    answers = [answer for given in at_once(work) for answer in given]
    assert len(answers) == 48 and "done" in answers
    shared.holds()


def test_the_way_itself_leads_to_the_end(house: House) -> None:
    way = Way(house)
    for _ in range(13):
        answer = way.step("advance", 0, 0)
        assert answer == "done", (answer, way.plan(0).status)
        way.holds()
    assert way.plan(0).status == "COMPLETED"
