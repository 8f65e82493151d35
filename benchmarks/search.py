"""Search: how long the one box takes among many patients, and whether it finds who was meant.

The people are written by COPY and INSERT … SELECT from several processes, with the product's own encryption and
tokens; the index is built afterwards. Each query then runs as the box runs it: `patients.queries.search` as a
member of the front desk, as `kalon_app` under row security, over one connection.
"""

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from benchmarks._people import Person, misspelt, person
from benchmarks._scratch import installation, median, on_all_cores, p99, progress

SCALE = 50_000
CHUNK = 2_000
TRIES = 300
SHOWN = 10
DESK = "Sini Paul"
INDEXES = ("patients_patient_search", "patients_patient_search_some")

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
        desk = _kept_clinic() or _clinic()
        figures: Figures = {"patients": scale, **_people(desk.organization_id, scale), "load_before": _load()}
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
    from kalon.people import actions

    here = actions.create_organization("Benchmark clinic", code="SK", slug="bench", by=actors.system("bench"))
    by = actors.system("bench", here.pk)
    actions.add_branch(name="Kochi", code="KOC", by=by)
    actions.add_staff(DESK, kind="DESK", email="desk@clinic.example", roles={None: ["frontdesk"]}, by=by)
    return _desk(by)


def _kept_clinic() -> Any | None:
    """Who sits at the desk of the clinic that was kept, if there is one."""
    from kalon.kernel import actors
    from kalon.kernel.tenancy import organization_ids

    ids = organization_ids()
    return _desk(actors.system("bench", ids[0])) if ids else None


def _desk(by: Any) -> Any:
    from kalon.kernel.tenancy import acting_as
    from kalon.people import queries

    with acting_as(by):
        user = queries.staff_list(seen_by=by, text=DESK).get().user
        assert user is not None
        return queries.staff_actor(user)


def _people(organization_id: UUID, scale: int) -> Figures:
    """Write down whoever is not there yet; how many a second that were, the indexes included."""
    from django.db import connections

    began = time.perf_counter()
    chunks = _missing(organization_id, scale)
    number = sum(end - first for _, first, end in chunks)
    if not chunks and _indexes_stand():
        return {}
    with _loading():
        on_all_cores(_write, chunks, number, "patients")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE patients_patient")
    return {"generated": number, "generated_per_second": round(number / (time.perf_counter() - began))}


def _missing(organization_id: UUID, scale: int) -> list[tuple[UUID, int, int]]:
    """The stretches of people who are not there: each is written whole or not at all."""
    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as
    from kalon.patients.models import Patient

    chunks = [(organization_id, at, min(at + CHUNK, scale + 1)) for at in range(1, scale + 1, CHUNK)]
    with acting_as(actors.system("bench", organization_id)):
        held = Patient.objects.count()
        there = set(Patient.objects.filter(mrn__in=[person(first).mrn for _, first, _ in chunks]).values_list("mrn"))
    missing = [chunk for chunk in chunks if (person(chunk[1]).mrn,) not in there]
    if held + sum(end - first for _, first, end in missing) != scale:
        raise SystemExit(f"The folder keeps {held:,} patients, who are not of these {scale:,}. Name another folder.")
    return missing


def _indexes_stand() -> bool:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT bool_and(to_regclass(i) IS NOT NULL) FROM unnest(%s::text[]) i", [list(INDEXES)])
        return bool(cursor.fetchone()[0])


@contextmanager
def _loading() -> Iterator[None]:
    """Take the indexes of tokens away while the rows come, and build them whole; statistics are taken afterwards."""
    from django.db import connections

    from kalon.patients.models import Patient

    owner = connections["owner"]
    indexes = [index for index in Patient._meta.indexes if index.name in INDEXES]
    with owner.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(Patient, index)
        editor.execute("ALTER TABLE patients_patient SET (autovacuum_enabled = off)")
    yield
    for at, index in enumerate(indexes):
        progress(at, len(indexes), "indexes")
        with owner.schema_editor() as editor:
            editor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            editor.add_index(Patient, index)
    progress(len(indexes), len(indexes), "indexes")
    with owner.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_patient RESET (autovacuum_enabled)")


