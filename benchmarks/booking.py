"""Booking under a rush: eight clients want 500 places at once, through HTTP and, for comparison, straight in SQL.

A place is an hour of one doctor on one day. Every attempt at it lies within that hour, begins at the full hour, a
quarter or half past, lasts 15 to 60 minutes, and always covers the third quarter: so attempts at the same place clash
whatever their start and length, attempts at different places never do, and exactly one per place can win.
A fifth as many attempts then want doctor, room and therapist together, and a large clinic is asked for free times.

    ./kalon bench booking [--scale ATTEMPTS] [--json FILE]
"""

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from benchmarks import _resources, _servers

SCALE = 10_000  # attempts
CLIENTS = 8
DOCTORS, DAYS, HOURS_A_DAY = 10, 10, 5  # 500 places
FIRST_HOUR, LAST_HOUR = 9, 18  # the afternoon stays free, so that every loser can be offered something
# (minutes after the full hour, length): each of them covers minutes 30 to 45.
OPTIONS = ((0, 45), (0, 60), (15, 30), (15, 45), (30, 15), (30, 30))
DATABASE = "kalon_bench_booking"

Progress = Callable[[str, int, int], None]


@dataclass
class Tally:
    """What the clients saw."""

    booked: int = 0
    refused: int = 0
    losers_told: int = 0
    other: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: int, body: bytes) -> None:
        answer = json.loads(body) if body else {}
        with self.lock:
            if status == 201:
                self.booked += 1
            elif status == 409 and answer.get("code") == "clash":
                self.refused += 1
                self.losers_told += bool(answer.get("clashes_with")) and len(answer.get("alternatives", ())) == 3
            else:
                self.other.append(f"{status} {body[:200]!r}")

    @property
    def attempts(self) -> int:
        return self.booked + self.refused + len(self.other)


