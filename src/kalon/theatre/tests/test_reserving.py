"""The theatre by JSON, by raw SQL in every order of states, and for eight who want it at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.journeys.caller import Caller

from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.plans.tests.told import approved
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions
from kalon.theatre.lifecycles import RESERVATION, ReservationStatus
from kalon.theatre.models import Reservation
from kalon.theatre.tests import conftest
from kalon.theatre.tests.told import (
    DONE,
    SURGERY,
    attack,
    blood_tested,
    cleared,
    consented,
    planned,
    reserved,
    surgeon,
)


@pytest.fixture
def manager(house):
    return Caller(people.issue_own_token("test", by=house.manager))


@pytest.fixture
def nurse(house):
    return Caller(people.issue_own_token("test", by=house.visit.nurse))


def test_a_clearance_by_json(house, manager, nurse):
    plan = planned(house)
    made = manager.post("/api/clearances", {"plan_id": plan.pk, "surgery_date": SURGERY}, status=201)
    at = f"/api/clearances/{made['id']}"
    assert made["missing"][:2] == ["Consent signed", "Laboratory results"]
    board = manager.get("/api/clearances", first=SURGERY, last=SURGERY)
    assert [row["id"] for row in board] == [made["id"]] and board[0]["lines"][0]["move"] == "Patient and surgeon"
    manager.refusal("POST", f"{at}/clear", status=409, code="not-ready")
    nurse.refusal("POST", f"{at}/clear", status=403, code="not-permitted")
    manager.refusal("POST", "/api/clearances", {"plan_id": plan.pk, "surgery_date": SURGERY}, status=409, code="clash")
    instructions = next(row["id"] for row in made["lines"] if row["kind"] == "INSTRUCTIONS")
    answered = nurse.post(f"/api/clearances/lines/{instructions}/statement", {"words": "She repeated them."})
    assert "Instructions understood" not in answered["missing"]
    back = nurse.post(f"/api/clearances/lines/{instructions}/withdraw", {"reason": "Another patient"})
    assert "Instructions understood" in back["missing"]
    later = SURGERY + timedelta(days=1)
    assert manager.post(f"{at}/date", {"surgery_date": later})["surgery_date"] == later.isoformat()
    assert manager.post(f"{at}/refuse", {"reason": "Fever"})["status"] == "NOT_CLEARED"
    assert manager.post(f"{at}/reopen")["status"] == "OPEN"
    blood_tested(house, plan)
    consented(house, plan)
    shown = manager.get(at)
    assert "Laboratory results" not in shown["missing"] and "Consent signed" not in shown["missing"]


def test_a_theatre_by_json(house, manager, nurse):
    plan = planned(house)
    wish = {
        "plan_id": plan.pk, "start": f"{SURGERY}T10:00:00", "minutes": 90, "room_id": house.theatre.pk,
        "surgeon_id": surgeon(house),
    }  # fmt: skip
    nurse.refusal("POST", "/api/theatre-reservations", wish, status=403, code="not-permitted")
    no_theatre = {**wish, "room_id": house.clinic.room.pk}
    manager.refusal("POST", "/api/theatre-reservations", no_theatre, status=422, code="invalid")
    made = manager.post("/api/theatre-reservations", wish, status=201)
    assert made["status"] == "TENTATIVE"
    manager.refusal("POST", "/api/theatre-reservations", wish, status=409, code="clash")
    manager.refusal("POST", "/api/surgical-cases", {"reservation_id": made["id"]}, status=409, code="not-ready")
    at = f"/api/theatre-reservations/{made['id']}/release"
    manager.refusal("POST", at, {"reason": " "}, status=422, code="invalid")
    assert manager.post(at, {"reason": "No bed"})["status"] == "RELEASED"


def test_every_pair_of_states_of_a_reservation_by_sql(house):
    plan = planned(house)
    cleared(house, plan)
    arrows = {(str(source), str(move.target)) for move in RESERVATION.moves for source in move.source}
    way = {"TENTATIVE": [], "FIRM": ["FIRM"], "RELEASED": ["RELEASED"]}
    step = "UPDATE theatre_reservation SET status = %s WHERE id = %s"
    kept = reserved(house, plan)
    held = set()
    for source in ReservationStatus.values:
        for target in ReservationStatus.values:
            if source == target:
                continue
            with acting_as(house.manager):
                point = transaction.savepoint()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('kalon.reason', 'test', true)")
                    for state in way[source]:
                        cursor.execute(step, [state, kept.pk])
                answer = attack(step, [target, kept.pk], by=house.manager)
                transaction.savepoint_rollback(point)
            if answer == DONE:
                held.add((source, target))
            else:
                assert answer in ("theatre_reservation_status_moves", "theatre_reservation_sealed"), (source, target)
    assert held == arrows


def test_nothing_is_firm_by_sql_before_the_patient_is_cleared(house):
    kept = reserved(house, planned(house))
    firm = "UPDATE theatre_reservation SET status = 'FIRM' WHERE id = %s"
    assert attack(firm, [kept.pk], by=house.manager) == "theatre_reservation_cleared"


@pytest.fixture
def shared(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(EIGHT):
        house = conftest.opened()
        first = planned(house)
        yield house, [first, *(approved(house.visit, "SURGICAL", of=first.consultation_id) for _ in range(7))]
        connection.close()


def test_eight_want_one_theatre_at_the_same_moment_and_exactly_one_has_it(
    shared: Any, at_once: Callable[..., list[Any]]
):
    house, plans = shared
    surgeons = [surgeon(house), house.clinic.doctor.pk]

    def work(which: int) -> Any:
        with clock.at(EIGHT):
            start = house.clinic.at("10:00", SURGERY) + timedelta(minutes=5 * which)
            wish = actions.TheatreWish(
                start=start, minutes=60, room_id=house.theatre.pk, surgeon_id=surgeons[which % 2]
            )
            return actions.reserve(plans[which].pk, wish, by=house.manager)

    answers = at_once(work)
    assert sum(isinstance(one, Reservation) for one in answers) == 1
    assert {one.code for one in answers if isinstance(one, DomainError)} == {"clash"}
    with acting_as(house.clinic.system):
        assert Reservation.objects.count() == 1