def _write(chunk: tuple[UUID, int, int]) -> int:
    """Write a stretch of people: past nothing, row security holds for them as for any others."""
    from django.db import connection

    from kalon.kernel import actors
    from kalon.kernel.tenancy import acting_as
    from kalon.patients.models import Patient

    organization_id, first, end = chunk
    fields = Patient._meta.concrete_fields
    columns = ", ".join(str(field.column) for field in fields)
    with acting_as(actors.system("bench", organization_id)), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE coming (LIKE patients_patient) ON COMMIT DROP")
        with cursor.copy(f"COPY coming ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([(field.db_type(connection) or "").partition("(")[0] for field in fields])
            for row in _rows(organization_id, range(first, end)):
                copy.write_row(row)
        cursor.execute(f"INSERT INTO patients_patient ({columns}) SELECT {columns} FROM coming")
    return end - first


def _rows(organization_id: UUID, numbers: Iterable[int]) -> Iterator[list[Any]]:
    """The columns of some people: one patient as the model makes them, and of each other what differs.

    Sealing and tokens ask little of a row, and a whole model takes longer to make than its boxes to seal.
    """
    from kalon.kernel import crypto
    from kalon.kernel.encrypted import EncryptedField
    from kalon.kernel.ids import uuid7
    from kalon.patients.models import Patient
    from kalon.patients.queries.finding import search_tokens

    model = Patient(organization_id=organization_id, registered_by="bench")
    fields = Patient._meta.concrete_fields
    sealed = [field for field in fields if isinstance(field, EncryptedField)]
    blank = {field.name: getattr(model, field.name) for field in sealed}
    same = {field.attname: getattr(model, field.attname) for field in fields if field not in sealed}
    for number in numbers:
        who, pk = person(number), uuid7()
        told = {"given_name": who.given, "family_name": who.family, "birth_date": who.born, "phone": who.phone}
        own = {"id": pk, "mrn": who.mrn, "data_key": crypto.new_data_key()}
        row: Any = SimpleNamespace(pk=pk, born=who.born, **{**same, **blank, **own, **told})
        boxes = {field.attname: field.seal(row, getattr(row, field.name)) for field in sealed}
        columns: dict[str, Any] = {**same, **own, **boxes, "search_tokens": search_tokens(row, region="IN")}
        yield [columns[field.attname] for field in fields]


def _index_megabytes() -> int:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT sum(pg_relation_size(i::regclass)) / 1048576 FROM unnest(%s::text[]) i", [list(INDEXES)])
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


def _misspelt_and_born(who: Person, dice: random.Random) -> str:
    return f"{_misspelt_name(who, dice)} {who.born:%d/%m/%Y}"


def _misspelt_word(who: Person, dice: random.Random) -> str:
    return misspelt(dice.choice((who.given, who.family)).lower(), dice)


def _starts(hit: Any, _who: Person, text: str) -> bool:
    names = (hit.patient.given_name, hit.patient.family_name)
    return any(name.lower().startswith(text.lower()) for name in names)


def _same_name(hit: Any, who: Person, _text: str) -> bool:
    return (hit.patient.given_name, hit.patient.family_name) == (who.given, who.family)


def _given_and_initial(hit: Any, who: Person, _text: str) -> bool:
    return bool(hit.patient.given_name == who.given and hit.patient.family_name[0] == who.family[0])


def _shares_a_name(hit: Any, who: Person, _text: str) -> bool:
    return bool({hit.patient.given_name, hit.patient.family_name} & {who.given, who.family})


def _same_person(hit: Any, who: Person, _text: str) -> bool:
    return bool(hit.mrn == who.mrn)


KINDS = (
    Kind("prefix2", _begins(2), _starts),
    Kind("prefix3", _begins(3), _starts),
    Kind("prefix4", _begins(4), _starts),
    Kind("name", lambda who, _: f"{who.given} {who.family}", _same_name),
    Kind("initial", lambda who, _: f"{who.given} {who.family[0]}", _given_and_initial),
    Kind("misspelt", _misspelt_name, _same_name),
    Kind("misspelt_born", _misspelt_and_born, _same_person),
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
