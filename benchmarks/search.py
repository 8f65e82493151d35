"""Search: how long the one box takes among many patients, and whether it finds who was meant.

The people are written by COPY and INSERT … SELECT from several processes, with the product's own encryption and
tokens; the index is built afterwards. Each query then runs as the box runs it: `patients.queries.search` as a
member of the front desk, as `kalon_app` under row security, over one connection.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks._people import Person, misspelt, person
from benchmarks._scratch import installation, median, on_all_cores, p99, progress

SCALE = 50_000
CHUNK = 2_000
TRIES = 300
SHOWN = 10
DESK = "Sini Paul"
INDEX = "patients_patient_search"

Figures = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way of asking: what is typed for a person, and whether somebody who is shown was meant."""

    name: str
    typed: Callable[[Person, random.Random], str]
    meant: Callable[[Any, Person, str], bool]


def run(scale: int, *, kept: Path | None = None) -> Figures:
    """Make `scale` patients, or take those kept from the last time; ask in every way, and count what was found."""
    with installation("search", kept=kept):
        figures: Figures = {"patients": scale, "load_before": _load()}
        desk = _kept_desk(scale) if kept else None
        if desk is None:
            desk = _clinic()
            figures["generated_per_second"] = round(scale / _people(desk.organization_id, scale))
        figures["index_mb"] = _index_megabytes()
        for at, kind in enumerate(KINDS):
            progress(at, len(KINDS), "ways of asking")
            figures |= _asked(kind, desk, scale)
        progress(len(KINDS), len(KINDS), "ways of asking")
        figures |= _together(figures, "prefix", ("prefix2", "prefix3", "prefix4"))
        return figures | {"load_after": _load()}


def _load() -> float:
    """How busy the machine is: two is what two cores can do."""
    return round(os.getloadavg()[0], 2)


# -- the people


def _clinic() -> Any:
    """An organisation with a front desk; returns who sits there."""
    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as
    from kalon.people import actions, queries

    here = actions.create_organization("Benchmark clinic", code="SK", slug="bench", by=actors.system("bench"))
    by = actors.system("bench", here.pk)
    actions.add_branch(name="Kochi", code="KOC", by=by)
    desk = actions.add_staff(DESK, kind="DESK", email="desk@clinic.example", roles={None: ["frontdesk"]}, by=by)
    with acting_as(by):
        return queries.staff_actor(desk.user)


def _kept_desk(scale: int) -> Any | None:
    """Who sits at the desk of a kept clinic, when it has that many patients."""
    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as, organization_ids
    from kalon.patients.models import Patient
    from kalon.people import queries

    for organization_id in organization_ids():
        by = actors.system("bench", organization_id)
        with acting_as(by):
            held = Patient.objects.count()
            if held != scale:
                raise SystemExit(f"The folder keeps {held:,} patients, not {scale:,}: name another folder.")
            return queries.staff_actor(queries.staff_list(seen_by=by, text=DESK).get().user)
    return None


def _people(organization_id: UUID, scale: int) -> float:
    """Write everybody down and return how many seconds that took, the index included."""
    from django.db import connections

    began = time.perf_counter()
    with _without_index():
        chunks = [(organization_id, at, min(at + CHUNK, scale + 1)) for at in range(1, scale + 1, CHUNK)]
        on_all_cores(_write, chunks, scale, "patients")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE patients_patient")
    return time.perf_counter() - began


