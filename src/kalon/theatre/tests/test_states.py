"""Every pair of states of case, reservation and stage in plain SQL: along the table's arrows, or refused by name."""

from typing import Any

from django.db import DatabaseError, connection, transaction

from kalon.kernel.constraints import broken_constraint
from kalon.kernel.lifecycle import Lifecycle
from kalon.kernel.tenancy import acting_as
from kalon.theatre import actions
from kalon.theatre.lifecycles import CASE, RESERVATION, STAGE, CaseStatus, ReservationStatus, StageStatus
from kalon.theatre.tests.told import (
    DONE,
    cleared,
    day_lines,
    on_the_day,
    operated,
    planned,
    reserved,
    scheduled,
    sides,
    stage,
    started,
)

# What may be the first to refuse where there is no arrow: the table itself, its seal, or a guard of the goal.
REFUSED = {
    "status_moves", "sealed", "born", "whole", "on_its_day", "lines_of_the_day", "cleared", "consent", "reserved",
    "nothing_done",
}  # fmt: skip


def arrows(of: Lifecycle) -> set[tuple[str, str]]:
    return {(str(source), str(move.target)) for move in of.moves for source in move.source}


def walked(table: str, pk: Any, steps: list[str], more: dict[str, str]) -> str:
    """What becomes of a row that goes through these states by SQL alone; undone again."""
    point = transaction.savepoint()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kalon.reason', 'test', true)")
            for state in steps:
                cursor.execute(f"UPDATE {table} SET status = %s{more.get(state, '')} WHERE id = %s", [state, pk])
                assert cursor.rowcount == 1
            return DONE
    except DatabaseError as error:
        return broken_constraint(error.__cause__).removeprefix(f"{table}_")
    finally:
        transaction.savepoint_rollback(point)


def pairs(table: str, pk: Any, states: Any, ways: dict[str, list[str]], more: dict[str, str]) -> dict[Any, str]:
    return {
        (source, target): walked(table, pk, [*way, target], more)
        for source, way in ways.items()
        for target in states.values
        if source != target
    }


def agrees(found: dict[Any, str], of: Lifecycle, guarded: dict[Any, str]) -> None:
    """An arrow leads on, or is held up by the guard that is named here; everything else is no move at all."""
    drawn = arrows(of)
    for pair, answer in found.items():
        if pair in drawn:
            assert answer == guarded.get(pair, DONE), (pair, answer)
        else:
            assert answer in REFUSED, (pair, answer)


def test_every_pair_of_states_of_a_reservation_and_of_a_case(house: Any) -> None:
    plan = planned(house)
    cleared(house, plan)
    kept = reserved(house, plan)
    ways = {"TENTATIVE": [], "FIRM": ["FIRM"], "RELEASED": ["RELEASED"]}
    with acting_as(house.manager):
        agrees(pairs("theatre_reservation", kept.pk, ReservationStatus, ways, {}), RESERVATION, {})
    case = actions.schedule(kept.pk, by=house.manager)
    more = {"POSTPONED": ", reservation_id = NULL"}
    ways = {"SCHEDULED": [], "POSTPONED": ["POSTPONED"], "CANCELLED": ["CANCELLED"]}
    with acting_as(house.manager):
        found = pairs("theatre_case", case.pk, CaseStatus, ways, more)
        # on another day than its own, and without a theatre
        guarded = {("SCHEDULED", "IN_PROGRESS"): "on_its_day", ("POSTPONED", "SCHEDULED"): "reserved"}
        agrees(found, CASE, guarded)
        again = {**more, "SCHEDULED": f", reservation_id = '{kept.pk}'"}
        assert walked("theatre_case", case.pk, ["POSTPONED", "SCHEDULED"], again) == DONE
    with on_the_day():
        day_lines(house, case)
        ways = {"SCHEDULED": [], "IN_PROGRESS": ["IN_PROGRESS"], "ABORTED": ["IN_PROGRESS", "ABORTED"]}
        with acting_as(house.manager):
            found = pairs("theatre_case", case.pk, CaseStatus, ways, more)
        agrees(found, CASE, {("IN_PROGRESS", "COMPLETED"): "whole"})
        told = {"told_mrn": case.patient.mrn, "told_sides": sides(house, case)}
        actions.start(case.pk, **told, by=house.visit.nurse)
        operated(house, case)
        actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        ways = {"IN_PROGRESS": [], "COMPLETED": ["COMPLETED"]}
        with acting_as(house.manager):
            found = pairs("theatre_case", case.pk, CaseStatus, ways, more)
        agrees(found, CASE, {("IN_PROGRESS", "SCHEDULED"): "nothing_done"})
    assert {pair for pair in arrows(CASE) if pair[0] == "COMPLETED"} == set()


def test_every_pair_of_states_of_a_stage(house: Any) -> None:
    case = scheduled(house)
    with on_the_day():
        started(house, case)
        sign_in = stage(house, case, "SIGN_IN")
        with acting_as(house.manager):
            more = {"COMPLETE": ", completed_at = kalon_now()"}
            found = pairs("theatre_stage", sign_in.pk, StageStatus, {"OPEN": []}, more)
        agrees(found, STAGE, {("OPEN", "COMPLETE"): "answered"})
        operated(house, case)
        with acting_as(house.manager):
            found = pairs("theatre_stage", sign_in.pk, StageStatus, {"COMPLETE": []}, more)
        agrees(found, STAGE, {})
        assert set(found) == {("COMPLETE", "OPEN")}
