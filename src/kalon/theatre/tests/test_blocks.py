"""A surgeon's own hours of a theatre: nobody else operates in them unless they are released or overridden."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import Clash, DomainError, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.plans.tests.told import approved
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT
from kalon.theatre import actions, queries
from kalon.theatre.models import Reservation
from kalon.theatre.tests.test_lists import client
from kalon.theatre.tests.told import DONE, SURGERY, attack, planned, reserved, staff_of, surgeon

TUESDAYS = 1


def kept(house: Any, **more: Any) -> Any:
    """Theatre 1 on Tuesdays from nine to twelve is Dr Nila Das's."""
    facts = {"room_id": house.theatre.pk, "surgeon_id": staff_of(house, house.surgeon), "weekday": TUESDAYS}
    wish = {**facts, "starts": time(9), "ends": time(12), **more}
    return actions.keep_hours(actions.BlockWish(**wish), by=house.manager)


def test_another_surgeon_is_refused_until_the_hours_are_released_or_overridden(house):
    plan, block = planned(house), kept(house)
    with pytest.raises(Clash, match="Theatre 1 is kept for Dr Nila Das: Tuesdays, 09:00 to 12:00"):
        reserved(house, plan)
    with pytest.raises(NotPermitted):
        facts = {"start": house.clinic.at("10:00", SURGERY), "minutes": 90, "room_id": house.theatre.pk}
        wish = actions.TheatreWish(**facts, surgeon_id=surgeon(house), override="In a hurry")
        actions.reserve(plan.pk, wish, by=house.surgeon)
    let_in = reserved(house, plan, override="  Dr Das agreed on the telephone ")
    assert (let_in.override_reason, let_in.override_by_id) == (
        "Dr Das agreed on the telephone",
        staff_of(house, house.manager),
    )
    actions.release(let_in.pk, reason="Again", by=house.manager)
    with pytest.raises(DomainError, match="keeps nothing on that day"):
        actions.release_hours(block.pk, SURGERY + timedelta(days=1), "x", by=house.surgeon)
    with pytest.raises(NotPermitted):
        actions.release_hours(block.pk, SURGERY, "I want them", by=house.visit.nurse)
    actions.release_hours(block.pk, SURGERY, "On leave", by=house.surgeon)
    with pytest.raises(Clash, match="released on that day already"):
        actions.release_hours(block.pk, SURGERY, "On leave", by=house.manager)
    assert reserved(house, plan).override_reason == ""


def test_free_some_days_before_and_when_it_ends_and_no_hours_twice(house):
    plan, block = planned(house), kept(house, release_days=3, until_date=SURGERY)
    for wrong in ({}, {"starts": time(11), "ends": time(15)}, {"weekday": None, "on_date": SURGERY}):
        with pytest.raises(Clash, match="kept for a surgeon already"):
            kept(house, **wrong)
    for wrong in ({"ends": time(9)}, {"weekday": 7}, {"on_date": SURGERY}, {"release_days": 91}, {"weekday": None},
                  {"until_date": date(2026, 1, 1)}, {"room_id": house.clinic.room.pk},
                  {"surgeon_id": staff_of(house, house.visit.nurse)}):  # fmt: skip
        with pytest.raises(DomainError):
            kept(house, **{"from_date": SURGERY + timedelta(days=1), "until_date": None, **wrong})
    mine = actions.BlockWish(
        room_id=house.theatre.pk, surgeon_id=surgeon(house), weekday=2, starts=time(9), ends=time(10)
    )
    with pytest.raises(NotPermitted):
        actions.keep_hours(mine, by=house.surgeon)
    with clock.at(EIGHT + timedelta(days=3)), pytest.raises(Clash):
        reserved(house, plan)
    with clock.at(EIGHT + timedelta(days=4)):
        free = reserved(house, plan)
        actions.release(free.pk, reason="Again", by=house.manager)
    actions.end_hours(block.pk, by=house.manager)
    assert reserved(house, plan).override_reason == ""
    kept(house)  # what stands in them already stays
    with acting_as(house.manager):
        [hours] = queries.hours_of(house.clinic.branch, SURGERY, SURGERY, seen_by=house.manager)
    assert (hours.at, hours.long, hours.is_released) == (540, 180, False)


