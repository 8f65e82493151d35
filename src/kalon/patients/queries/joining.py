"""Two records of one person: which were joined, into which, and what stands in the way of joining.

`filter(patient_id__person=pk)` reads the rows of all records of a person (`kalon.kernel.joined`). What a record still
has going on is said by the contexts above, from their `apps.ready()`:

    from kalon.patients.queries import joining

    def open_visits(patient_id: UUID, by: Actor) -> Iterable[joining.Obstacle]:
        return [joining.Obstacle(f"Visit {visit.number} is still to come.", href) for visit in …]

    joining.add(open_visits)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients.lifecycles import MERGE, READ, MergeStatus
from kalon.patients.models import Merge, Patient

MOST = 20

NO_SUCH_JOIN = "There is no such join here. Open the patient's page to see what was joined."
JOINED = "This record was joined into {mrn}. Open that record and write it there."  # as the database says it


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that a record still has going on: in one sentence that says what to do, with where to do it."""

    text: str
    href: str = ""


Check = Callable[[UUID, Actor], Iterable[Obstacle]]

_checks: list[Check] = []


def add(check: Check) -> None:
    """Have this looked at before a record is joined into another."""
    if check not in _checks:
        _checks.append(check)


def obstacles(patient_id: UUID, *, seen_by: Actor) -> list[Obstacle]:
    """What has to be finished on a record before it can be joined into another."""
    return [one for check in _checks for one in check(patient_id, seen_by)][:MOST]


def merges(*, seen_by: Actor) -> "QuerySet[Merge]":
    """Every join of this clinic, those that were taken back too."""
    seen_by.must(READ, do="see patients")
    rows = Merge.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("survivor", "absorbed")


def merges_of(pk: UUID, *, seen_by: Actor) -> "QuerySet[Merge]":
    """The joins that a record is or was part of, the latest first."""
    of_it = merges(seen_by=seen_by).filter(survivor_id=pk) | merges(seen_by=seen_by).filter(absorbed_id=pk)
    return of_it.order_by("-created_at", "-id")


def merge(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Merge:
    """One join."""
    rows = merges(seen_by=seen_by)
    found = (rows.select_for_update(of=("self",)) if locked else rows).filter(pk=pk).first()
    if found is None:
        raise NotFound(NO_SUCH_JOIN)
    return found


def both_held(survivor_id: UUID, absorbed_id: UUID, *, seen_by: Actor) -> tuple[Patient, Patient]:
    """Both records, held in one order whoever is kept, so that two desks never wait for each other."""
    seen_by.must(READ, do="see patients")
    rows = Patient.objects.select_for_update().filter(organization_id=seen_by.organization_id)
    held = {row.pk: row for row in rows.filter(pk__in=(survivor_id, absorbed_id)).order_by("pk")}
    if len(held) < 2:
        raise NotFound("There is no such patient here. Look them up by name, phone or record number.")
    return held[survivor_id], held[absorbed_id]


def merge_of(pk: UUID, merge_id: UUID, *, seen_by: Actor) -> Merge:
    """One join that a record is or was part of."""
    found = merges_of(pk, seen_by=seen_by).filter(pk=merge_id).first()
    if found is None:
        raise NotFound(NO_SUCH_JOIN)
    return found


def joined_into(pk: UUID, *, seen_by: Actor) -> "QuerySet[Merge]":
    """The joins that stand and in which this record was kept, the latest first."""
    return merges(seen_by=seen_by).filter(survivor_id=pk, status=MergeStatus.MERGED).order_by("-created_at", "-id")


def absorbed(pk: UUID, *, seen_by: Actor) -> Merge | None:
    """The join by which this record is part of another, or None while it stands for itself."""
    return merges(seen_by=seen_by).filter(absorbed_id=pk, status=MergeStatus.MERGED).first()


def may_undo(merge: Merge, *, seen_by: Actor) -> bool:
    """Whether the two can still be separated by this actor."""
    return bool(MERGE.buttons(merge, by=seen_by))


def kept_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """For those of the ids that were joined into another record: the id of the one that was kept."""
    rows = Merge.objects.filter(absorbed_id__in=list(ids), status=MergeStatus.MERGED)
    return dict(rows.values_list("absorbed_id", "survivor_id"))


def records_of(pk: UUID) -> list[UUID]:
    """The ids of all records of the person whose record this is, the one that was kept first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_records_of(%s)", [pk])
        return list(cursor.fetchone()[0])


def kept(of: Patient) -> Patient:
    """The record that this one is part of now, or itself."""
    found = Merge.objects.filter(absorbed_id=of.pk, status=MergeStatus.MERGED).select_related("survivor").first()
    return found.survivor if found else of


def standing(rows: "QuerySet[Patient]") -> "QuerySet[Patient]":
    """Without the records that were joined into another: each person once."""
    return rows.exclude(pk__in=Merge.objects.filter(status=MergeStatus.MERGED).values("absorbed_id"))
