"""What a session uses, by JSON: taken once for a key, listed, copied, put back; not by others."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journeys.caller import Caller, phone_of

from kalon.inventory.tests.test_sessions import (
    at_the_desk,
    eight_in_the_morning,
    here,
    left,
    stock,
    visit,
    visit_once,
)
from kalon.kernel import clock
from kalon.people import actions as people
from kalon.plans import actions as plans
from kalon.plans.tests.told import spaced
from kalon.scheduling import actions as scheduling

__all__ = ["at_the_desk", "eight_in_the_morning", "stock", "visit", "visit_once"]


@pytest.fixture
def nurse(visit):
    return Caller(people.issue_own_token("test", by=visit.nurse))


@pytest.fixture
def desk(visit):
    return Caller(people.issue_own_token("test", by=visit.desk))


def test_it_is_taken_listed_copied_and_put_back(visit, stock, nurse):
    plan = spaced(visit, days=7)
    at, first = here(visit, plan, 1, 1)
    there = f"/api/procedure-sessions/{first.pk}/supplies"
    three = {"item_id": stock.pk, "quantity": "3"}
    nurse.refusal("POST", there, three, status=409, code="illegal-move")
    with clock.at(at):
        scheduling.check_in(first.appointment_id, by=visit.desk)
        plans.start_session(first.pk, by=visit.nurse)
        nurse.refusal("POST", f"{there}/as-last-time", {}, status=409, code="not-ready")
        nurse.refusal("POST", there, {"quantity": "1"}, status=422, code="invalid")
        nurse.refusal("POST", there, {**three, "quantity": "99"}, status=409, code="clash")
        taken = nurse.post(there, three, key="tablet-1", status=201)
        assert [(one["batch_number"], one["quantity"]) for one in taken] == [("SOON", "2"), ("LATE", "1")]
        assert nurse.post(there, three, key="tablet-1", status=201) == taken
        scanned = {"item_id": stock.pk, "key": "scan-7"}
        once, twice = (nurse.post(there, scanned, status=201) for _ in "12")
        assert once == twice and left(visit, stock) == 3
        nurse.post(f"{there}/{once[0]['movement_id']}/put-back", {"reason": "Not opened"}, status=201)
        nurse.refusal(
            "POST", f"{there}/{once[0]['movement_id']}/put-back", {"reason": "X"}, status=404, code="not-found"
        )
        page = nurse.get(there, limit=1)
        rows = page["items"] + nurse.get(there, limit=1, cursor=page["next"])["items"]
        assert [(one["item"], one["batch_number"], one["quantity"]) for one in rows] == [
            ("PRP kit", "SOON", "2"), ("PRP kit", "LATE", "1"),
        ]  # fmt: skip
        assert left(visit, stock) == 4
        plans.complete_session(first.pk, by=visit.nurse)
    at, second = here(visit, plan, 2, 15)
    with clock.at(at):
        scheduling.check_in(second.appointment_id, by=visit.desk)
        other = f"/api/procedure-sessions/{second.pk}/supplies"
        of_another = f"{other}/{taken[0]['movement_id']}/put-back"
        nurse.refusal("POST", of_another, {"reason": "Of another session"}, status=404, code="not-found")
        copied = nurse.post(f"{other}/as-last-time", {}, key="tablet-2", status=201)
        assert [one["quantity"] for one in copied] == ["3"] and left(visit, stock) == 1
        assert nurse.post(f"{other}/as-last-time", {}, key="tablet-2", status=201) == copied
        assert left(visit, stock) == 1


def test_who_may_not_neither_sees_nor_takes(visit, stock, nurse, desk):
    plan = spaced(visit, days=7)
    at, first = here(visit, plan, 1, 1)
    there = f"/api/procedure-sessions/{first.pk}/supplies"
    patient = phone_of(visit.clinic)
    with clock.at(at):
        scheduling.check_in(first.appointment_id, by=visit.desk)
        [taken] = nurse.post(there, {"item_id": stock.pk}, status=201)
        back = f"{there}/{taken['movement_id']}/put-back"
        for caller in (desk, patient):
            for method, path, body in (
                ("GET", there, None), ("POST", there, {"item_id": stock.pk}), ("POST", f"{there}/as-last-time", {}),
                ("POST", back, {"reason": "Mine"}),
            ):  # fmt: skip
                answer = caller.raw(method, path, body)
                expected = {403} if caller is desk and method == "POST" else {403, 404}
                assert answer.status_code in expected, (method, path, answer.content)
        nowhere = f"/api/procedure-sessions/{uuid4()}/supplies"
        nurse.refusal("GET", nowhere, status=404, code="not-found")
        nurse.refusal("POST", nowhere, {"item_id": stock.pk}, status=404, code="not-found")
        with CaptureQueriesContext(connection) as few:
            assert len(nurse.get(there)["items"]) == 1
        nurse.post(there, {"item_id": stock.pk, "quantity": "4"}, status=201)
        with CaptureQueriesContext(connection) as many:
            assert len(nurse.get(there)["items"]) == 3
        assert len(many) == len(few)
    assert left(visit, stock) == 2
