"""Reading the lists of what is done before and after procedures."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from kalon.catalog.models import Checklist, ChecklistItem
from kalon.catalog.queries.offers import mine
from kalon.kernel.actors import Actor


def checklists_of(procedure_id: UUID, *, seen_by: Actor) -> "QuerySet[Checklist]":
    """Every version of a procedure's list, the newest first."""
    return mine(Checklist, seen_by).filter(procedure_id=procedure_id).prefetch_related("items").order_by("-version")


def checklist_of(procedure_id: UUID, *, seen_by: Actor) -> Checklist | None:
    """The version that counts; None where nothing was ever written."""
    return checklists_of(procedure_id, seen_by=seen_by).first()


def due_of(procedure_ids: Iterable[UUID], *, seen_by: Actor) -> list[ChecklistItem]:
    """Everything to do for some procedures by the versions that count, each procedure after the other."""
    wanted = list(dict.fromkeys(procedure_ids))
    newest = mine(Checklist, seen_by).filter(procedure_id=OuterRef("checklist__procedure_id")).order_by("-version")
    rows = mine(ChecklistItem, seen_by).filter(
        checklist__procedure_id__in=wanted, checklist_id=Subquery(newest.values("pk")[:1])
    )
    found = rows.select_related("checklist").order_by("position")
    return sorted(found, key=lambda one: wanted.index(one.checklist.procedure_id))
