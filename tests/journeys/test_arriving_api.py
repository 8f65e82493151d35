"""Arriving as JSON: by the code at the door, by the code on a phone; and being called in."""

from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.scheduling import actions as scheduling
from kalon.scheduling import queries
from kalon.scheduling.actions import BookingRequest
from tests.journeys.caller import Caller
from tests.journeys.story import Story, on_tuesday
from tests.journeys.test_consult_only_api import RAHUL, ZOYA, _registered, _signed_in

ARRIVALS = "/api/patient/arrivals"


def test_the_code_at_the_door(story: Story) -> None:
    zoya, rahul = _registered(Caller(), story, ZOYA), _registered(Caller(), story, RAHUL)
    visit = _visit(story, zoya)
    body = {"appointment_id": str(visit.pk)}
    with clock.at(on_tuesday("09:50")):
        code = _door(story)
        assert zoya.get(ARRIVALS, code=code)["id"] == str(visit.pk)
        assert story.state(visit) == "CONFIRMED"  # asking changes nothing
        forged = code[:-2] + ("AA" if code[-2:] != "AA" else "BB")
        for wrong in (forged, "x", "https://elsewhere.example/?code=1"):
            zoya.refusal("POST", ARRIVALS, {**body, "code": wrong}, status=403, code="not-permitted")
        rahul.refusal("POST", ARRIVALS, {**body, "code": code}, status=404, code="not-found")
        rahul.refusal("GET", f"{ARRIVALS}?code={code}", status=403, code="not-permitted")  # no visit of his today
        _signed_in("frontdesk").refusal("POST", ARRIVALS, {**body, "code": code}, status=403, code="not-permitted")
        Caller().refusal("POST", ARRIVALS, {**body, "code": code}, status=401, code="sign-in-needed")
        assert story.state(visit) == "CONFIRMED"
        assert zoya.post(ARRIVALS, {**body, "code": code}, status=201)["status"] == "CHECKED_IN"
        zoya.refusal("POST", ARRIVALS, {**body, "code": code}, status=403, code="not-permitted")
    assert story.moves(visit)[-1] == ("CONFIRMED", "CHECKED_IN", "the code at the door")
    with acting_as(story.place.system):
        denied = AuditEvent.objects.filter(kind=audit.Kind.DENIED, facts__qr="forged")
        assert denied.count() == 3


def test_the_code_on_the_phone_and_the_call(story: Story) -> None:
    zoya = _registered(Caller(), story, ZOYA)
    visit = _visit(story, zoya)
    desk, nurse, stores = _signed_in("frontdesk"), _signed_in("nurse"), _signed_in("inventory")
    call = f"/api/appointments/{visit.pk}/call-in"
    with clock.at(on_tuesday("09:50")):
        code = _phone(story, visit)
        nurse.refusal("POST", call, {}, status=409, code="illegal-move")  # nobody is there yet
        stores.refusal("POST", "/api/appointments/scan", {"code": code}, status=403, code="not-permitted")
        desk.refusal("POST", "/api/appointments/scan", {"code": _door(story)}, status=403, code="not-permitted")
        desk.refusal("POST", "/api/appointments/scan", {"code": ""}, status=422, code="invalid")
        assert desk.post("/api/appointments/scan", {"code": code})["status"] == "CHECKED_IN"
        desk.refusal("POST", "/api/appointments/scan", {"code": code}, status=403, code="not-permitted")
        stores.refusal("POST", call, {}, status=403, code="not-permitted")
        called = nurse.post(call, {}, status=201)
        assert (called["appointment_id"], called["room_id"]) == (str(visit.pk), str(visit.room_id))
        elsewhere = nurse.post(call, {"room_id": _other_room(story, visit)}, status=201)
        assert elsewhere["room_id"] != called["room_id"]


def _visit(story: Story, patient: Caller) -> Any:
    """Tuesday at ten, booked by the desk with nothing to pay first."""
    wish = BookingRequest(
        patient_id=UUID(patient.get("/api/patient/me")["id"]),
        branch_id=story.place.branch.pk,
        doctor_id=story.dr_menon.pk,
        service_id=story.place.services["FOLLOW-UP"].pk,
        start=on_tuesday("10:00"),
    )
    return scheduling.book(wish, by=story.desk)


def _door(story: Story) -> str:
    with acting_as(story.place.system):
        return queries.door_code(story.place.branch, seen_by=story.place.system)


def _phone(story: Story, visit: Any) -> str:
    patient = story.patient_actor(visit.patient_id, "Zoya")
    with acting_as(patient):
        code = queries.phone_code(queries.appointment(visit.pk, seen_by=patient), seen_by=patient)
    assert code is not None
    return code


def _other_room(story: Story, visit: Any) -> str:
    with acting_as(story.place.system):
        rooms = people.rooms(seen_by=story.place.system, branch_id=story.place.branch.pk)
        return str(next(room.pk for room in rooms if room.pk != visit.room_id))
