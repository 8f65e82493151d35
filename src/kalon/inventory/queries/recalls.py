"""Recalls, and everything they are about in one question."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from kalon.inventory.lifecycles import RECALL, RecallStatus, TaskStatus
from kalon.inventory.models import Batch, RecallHit, RecallNotice, RecallTask
from kalon.inventory.models.recall_guards import COVERS
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one

DO = "work on recalls"
# The pieces that a notice covers, each with its patient; then the batches without serials, with what stands on the
# shelves, and who was given how much of them. Every step goes by an index: item, batch, piece, movement of a batch.
AFFECTED = f"""
WITH covered AS (
    SELECT DISTINCT i.id AS item_id, i.name, i.unit, i.needs_serial, b.id AS batch_id, b.number AS lot, u.id AS unit_id,
        u.serial, u.status, u.location_id
    FROM inventory_recallscope s
    JOIN inventory_item i ON i.organization_id = s.organization_id
    JOIN inventory_batch b ON b.item_id = i.id
    LEFT JOIN inventory_serialunit u ON u.batch_id = b.id AND i.needs_serial
    WHERE s.notice_id = %s AND (u.id IS NOT NULL) = i.needs_serial
        AND {COVERS.format(lot="b.number", serial="COALESCE(u.serial, '')")}
)
SELECT c.item_id, c.name, c.unit, c.batch_id, c.lot, c.unit_id, c.serial, c.status, p.patient_id, COALESCE(p.side, ''),
    p.branch_id, 1::numeric AS quantity
FROM covered c LEFT JOIN inventory_implant p ON p.unit_id = c.unit_id AND p.explanted_at IS NULL
WHERE c.needs_serial
UNION ALL
SELECT c.item_id, c.name, c.unit, c.batch_id, c.lot, NULL, '', b.status, NULL, '', NULL,
    COALESCE((SELECT sum(quantity) FROM inventory_balance WHERE batch_id = c.batch_id), 0)
FROM covered c JOIN inventory_batch b ON b.id = c.batch_id WHERE NOT c.needs_serial
UNION ALL
SELECT c.item_id, c.name, c.unit, c.batch_id, c.lot, NULL, '', 'GIVEN', m.patient_id, '',
    (array_agg(place.branch_id ORDER BY m.created_at DESC))[1],
    sum(CASE m.kind WHEN 'ISSUED' THEN m.quantity ELSE -m.quantity END)
FROM covered c JOIN inventory_movement m ON m.batch_id = c.batch_id AND m.kind IN ('ISSUED', 'RETURNED')
JOIN inventory_location place ON place.id = COALESCE(m.from_location_id, m.to_location_id)
WHERE NOT c.needs_serial
GROUP BY c.item_id, c.name, c.unit, c.batch_id, c.lot, m.patient_id
HAVING sum(CASE m.kind WHEN 'ISSUED' THEN m.quantity ELSE -m.quantity END) > 0
UNION ALL
SELECT c.item_id, c.name, c.unit, c.batch_id, c.lot, NULL, '', m.kind, NULL, '', NULL, sum(m.quantity)
FROM covered c JOIN inventory_movement m ON m.batch_id = c.batch_id AND m.kind IN ('WASTED', 'EXPIRED', 'SENT_BACK')
WHERE NOT c.needs_serial
GROUP BY c.item_id, c.name, c.unit, c.batch_id, c.lot, m.kind
ORDER BY batch_id, unit_id, patient_id, status"""  # noqa: S608  (our own words)


@dataclass(frozen=True, slots=True)
class Affected:
    """One piece, so much of a batch on the shelves, what of it is gone, or what one patient was given ("GIVEN")."""

    item_id: UUID
    item: str
    unit: str
    batch_id: UUID
    lot: str
    unit_id: UUID | None
    serial: str
    status: str
    patient_id: UUID | None
    side: str
    branch_id: UUID | None
    quantity: Decimal


def affected(notice_id: UUID, *, seen_by: Actor) -> list[Affected]:
    """Everything that a notice covers as it stands now: pieces, shelves and patients, in one question."""
    seen_by.must(RECALL, do=DO)
    with connection.cursor() as cursor:
        cursor.execute(AFFECTED, [notice_id])
        return [Affected(*row) for row in cursor.fetchall()]


def recalls(*, seen_by: Actor) -> "QuerySet[Any]":
    """Every recall, the open first; with how many patients it has, were reached and are settled."""
    seen_by.must(RECALL, do=DO)
    found = RecallNotice.objects.filter(organization_id=seen_by.organization_id)
    return found.annotate(
        patients=Count("tasks"),
        settled=Count("tasks", filter=Q(tasks__status=TaskStatus.DONE)),
        reached=Count("tasks", filter=Q(tasks__status=TaskStatus.REACHED)),
    ).order_by("-status", "-created_at", "-pk")


def recall(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Any:
    """One recall."""
    seen_by.must(RECALL, do=DO)
    if lock:
        held = RecallNotice.objects.select_for_update().filter(organization_id=seen_by.organization_id, pk=pk)
        found: Any = one(held)
    else:
        found = one(recalls(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such recall. It may be another clinic's.")
    return found


def recall_hits(notice_id: UUID, *, seen_by: Actor) -> "QuerySet[RecallHit]":
    """What of it was here when the notice came."""
    seen_by.must(RECALL, do=DO)
    found = RecallHit.objects.filter(organization_id=seen_by.organization_id, notice_id=notice_id)
    return found.select_related("item", "batch", "unit__location").order_by("batch__number", "pk")


def recall_tasks(notice_id: UUID, *, seen_by: Actor) -> "QuerySet[RecallTask]":
    """The patients of a recall, those still to be reached in front."""
    seen_by.must(RECALL, do=DO)
    found = RecallTask.objects.filter(organization_id=seen_by.organization_id, notice_id=notice_id)
    return found.select_related("patient", "notice").order_by("-status", "calls", "pk")


def recall_task(pk: UUID, *, seen_by: Actor, lock: bool = False) -> RecallTask:
    """One patient of a recall."""
    seen_by.must(RECALL, do=DO)
    rows = RecallTask.objects.filter(organization_id=seen_by.organization_id, pk=pk).select_related("patient", "notice")
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such task.")
    return found


def open_tasks_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[RecallTask]":
    """The recalls about a patient that are not settled."""
    seen_by.must(RECALL, do=DO)
    found = RecallTask.objects.filter(organization_id=seen_by.organization_id, patient_id__person=patient_id)
    return found.exclude(status=TaskStatus.DONE).select_related("notice", "patient")


@dataclass(frozen=True, slots=True)
class Told:
    """A recall as its patient was told of it: what they have, since when they know, and whom they call."""

    what: str
    told_at: datetime
    branch: str
    phone: str
    is_settled: bool


def told_of(*, seen_by: Actor) -> list[Told]:
    """The recalls that a patient was told of, on their own pages; the latest first."""
    rows = RecallTask.objects.filter(patient_id__person=seen_by.own_patient_id, told_at__isnull=False)
    found = rows.order_by("-told_at").values_list("what", "told_at", "branch__name", "branch__phone", "status")
    return [
        Told(what, at, branch, phone, status == TaskStatus.DONE)
        for what, at, branch, phone, status in found[:20]
        if at is not None
    ]


def is_called_back(batch: Batch, *, seen_by: Actor) -> bool:
    """Whether a recall that is under way locked this batch away."""
    found = RecallHit.objects.filter(organization_id=seen_by.organization_id, batch=batch, unit=None)
    return found.filter(notice__status=RecallStatus.OPEN).exists()
