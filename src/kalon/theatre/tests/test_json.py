"""The tablet's presses by JSON: the same verbs, the same refusals, a press sent again done once, and not by others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journeys.caller import Caller, phone_of

from kalon.inventory.models import Movement
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions
from kalon.theatre.tests.supplied import supplied
from kalon.theatre.tests.test_using import BOTH, begun
from kalon.theatre.tests.told import (
    SURGERY,
    cleared,
    cut,
    on_the_day,
    operated,
    planned,
    reserved,
    scheduled,
    sides,
    staff_of,
    stage,
    started,
    surgeon,
)


def caller(by):
    return Caller(people.issue_own_token("test", by=by))


@pytest.fixture
def nurse(house):
    return caller(house.visit.nurse)


@pytest.fixture
def shelves(house):
    return supplied(house)


def at(case, *more):
    return "/".join(["/api/surgical-cases", str(case.pk), *map(str, more)])


def test_scans_by_json_are_written_once_listed_and_given_back(house, shelves, nurse):
    case = begun(house)
    shelves.take_in("A1", "A2", "A3")
    shelves.receive("10")
    two = {"code": "S3", "quantity": "2"}
    nurse.refusal("POST", at(case, "used"), two, status=409, code="illegal-move")
    with on_the_day():
        cut(house, started(house, case))
        nurse.refusal("POST", at(case, "used"), {"code": house.clinic.other_patient.mrn}, status=409, code="not-ready")
        assert "agrees" in nurse.post(at(case, "used"), {"code": case.patient.mrn})["said"]
        assert nurse.get(at(case, "used"))["items"] == []
        said = nurse.post(at(case, "used"), two, key="press-1")
        assert said == {"said": "Used: 2 piece Suture 3-0, lot S3."}
        assert nurse.post(at(case, "used"), two, key="press-1") == said
        nurse.post(at(case, "used"), {**two, "key": "scan-2"})
        nurse.post(at(case, "used"), {**two, "key": "scan-2"})  # the device's own key, over another connection
        first, second = nurse.get(at(case, "used"))["items"]
        assert [(one["quantity"], one["batch_number"]) for one in (first, second)] == [("2", "S3")] * 2
        back = at(case, "used", second["id"], "back")
        nurse.refusal("POST", back, {"quantity": "3"}, status=422, code="invalid")
        nurse.post(back, {"quantity": "1"})
        nurse.refusal("POST", at(case, "wasted"), {"code": "A3", "reason": " "}, status=422, code="invalid")
        nurse.post(at(case, "wasted"), {"code": "A3", "reason": "Fell"}, key="fell")
        nurse.post(at(case, "wasted"), {"code": "A3", "reason": "Fell"}, key="fell")
        nurse.refusal("POST", at(case, "used"), {"code": "A1"}, status=422, code="invalid")
        nurse.post(at(case, "used"), {"code": "A1", "side": "LEFT"})
        problem = nurse.refusal("POST", at(case, "used"), {"code": "A2", "side": "LEFT"}, status=409, code="not-ready")
        assert problem["obstacles"] == ["second"]
        [inside] = nurse.get(at(case, "implants"))["items"]
        assert (inside["serial"], inside["side"], inside["lot"]) == ("A1", "LEFT", "L7")
        with CaptureQueriesContext(connection) as few:
            assert len(nurse.get(at(case, "implants"))["items"]) == 1
        nurse.post(at(case, "used"), {"code": "A2", "side": "RIGHT"})
        with CaptureQueriesContext(connection) as many:
            assert len(nurse.get(at(case, "implants"))["items"]) == 2
        assert len(many) == len(few)
        nurse.post(at(case, "implants", inside["id"], "out"), {"reason": "Torn"})
        assert nurse.get(at(case, "implants"))["items"][0]["explant_reason"] == "Torn"
        with CaptureQueriesContext(connection) as few:
            page = nurse.get(at(case, "used"), limit=2)
        assert page["next"]
        with CaptureQueriesContext(connection) as many:
            rows = nurse.get(at(case, "used"))["items"]
        assert len(many) == len(few)
        assert [(one["kind"], one["serial"]) for one in rows][:4] == [
            ("ISSUED", ""), ("ISSUED", ""), ("RETURNED", ""), ("WASTED", "A3"),
        ]  # fmt: skip
    with acting_as(house.clinic.system):
        assert Movement.objects.filter(source_id=case.pk, kind="WASTED").count() == 1


def test_another_cases_stock_another_patient_and_whoever_may_not(house, shelves, nurse):
    plan = planned(house, lines=(BOTH,))
    case = scheduled(house, plan)
    shelves.take_in("A1")
    shelves.receive("5")
    desk, patient = caller(house.visit.desk), phone_of(house.clinic)
    with on_the_day():
        cut(house, started(house, case))
        nurse.post(at(case, "used"), {"code": "A1", "side": "LEFT"})
        nurse.post(at(case, "used"), {"code": "S3"})
        movement = nurse.get(at(case, "used"))["items"][-1]["id"]
        implant = nurse.get(at(case, "implants"))["items"][0]["id"]
        presses = (
            ("used", {"code": "S3"}), (f"used/{movement}/back", {"quantity": "1"}),
            ("wasted", {"code": "S3", "reason": "Fell"}), (f"implants/{implant}/out", {"reason": "x"}),
            ("times/correct", {"which": "in", "at": None, "reason": "x"}), ("counts", {"what": "SWABS", "before": 3}),
            ("complications", {"words": "none"}),
            ("arrears/consent", {"given_by": "Asha", "words": "Yes"}), ("arrears/clearance", None),
        )  # fmt: skip
        for path, body in presses:
            desk.refusal("POST", at(case, path), body, status=403, code="not-permitted")
            assert patient.raw("POST", at(case, path), body).status_code in (403, 404), path
        for path in ("used", "implants", "note", "arrears", "discharge"):
            assert patient.raw("GET", at(case, path)).status_code in (403, 404), path
        nowhere = house.clinic.patient  # an id, but of no case
        for path, body in presses:
            nurse.refusal("POST", at(nowhere, path), body, status=404, code="not-found")
        for path in ("used", "implants", "note", "arrears", "discharge"):
            nurse.refusal("GET", at(nowhere, path), status=404, code="not-found")
        nurse.refusal("POST", at(case, "implants", movement, "out"), {"reason": "x"}, status=404, code="not-found")
        another = planned(house, of=plan.consultation_id, lines=(BOTH,))
    with clock.at(EIGHT):
        cleared(house, another)
        later = actions.schedule(reserved(house, another, at="15:30").pk, by=house.manager)
    with on_the_day("10:30"):
        started(house, later)
        of_another = at(later, "used", movement, "back")
        nurse.refusal("POST", of_another, {"quantity": "1"}, status=404, code="not-found")
        assert nurse.get(at(later, "used"))["items"] == []
        assert nurse.post(at(case, "used", movement, "back"), {"quantity": "1"})["said"].startswith("Given back")


def test_times_counts_words_and_answers_are_put_right(house, nurse):
    case = scheduled(house)
    with on_the_day():
        started(house, case)
        entered = nurse.post(at(case, "times"), {"which": "in"})["in_at"]
        before = (clock.now() - timedelta(minutes=5)).isoformat()
        wish = {"which": "in", "at": before, "reason": "Pressed late", "seen": entered}
        nurse.refusal("POST", at(case, "times/correct"), {**wish, "reason": ""}, status=422, code="invalid")
        naive = {**wish, "at": before[:19]}
        assert nurse.raw("POST", at(case, "times/correct"), naive).status_code == 422
        ahead = {**wish, "at": (clock.now() + timedelta(hours=1)).isoformat()}
        nurse.refusal("POST", at(case, "times/correct"), ahead, status=409, code="illegal-move")
        corrected = nurse.post(at(case, "times/correct"), wish, key="once")
        assert corrected["in_at"] != entered
        assert nurse.post(at(case, "times/correct"), wish, key="once") == corrected
        nurse.refusal("POST", at(case, "times/correct"), wish, status=409, code="clash")
        assert nurse.post(at(case, "times/correct"), {**wish, "at": None, "seen": None})["in_at"] is None
        nurse.post(at(case, "counts"), {"what": "SWABS", "before": 10})
        stale = {"what": "SWABS", "before": 12, "seen": [None, None]}
        nurse.refusal("POST", at(case, "counts"), stale, status=409, code="clash")
        nurse.post(at(case, "counts"), {**stale, "seen": [10, None]})
        nurse.post(at(case, "complications"), {"words": "none", "seen": ""})
        nurse.refusal("POST", at(case, "complications"), {"words": "Bled", "seen": ""}, status=409, code="clash")
        sign_in = stage(house, case, "SIGN_IN")
        items = f"/api/surgical-cases/stages/{sign_in.pk}/items"
        nurse.refusal("POST", f"{items}/back", {"code": "IDENTITY"}, status=409, code="illegal-move")
        nurse.post(items, {"code": "IDENTITY", "answer": "YES"})
        [found] = [
            one for one in nurse.post(f"{items}/back", {"code": "IDENTITY"})["stages"] if one["kind"] == "SIGN_IN"
        ]
        assert {one["answer"] for one in found["items"]} == {""}
        nurse.refusal("GET", at(case, "note"), status=404, code="not-found")
        caller(house.surgeon).raw("PUT", at(case, "note"), {"content": {"findings": "Dry pocket"}})
        assert "Dry pocket" in nurse.get(at(case, "note"))["content"].values()


def test_a_return_is_completed_in_arrears_and_the_patient_goes_home(house, nurse):
    case = scheduled(house)
    operator = caller(house.surgeon)
    with on_the_day():
        started(house, case)
        operated(house, case)
        nurse.refusal("POST", at(case, "undo-start"), {"reason": "Wrong one"}, status=409, code="not-ready")
        actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        actions.complete(case.pk, by=house.visit.nurse)
        nurse.refusal("GET", at(case, "discharge"), status=404, code="not-found")
        first, second = (staff_of(house, one) for one in (house.surgeon, house.anaesthetist))
        wish = {"room_id": house.theatre.pk, "surgeon_id": first, "first_clinician_id": first,
                "second_clinician_id": second, "reason": "Bleeding"}  # fmt: skip
        back = operator.post(at(case, "return"), wish, status=201)
        there = f"/api/surgical-cases/{back['id']}/arrears"
        assert operator.get(there) == {
            "is_flagged": True, "consent": None, "clearance_status": "", "open_lines": [], "is_ready": False,
        }  # fmt: skip
        operator.refusal("POST", at(case, "arrears/clearance"), status=409, code="illegal-move")
        said = {"given_by": "Asha", "words": "Told of the bleeding; agrees."}
        nurse.refusal("POST", f"{there}/consent", said, status=403, code="not-permitted")
        made = operator.post(f"{there}/consent", said, key="asked", status=201)
        assert operator.post(f"{there}/consent", said, key="asked", status=201) == made
        operator.refusal("POST", f"{there}/consent", said, status=409, code="clash")
        opened = operator.post(f"{there}/clearance", status=201)
        operator.refusal("POST", f"{there}/clearance", status=409, code="clash")
        owed = operator.get(there)
        assert (owed["consent"]["given_by"], owed["clearance_status"], owed["is_ready"]) == ("Asha", "OPEN", False)
        assert owed["open_lines"] and set(owed["open_lines"]) <= set(opened["missing"])
        operator.refusal("POST", there, status=409, code="not-ready")
    with on_the_day("14:00"):
        gone = nurse.post(at(case, "discharge"), {"with_whom": "Her sister"}, status=201)
        assert nurse.get(at(case, "discharge")) == gone


def test_a_start_by_mistake_and_a_surgery_that_moves(house, nurse):
    manager, plan = caller(house.manager), planned(house)
    case = scheduled(house, plan)
    with on_the_day():
        started(house, case)
        nurse.refusal("POST", at(case, "undo-start"), {"reason": " "}, status=422, code="invalid")
        assert nurse.post(at(case, "undo-start"), {"reason": "Wrong case"})["status"] == "SCHEDULED"
        told = {"mrn": case.patient.mrn, "sides": {str(pk): side for pk, side in sides(house, case).items()}}
        assert nurse.post(at(case, "start"), told)["status"] == "IN_PROGRESS"
    other = planned(house, of=plan.consultation_id)
    with clock.at(EIGHT):
        cleared(house, other)
        kept = {
            "start": f"{SURGERY}T14:00:00",
            "minutes": 90,
            "room_id": house.theatre.pk,
            "surgeon_id": surgeon(house),
        }
        made = manager.post("/api/theatre-reservations", {**kept, "plan_id": other.pk}, status=201)
        there = f"/api/theatre-reservations/{made['id']}/move"
        later = {**kept, "start": f"{SURGERY}T15:30:00", "reason": "The list is long"}
        nurse.refusal("POST", there, later, status=403, code="not-permitted")
        manager.refusal("POST", there, {**later, "reason": " "}, status=422, code="invalid")
        moved = manager.post(there, later, key="moved", status=201)
        assert manager.post(there, later, key="moved", status=201) == moved
        assert moved["status"] == "TENTATIVE" and moved["id"] != made["id"]
        manager.refusal("POST", there, later, status=422, code="invalid")