@contextmanager
def _without_index() -> Iterator[None]:
    """Take the index away while the rows come, and build it whole."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [INDEX])
        (made,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {INDEX}")
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(made)


def _write(chunk: tuple[UUID, int, int]) -> int:
    """Write a stretch of people: past nothing, row security holds for them as for any others."""
    from django.db import connection

    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as
    from kalon.patients.models import Patient

    organization_id, first, end = chunk
    fields = Patient._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    with acting_as(actors.system("bench", organization_id)), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE coming (LIKE patients_patient) ON COMMIT DROP")
        with cursor.copy(f"COPY coming ({columns}) FROM STDIN") as copy:
            for number in range(first, end):
                row = _row(person(number), organization_id)
                copy.write_row([field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields])
        cursor.execute(f"INSERT INTO patients_patient ({columns}) SELECT {columns} FROM coming")
    return end - first


def _row(who: Person, organization_id: UUID) -> Any:
    from kalon.patients.models import Patient
    from kalon.patients.queries.finding import search_tokens

    told: dict[str, Any] = {
        "given_name": who.given,
        "family_name": who.family,
        "birth_date": who.born,
        "phone": who.phone,
    }
    row = Patient(organization_id=organization_id, mrn=who.mrn, registered_by="bench", **told)
    row.search_tokens = search_tokens(row, region="IN")
    return row


def _index_megabytes() -> int:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass) / 1048576", [INDEX])
        return int(cursor.fetchone()[0])


# -- the questions


def _asked(kind: Kind, desk: Any, scale: int) -> Figures:
    """Ask so often in one way; the first questions warm the caches and are not counted."""
    from django.db import connection

    from kalon.kernel.tenancy import acting_as
    from kalon.patients import queries

    dice = random.Random(kind.name)
    times: list[float] = []
    database: list[float] = []
    computing: list[float] = []
    found = 0
    for turn in range(TRIES + 20):
        who = person(dice.randrange(1, scale + 1))
        text = kind.typed(who, dice)
        watch = _Watch()
        with acting_as(desk), connection.execute_wrapper(watch):
            began, computed = time.perf_counter(), time.process_time()
            hits = queries.search(text, seen_by=desk, limit=SHOWN)
            taken, computed = time.perf_counter() - began, time.process_time() - computed
            is_found = any(kind.meant(hit, who, text) for hit in hits)
        if turn >= 20:
            times.append(taken)
            database.append(watch.seconds)
            computing.append(computed)
            found += is_found
    return {
        f"{kind.name}_count": len(times),
        f"{kind.name}_median_ms": median(times),
        f"{kind.name}_p99_ms": p99(times),
        f"{kind.name}_sql_median_ms": median(database),
        f"{kind.name}_python_median_ms": median(computing),
        f"{kind.name}_found": round(found / len(times), 3),
    }


class _Watch:
    """How long the database takes of it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.seconds += time.perf_counter() - began


def _together(figures: Figures, name: str, parts: tuple[str, ...]) -> Figures:
    """One figure for several ways of asking: the middle of the medians, the worst p99."""
    medians = sorted(float(figures[f"{part}_median_ms"]) for part in parts)
    return {
        f"{name}_count": sum(int(figures[f"{part}_count"]) for part in parts),
        f"{name}_median_ms": medians[len(medians) // 2],
        f"{name}_p99_ms": max(float(figures[f"{part}_p99_ms"]) for part in parts),
        f"{name}_found": min(float(figures[f"{part}_found"]) for part in parts),
    }


def _begins(size: int) -> Callable[[Person, random.Random], str]:
    return lambda who, dice: dice.choice((who.given, who.family))[:size]


def _misspelt_name(who: Person, dice: random.Random) -> str:
    given, family = who.given, who.family
    if dice.random() < 0.5:
        return f"{misspelt(given.lower(), dice)} {family}"
    return f"{given} {misspelt(family.lower(), dice)}"


def _misspelt_word(who: Person, dice: random.Random) -> str:
    return misspelt(dice.choice((who.given, who.family)).lower(), dice)


def _starts(hit: Any, _who: Person, text: str) -> bool:
    names = (hit.patient.given_name, hit.patient.family_name)
    return any(name.lower().startswith(text.lower()) for name in names)


def _same_name(hit: Any, who: Person, _text: str) -> bool:
    return (hit.patient.given_name, hit.patient.family_name) == (who.given, who.family)


def _shares_a_name(hit: Any, who: Person, _text: str) -> bool:
    return bool({hit.patient.given_name, hit.patient.family_name} & {who.given, who.family})


def _same_person(hit: Any, who: Person, _text: str) -> bool:
    return bool(hit.mrn == who.mrn)


KINDS = (
    Kind("prefix2", _begins(2), _starts),
    Kind("prefix3", _begins(3), _starts),
    Kind("prefix4", _begins(4), _starts),
    Kind("name", lambda who, _: f"{who.given} {who.family}", _same_name),
    Kind("misspelt", _misspelt_name, _same_name),
    Kind("misspelt_word", _misspelt_word, _shares_a_name),
    Kind("phone", lambda who, _: who.phone[3:], _same_person),
    Kind(
        "phone_end",
        lambda who, dice: who.phone[-dice.choice((4, 5, 6)) :],
        lambda hit, _, text: hit.patient.phone.endswith(text),
    ),
    Kind("mrn", lambda who, _: who.mrn, _same_person),
    Kind("birth_date", lambda who, _: who.born.isoformat(), lambda hit, who, _: hit.birth_date == who.born),
)