def test_dragged_into_them_and_by_plain_sql(house):
    plan = planned(house)
    row = reserved(house, plan, at="09:00", minutes=30)
    kept(house, starts=time(10), ends=time(12))
    visit, by = row.appointment, house.manager
    with pytest.raises(Clash, match="is kept for Dr Nila Das"):
        scheduling.reschedule(
            visit.pk, house.clinic.at("10:30", SURGERY), "Later", room_id=house.theatre.pk, by=house.clinic.system
        )
    later = """UPDATE scheduling_appointment SET period = tstzrange(lower(period) + interval '90 minutes',
        upper(period) + interval '90 minutes') WHERE id = %s"""
    assert attack(later, [visit.pk], by=by) == "theatre_reservation_block"
    other = approved(house.visit, "SURGICAL", of=plan.consultation_id)
    with pytest.raises(Clash):
        reserved(house, other, at="10:30", minutes=30)
    with acting_as(house.clinic.system):
        assert Reservation.objects.filter(plan_id=other.pk).count() == 0
    let_in = reserved(house, other, at="10:30", minutes=30, override="Agreed")
    with acting_as(by):
        held = queries.blocks(seen_by=by)[0]
    copy = """INSERT INTO theatre_reservation (id, organization_id, patient_id, created_at, plan_id, appointment_id,
        status, status_at, override_reason) SELECT gen_random_uuid(), organization_id, patient_id, created_at, plan_id,
        appointment_id, 'TENTATIVE', now(), '' FROM theatre_reservation WHERE id = %s"""
    assert attack(copy, [let_in.pk], by=by) == "theatre_reservation_block"
    alone = """UPDATE theatre_block SET starts_minute = 0 WHERE id = %s"""
    assert attack(alone, [held.pk], by=by) == "theatre_block_stays"
    assert attack("UPDATE theatre_reservation SET override_reason = '' WHERE id = %s", [let_in.pk], by=by).endswith(
        "overridden"
    )
    assert attack("DELETE FROM theatre_block WHERE id = %s", [held.pk], by=by) == "42501"
    assert (
        attack("UPDATE theatre_block SET ended_at = now(), ended_by_id = written_by_id WHERE id = %s", [held.pk], by=by)
        == DONE
    )


def test_on_the_page_the_calendar_and_in_json(house):
    manager, surgeons, nurse = (client(house, by) for by in (house.manager, house.surgeon, house.visit.nurse))
    facts = {"room": str(house.theatre.pk), "surgeon": str(staff_of(house, house.surgeon)), "weekday": "1"}
    hours = {"starts": "09:00", "ends": "12:00"}
    assert manager.post("/theatre/blocks", {**facts, **hours, "ends": "08:00"}).status_code == 422
    assert manager.post("/theatre/blocks", {**facts, **hours}).status_code == 303
    page = manager.get("/theatre/blocks").content.decode()
    assert "Tuesdays, 09:00 to 12:00" in page and "Keep the hours" in page
    assert "Keep the hours" not in nurse.get("/theatre/blocks").content.decode()
    drawn = manager.get(f"/theatre/calendar?date={SURGERY}").content.decode()
    assert 'class="k-th-kept" data-at="540" data-long="180"' in drawn
    [one] = manager.get("/api/theatre-blocks").json()["items"]
    assert surgeons.post(f"/theatre/blocks/{one['id']}/release", {"on_date": str(SURGERY)}).status_code == 422
    told = {"on_date": str(SURGERY), "reason": "On leave"}
    assert surgeons.post(f"/theatre/blocks/{one['id']}/release", told).status_code == 303
    drawn = manager.get(f"/theatre/calendar?date={SURGERY}").content.decode()
    assert "k-th-kept" not in drawn and "released" in drawn
    plan = planned(house)
    form = {
        "date": str(SURGERY + timedelta(days=7)), "clock": "10:00", "minutes": "60", "room": str(house.theatre.pk),
        "surgeon": str(surgeon(house)), "preparation": "30", "cleaning": "30",
    }  # fmt: skip
    refused = manager.post(f"/theatre/plans/{plan.pk}/reserve", form)
    assert refused.status_code == 422 and "is kept for Dr Nila Das" in refused.content.decode()
    again = f"/api/theatre-blocks/{one['id']}/releases"
    assert manager.post(again, told, "application/json").status_code == 409
    assert nurse.post(f"/api/theatre-blocks/{one['id']}/end").status_code == 403
    assert manager.post(f"/api/theatre-blocks/{one['id']}/end").json()["ended_at"]
    wish = {"room_id": facts["room"], "surgeon_id": facts["surgeon"], "on_date": str(SURGERY), **hours}
    assert manager.post("/api/theatre-blocks", wish, "application/json").status_code == 201