def run(scale: int = SCALE, progress: Progress | None = None) -> dict[str, Any]:
    """Measure, in a database of its own that is dropped afterwards."""
    progress = progress or _bar
    with _clinic() as clinic:
        attempts = _attempts(clinic, scale)
        with _servers.served() as port:
            began = time.perf_counter()
            tally = _rush(clinic, port, attempts, progress)
            seconds = time.perf_counter() - began
            laser = _resources.furnish(clinic)
            hours = range(FIRST_HOUR, FIRST_HOUR + HOURS_A_DAY)
            sessions = _resources.attempts(clinic, laser, max(scale // 5, CLIENTS), hours)
            began = time.perf_counter()
            together = _rush(clinic, port, sessions, progress)
            together_seconds = time.perf_counter() - began
        overlaps, live = _overlaps(clinic)
        in_sql = _pgbench(clinic, scale)
        clinic["pattern"] = _pattern(clinic, "period", "doctor_id", "room_id", "team", "branch_id")
        found = _resources.availability(clinic, lambda text: _servers.sql(clinic["here"], DATABASE, text), progress)
    for one in (tally, together):
        if one.other:
            raise SystemExit(f"{len(one.other)} attempts were answered in another way, first: {one.other[0]}")
    per_second = tally.attempts / seconds
    return {
        "slots": len(clinic["places"]),
        "attempts": tally.attempts,
        "booked": tally.booked,
        "refused": tally.refused,
        "losers_told": tally.losers_told,
        "live_allocations": live,
        "overlaps": overlaps,
        "seconds": round(seconds, 1),
        "per_second": round(per_second, 1),
        **in_sql,
        "ratio": round(per_second / in_sql["pgbench_per_second"], 3),
        "together_places": _resources.PER_HOUR * HOURS_A_DAY * DAYS,
        "together_attempts": together.attempts,
        "together_booked": together.booked,
        "together_losers_told": together.losers_told,
        "together_per_second": round(together.attempts / together_seconds, 1),
        **found,
    }


# -- the clinic


@contextmanager
def _clinic() -> Iterator[dict[str, Any]]:
    """A clinic with twice as many doctors as HTTP needs: the other half is for SQL."""
    with _servers.database(DATABASE) as here:
        yield {"here": here, **_people()}


def _people() -> dict[str, Any]:
    from kalon.kernel import actors, clock
    from kalon.kernel.tenancy import acting_as
    from kalon.patients import actions as patients
    from kalon.patients.rules import PatientDetails
    from kalon.people import actions as people
    from kalon.people.queries import staff_actor

    birth = actors.system("benchmark")
    organization = people.create_organization("Rush hour", code="RH", by=birth)
    system = actors.system("benchmark", organization.pk)
    with acting_as(system):
        branch = people.add_branch(name="Kochi", code="KOC", timezone="Asia/Kolkata", by=system)
        desk = people.add_staff("Sini Paul", kind="DESK", email="desk@rush.example", roles={None: ["owner"]}, by=system)
        desk_actor = staff_actor(desk.user)
        assert desk_actor is not None
        doctors = [people.add_staff(f"Dr Number {n + 1}", kind="DOCTOR", by=system) for n in range(2 * DOCTORS)]
        details = PatientDetails(
            given_name="Ananya", family_name="Iyer", birth_date="1994-03-14", gender="female", phone="+919846120774"
        )
        patient = patients.register(details, by=desk_actor)
        services = {minutes: _service(minutes, desk_actor) for minutes in {length for _, length in OPTIONS}}
        first = clock.today(branch.timezone) + timedelta(days=1)
        days = [first + timedelta(days=n) for n in range(DAYS)]
        for doctor in doctors:
            _hours(doctor.pk, branch.pk, first, desk_actor)
        token = people.issue_own_token("benchmark", by=desk_actor)
    hours = range(FIRST_HOUR, FIRST_HOUR + HOURS_A_DAY)
    return {
        "system": system,
        "desk": desk_actor,
        "branch": branch,
        "patient": patient,
        "services": services,
        "token": token,
        "days": days,
        "places": [(doctor.pk, day, hour) for doctor in doctors[:DOCTORS] for day in days for hour in hours],
        "places_in_sql": [(doctor.pk, day, hour) for doctor in doctors[DOCTORS:] for day in days for hour in hours],
    }


def _service(minutes: int, by: Any) -> Any:
    from decimal import Decimal

    from kalon.catalog import actions as catalog

    details = {
        "code": f"VISIT-{minutes}",
        "name": f"Visit of {minutes} minutes",
        "price": Decimal("1000.00"),
        "minutes": minutes,
    }
    return catalog.add_service(details, by=by)


def _hours(staff_id: Any, branch_id: Any, first: date, by: Any) -> None:
    from kalon.scheduling import actions

    for weekday in range(7):
        line = actions.ScheduleLine(
            weekday=weekday,
            starts_at=clock_time(FIRST_HOUR),
            ends_at=clock_time(LAST_HOUR),
            slot_minutes=15,
            valid_from=first,
        )
        actions.set_schedule(staff_id, branch_id, line, by=by)


def _attempts(clinic: dict[str, Any], scale: int) -> list[bytes]:
    """The request bodies, each place wanted equally often, in random order."""
    dice = random.Random(500)
    places = [clinic["places"][n % len(clinic["places"])] for n in range(scale)]
    dice.shuffle(places)
    bodies = []
    for doctor_id, day, hour in places:
        offset, minutes = dice.choice(OPTIONS)
        start = datetime.combine(day, clock_time(hour, offset))
        bodies.append(
            json.dumps(
                {
                    "patient_id": str(clinic["patient"].pk),
                    "doctor_id": str(doctor_id),
                    "branch_id": str(clinic["branch"].pk),
                    "service_id": str(clinic["services"][minutes].pk),
                    "start": start.isoformat(),
                }
            ).encode()
        )
    return bodies


# -- through HTTP


def _rush(clinic: dict[str, Any], port: int, attempts: list[bytes], progress: Progress) -> Tally:
    tally = Tally()
    waiting = iter(attempts)
    turn = threading.Lock()
    headers = {"Authorization": f"Bearer {clinic['token']}", "Content-Type": "application/json"}

    def client() -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with turn:
                body = next(waiting, None)
            if body is None:
                link.close()
                return
            link.request("POST", "/api/appointments/book", body, headers)
            answer = link.getresponse()
            tally.count(answer.status, answer.read())

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    while any(one.is_alive() for one in clients):
        progress("booking", tally.attempts, len(attempts))
        time.sleep(0.2)
    progress("booking", tally.attempts, len(attempts))
    return tally


def _overlaps(clinic: dict[str, Any]) -> tuple[int, int]:
    """Pairs of live allocations of one doctor that overlap, and how many live allocations there are."""
    pairs = _servers.sql(
        clinic["here"],
        DATABASE,
        "SELECT count(*) FROM scheduling_allocation a JOIN scheduling_allocation b ON a.id < b.id "
        "AND a.resource_id = b.resource_id AND a.period && b.period WHERE a.is_live AND b.is_live",
    )
    live = _servers.sql(clinic["here"], DATABASE, "SELECT count(*) FROM scheduling_allocation WHERE is_live")
    return pairs[0][0], live[0][0]


# -- straight in SQL


def _pgbench(clinic: dict[str, Any], scale: int) -> dict[str, Any]:
    """The same insert, with the same triggers and constraints and as the same role, by PostgreSQL's own pgbench."""
    from kalon.config import postgres
    from kalon.kernel.tenancy import signed_context

    here = clinic["here"]
    _prepare_sql(clinic)
    context = signed_context(clinic["desk"])
    script = (
        f"\\set place random(1, {len(clinic['places_in_sql'])})\n\\set option random(1, {len(OPTIONS)})\nBEGIN;\n"
        f"SELECT set_config('kalon.context', '{context}', true), set_config('kalon.move', 'book', true);\n"
        "SELECT bench_attempt(:place, :option);\nCOMMIT;\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        os.chmod(file.name, 0o644)
        command = [
            str(Path(postgres.binaries()) / "pgbench"), "-n", "-f", file.name, "-c", str(CLIENTS), "-j", "2",
            "-t", str(max(1, scale // CLIENTS)), here.dsn("kalon_app"),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pgbench failed: {done.stderr[-500:]}")
    rate = next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))
    booked = _servers.sql(here, DATABASE, "SELECT count(*) FROM bench_place WHERE won")[0][0]
    return {"pgbench_booked": booked, "pgbench_per_second": round(rate, 1)}


def _prepare_sql(clinic: dict[str, Any]) -> None:
    """A table of the places, and a function that tries one: the insert, and the refusal by the constraint."""
    here = clinic["here"]
    rows = ", ".join(
        f"({n}, '{doctor_id}', '{day} {hour:02d}:00'::timestamp AT TIME ZONE 'Asia/Kolkata')"
        for n, (doctor_id, day, hour) in enumerate(clinic["places_in_sql"], 1)
    )
    options = ", ".join(f"({n}, {offset}, {minutes})" for n, (offset, minutes) in enumerate(OPTIONS, 1))
    columns = _pattern(clinic, "period", "doctor_id")
    listed = ", ".join(columns)
    _servers.sql(
        here,
        DATABASE,
        f"""
        CREATE TABLE bench_place (n int PRIMARY KEY, doctor_id uuid, at timestamptz, won boolean DEFAULT false);
        INSERT INTO bench_place (n, doctor_id, at) VALUES {rows};
        CREATE TABLE bench_option (n int PRIMARY KEY, offset_minutes int, minutes int);
        INSERT INTO bench_option VALUES {options};
        CREATE TABLE bench_pattern AS SELECT {listed} FROM scheduling_appointment LIMIT 1;
        GRANT SELECT, UPDATE ON bench_place, bench_option, bench_pattern TO kalon_app;
        CREATE FUNCTION bench_attempt(place int, option int) RETURNS boolean LANGUAGE plpgsql AS $body$
        BEGIN
            INSERT INTO scheduling_appointment (id, number, doctor_id, period, {listed})
                SELECT gen_random_uuid(), left(md5(random()::text), 20), p.doctor_id,
                    tstzrange(p.at + make_interval(mins => o.offset_minutes),
                        p.at + make_interval(mins => o.offset_minutes + o.minutes)), t.*
                FROM bench_place p, bench_option o, bench_pattern t WHERE p.n = place AND o.n = option;
            UPDATE bench_place SET won = true WHERE n = place;
            RETURN true;
        EXCEPTION WHEN exclusion_violation THEN RETURN false;
        END $body$;""",
    )


def _pattern(clinic: dict[str, Any], *own: str) -> list[str]:
    """The columns of a visit that are copied from one that stands; the others are given."""
    given = ", ".join(f"'{name}'" for name in ("id", "number", *own))
    found = _servers.sql(
        clinic["here"],
        DATABASE,
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'scheduling_appointment' "
        f"AND is_generated = 'NEVER' AND column_name NOT IN ({given}) ORDER BY 1",
    )
    return [name for (name,) in found]


def _bar(what: str, done: int, of: int) -> None:
    """A progress bar on the terminal; silent elsewhere."""
    if sys.stderr.isatty():
        filled = 30 * done // max(of, 1)
        end = "\n" if done >= of else ""
        print(f"\r{what} [{'#' * filled}{'.' * (30 - filled)}] {done:,}/{of:,}", end=end, file=sys.stderr, flush=True)
