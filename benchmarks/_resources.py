"""The rest of `bench booking`: visits that take a doctor, a room and a therapist, and how fast free times are found.

Sessions of an hour, ten doctors, but four rooms and four therapists: of each hour exactly four can be had. Then a
clinic of 50 doctors and 20 rooms with a year of hours and a month of visits is asked for a day and for thirty.
"""

import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from typing import Any

ROOMS = THERAPISTS = 4
PER_HOUR = min(ROOMS, THERAPISTS)
BIG_DOCTORS, BIG_ROOMS, BIG_THERAPISTS = 50, 20, 20
BUSY_DAYS, VISITS_A_DAY = 30, 6  # of each doctor
ASKED = 40  # times each question is asked

Progress = Callable[[str, int, int], None]


def furnish(clinic: dict[str, Any]) -> dict[str, Any]:
    """Rooms, therapists and the session that takes one of each, in a branch of their own."""
    from kalon.people import actions as people

    by = clinic["desk"]
    branch = people.add_branch(name="Thrissur", code="TSR", timezone="Asia/Kolkata", by=by)
    first = clinic["days"][0]
    for n in range(ROOMS):
        people.add_room(branch.pk, name=f"Laser {n + 1}", code=f"L{n + 1}", kind="LASER", by=by)
    for n in range(THERAPISTS):
        _works(people.add_staff(f"Therapist {n + 1}", kind="THERAPIST", by=by), branch, first, clinic)
    doctors = [people.add_staff(f"Dr Laser {n + 1}", kind="DOCTOR", by=by) for n in range(10)]
    for one in doctors:
        _works(one, branch, first, clinic)
    return {"branch": branch, "doctors": doctors, "session": _session("LASER", by)}


def attempts(clinic: dict[str, Any], laser: dict[str, Any], scale: int, hours: range) -> list[bytes]:
    """Request bodies: every hour wanted equally often, by doctors drawn at random."""
    dice = random.Random(4)
    places = [(day, hour) for day in clinic["days"] for hour in hours]
    wanted = [places[n % len(places)] for n in range(scale)]
    dice.shuffle(wanted)
    return [
        json.dumps(
            {
                "patient_id": str(clinic["patient"].pk),
                "doctor_id": str(dice.choice(laser["doctors"]).pk),
                "branch_id": str(laser["branch"].pk),
                "service_id": str(laser["session"].pk),
                "start": datetime.combine(day, clock_time(hour)).isoformat(),
            }
        ).encode()
        for day, hour in wanted
    ]


def availability(clinic: dict[str, Any], sql: Callable[[str], list[Any]], progress: Progress) -> dict[str, Any]:
    """Milliseconds to propose the best times of a day, and of the next thirty days, in a large clinic."""
    from kalon.kernel.tenancy import acting_as
    from kalon.scheduling import queries

    by = clinic["desk"]
    branch, session, visits = _large(clinic, sql, progress)
    with acting_as(by):
        wish = queries.wanted(branch.pk, service_id=session.pk, seen_by=by)
    first = clinic["days"][0]
    figures: dict[str, Any] = {"large_doctors": BIG_DOCTORS, "large_rooms": BIG_ROOMS, "large_visits": visits}
    for name, days in (("day", 1), ("30_days", 30)):
        took = []
        for n in range(ASKED):
            start = first + timedelta(days=n % 20 if days == 1 else 0)
            began = time.perf_counter()
            with acting_as(by):
                look = queries.look(wish, start, start + timedelta(days=days - 1), seen_by=by)
                found = sum(1 for _ in look.fits(datetime.combine(start, clock_time(0), tzinfo=wish.zone)))
            took.append((time.perf_counter() - began) * 1000)
            progress(f"availability {name}", n + 1, ASKED)
        took.sort()
        figures[f"availability_{name}_times"] = found
        figures[f"availability_{name}_ms_median"] = round(statistics.median(took), 1)
        figures[f"availability_{name}_ms_p99"] = round(took[int(len(took) * 0.99) - 1], 1)
    return figures


def _large(clinic: dict[str, Any], sql: Callable[[str], list[Any]], progress: Progress) -> tuple[Any, Any, int]:
    """50 doctors, 20 rooms and 20 therapists with hours for a year, and a month of visits that take all three."""
    from kalon.people import actions as people

    by, first = clinic["desk"], clinic["days"][0]
    branch = people.add_branch(name="Bengaluru", code="BLR", timezone="Asia/Kolkata", by=by)
    rooms = [
        people.add_room(branch.pk, name=f"Room {n + 1}", code=f"R{n + 1}", kind="LASER", by=by)
        for n in range(BIG_ROOMS)
    ]
    staff: dict[str, list[Any]] = {"DOCTOR": [], "THERAPIST": []}
    for kind, count in (("DOCTOR", BIG_DOCTORS), ("THERAPIST", BIG_THERAPISTS)):
        for n in range(count):
            one = people.add_staff(f"{kind.title()} {n + 1}", kind=kind, by=by)
            _works(one, branch, first, clinic)
            staff[kind].append(one)
            progress("hours", n + 1, count)
    session = _session("LASER-BIG", by)
    rows = []
    for day in range(BUSY_DAYS):
        for n, doctor in enumerate(staff["DOCTOR"][:BIG_ROOMS]):
            for visit in range(VISITS_A_DAY):
                at = f"'{first + timedelta(days=day)} {9 + visit:02d}:00'::timestamp AT TIME ZONE 'Asia/Kolkata'"
                rows.append(f"({at}, '{doctor.pk}'::uuid, '{rooms[n].pk}'::uuid, '{staff['THERAPIST'][n].pk}'::uuid)")
    from kalon.kernel.tenancy import signed_context

    listed = ", ".join(clinic["pattern"])
    for start in range(0, len(rows), 300):
        part = ", ".join(rows[start : start + 300])
        sql(
            f"BEGIN; SELECT set_config('kalon.context', '{signed_context(by)}', true);"
            f"INSERT INTO scheduling_appointment (id, number, period, doctor_id, room_id, team, branch_id, {listed}) "
            f"SELECT gen_random_uuid(), left(md5(random()::text), 20), tstzrange(v.at, v.at + interval '1 hour'), "
            f"v.doctor, v.room, ARRAY[v.therapist], '{branch.pk}', t.* "
            f"FROM (VALUES {part}) AS v (at, doctor, room, therapist), "
            f"(SELECT {listed} FROM scheduling_appointment LIMIT 1) AS t; COMMIT;"
        )
        progress("visits", min(start + 300, len(rows)), len(rows))
    return branch, session, len(rows)


def _session(code: str, by: Any) -> Any:
    from kalon.catalog import actions as catalog
    from kalon.catalog.rules import NeedLine

    details = {
        "code": code,
        "name": "Laser session",
        "price": Decimal("4000.00"),
        "minutes": 60,
        "room_kind": "LASER",
    }
    return catalog.add_service(details, [NeedLine(staff_kind="THERAPIST")], by=by)


def _works(staff: Any, branch: Any, first: Any, clinic: dict[str, Any]) -> None:
    from kalon.scheduling import actions

    for weekday in range(7):
        line = actions.ScheduleLine(
            weekday=weekday, starts_at=clock_time(9), ends_at=clock_time(18), slot_minutes=30, valid_from=first
        )
        actions.set_schedule(staff.pk, branch.pk, line, by=clinic["desk"])
