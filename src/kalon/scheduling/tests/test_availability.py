"""Free times of many days at once are those of each day, whatever is worked out once for all of them."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from kalon.catalog.models import Need
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries, rules
from kalon.scheduling.models import Allocation, TimeOff
from kalon.scheduling.queries.diary import Diary
from kalon.scheduling.queries.proposals import Wanted
from kalon.scheduling.rules import Candidate, Column, Demand, Hours, Place, ScheduleHours, Span, Supply, Taken
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.laser import Laser, open_laser

DAYS = 12
LAST = TUESDAY + timedelta(days=DAYS - 1)


@pytest.fixture
def laser(clinic: Clinic) -> Laser:
    return open_laser(clinic)


@pytest.mark.parametrize(("seed", "team"), [(1, ""), (2, "SURGEON")])
def test_many_days_at_once_are_the_days_one_by_one(clinic: Clinic, laser: Laser, seed: int, team: str) -> None:
    if team:  # one of the doctors is wanted in the team, and is not in it with themselves
        with acting_as(clinic.system):
            Need.objects.create(organization_id=clinic.organization_id, service=laser.session, staff_kind=team)
    _live_through(clinic, laser, random.Random(seed))
    by, now = clinic.desk, clock.now()
    with acting_as(by):
        wish = queries.wanted(clinic.branch.pk, service_id=laser.session.pk, seen_by=by)
        together = queries.look(wish, TUESDAY, LAST, seen_by=by)
        offers = [(offer.slot, offer.place) for offer in together.fits(now)]
        days = [TUESDAY + timedelta(days=n) for n in range(DAYS)]
        alone = [queries.look(wish, on, on, seen_by=by) for on in days]
        assert offers == [(offer.slot, offer.place) for seen in alone for offer in seen.fits(now)]
        assert [offer for on in days for offer in together.fits_on(on, now)] == list(together.fits(now))
        slots = list(together.slots(now))
        assert offers == [(slot, place) for slot in slots if (place := _had(slot, together.supply, _plain(clinic)))]
    assert 10 < len(offers) < len(slots)


def _live_through(clinic: Clinic, laser: Laser, dice: random.Random) -> None:
    """Two weeks as they come: visits of all sorts, leave, a holiday, a closed room, a night of hours."""
    night = actions.ScheduleLine(weekday=2, starts_at=time(20), ends_at=time(2), valid_from=TUESDAY)
    actions.set_schedule(clinic.other_doctor.pk, clinic.branch.pk, night, by=clinic.owner)
    for _ in range(24):
        day, minute = TUESDAY + timedelta(days=dice.randrange(DAYS)), dice.randrange(9 * 60, 16 * 60, 30)
        facts = {
            "doctor_id": dice.choice([clinic.doctor, clinic.other_doctor]).pk,
            "service_id": dice.choice([clinic.consult, laser.session]).pk,
            "patient_id": dice.choice([clinic.patient, clinic.other_patient]).pk,
        }
        with suppress(DomainError):
            clinic.booked(f"{minute // 60:02d}:{minute % 60:02d}", day=day, **facts)
    away: list[dict[str, Any]] = [
        {"staff_id": dice.choice(laser.therapists).pk},
        {"staff_id": clinic.doctor.pk},
        {"room_id": laser.rooms[0].pk, "kind": "MAINTENANCE"},
        {"branch_id": clinic.branch.pk, "kind": "HOLIDAY", "reason": "Feast"},
    ]
    for who in away:
        day = TUESDAY + timedelta(days=dice.randrange(DAYS))
        start, end = sorted(dice.sample(range(9, 18), 2))
        with suppress(DomainError):
            actions.block(clinic.at(f"{start:02d}:00", day), clinic.at(f"{end:02d}:00", day), **who, by=clinic.owner)


def _plain(clinic: Clinic) -> tuple[list[Allocation], list[TimeOff], dict[Any, list[Hours]]]:
    """What stands in the tables, read without a diary."""
    zone = ZoneInfo(clinic.branch.timezone)
    hours: dict[Any, list[Hours]] = {}
    for staff_id in queries.scheduled_staff(clinic.branch.pk, seen_by=clinic.desk):
        for line in queries.schedules_of(staff_id, seen_by=clinic.desk):
            for n in range(-1, DAYS):
                on = TUESDAY + timedelta(days=n)
                if on.weekday() == line.weekday and line.valid_from <= on:
                    hours.setdefault(staff_id, []).append(queries.hours_of(line).on(on, zone))
    return list(Allocation.objects.filter(is_live=True)), list(TimeOff.objects.filter(is_active=True)), hours


def _had(
    slot: rules.Slot, supply: Supply, plain: tuple[list[Allocation], list[TimeOff], dict[Any, list[Hours]]]
) -> Place | None:
    """What a slot is given when everything is looked at afresh for it."""
    allocations, away, hours = plain

    def is_free(one: Candidate, span: Span, around: Span) -> bool:
        mine = [row for row in allocations if row.resource_id == one.id]
        gone = [off for off in away if off.resource_id in (None, one.id)]
        return (
            not any(row.starts_at < around.end and around.start < row.ends_at for row in mine)
            and not any(off.period.lower < span.end and span.start < off.period.upper for off in gone)
            and (one.id not in hours or any(stretch.offers(span) for stretch in hours[one.id]))
        )

    span = Span(slot.start, slot.end)
    doctor = Candidate(slot.doctor_id, "") if slot.doctor_id else None
    if doctor is None or not is_free(doctor, span, span):
        return None
    found = rules.fit(span, supply, is_free, but=[slot.doctor_id])
    return found if isinstance(found, Place) else None


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    """Berlin, 25 October 2026: the room is taken from two to three, and an hour later it is two again."""
    zone, on = ZoneInfo("Europe/Berlin"), date(2026, 10, 25)
    doctor, room = uuid4(), uuid4()
    book = Diary(uuid4(), zone)
    book.people[doctor] = SimpleNamespace(name="Dr Kavya Menon", is_doctor=True)
    book.lines[doctor] = [ScheduleHours(weekday=6, starts_at=time(1), ends_at=time(5), slot_minutes=60, valid_from=on)]
    first_two = datetime(2026, 10, 25, 0, tzinfo=UTC)
    book.columns[room] = Column.of([Taken(Span(first_two, first_two + timedelta(hours=1)))])
    demand = Demand(minutes=60, room_kind="LASER")
    supply = Supply(demand, room=rules.Need("laser room", 1, (Candidate(room, "Laser 1"),)))
    wish = Wanted(SimpleNamespace(pk=book.branch_id, timezone=zone.key), demand)
    seen = queries.Look(wish, book, supply, on, on, seen_by=SimpleNamespace())  # type: ignore[arg-type]
    found = [offer.start.astimezone(UTC).hour for offer in seen.fits(first_two - timedelta(days=1))]
    assert found == [23, 1, 2, 3]
    assert _shown(seen.slots(first_two - timedelta(days=1))) == ["01:00", "02:00", "02:00", "03:00", "04:00"]


def _shown(slots: Any) -> Sequence[str]:
    return [f"{slot.start:%H:%M}" for slot in slots]
