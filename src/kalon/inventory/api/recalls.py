"""/api/inventory/recalls: a notice, what it covers, its patients, and what came of each."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File
from ninja.files import UploadedFile

from kalon.api import Page, paged
from kalon.inventory import actions, queries
from kalon.inventory.api.endpoints import router
from kalon.inventory.api.recall_schemas import (
    RecallAffectedOut,
    RecallCloseIn,
    RecallFileOut,
    RecallHitOut,
    RecallIn,
    RecallOut,
    RecallOutcomeIn,
    RecallTaskOut,
    RecallToldOut,
)
from kalon.inventory.lifecycles import RECALL
from kalon.inventory.models import RecallHit, RecallNotice, RecallTask
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import TooLarge

LARGEST = 1_000_000  # bytes of a notice's file


@router.get("/recalls", response=Page[RecallOut], summary="Recalls, the open first")
def list_recalls(request: HttpRequest, status: str = "") -> Any:
    rows = queries.recalls(seen_by=_by(request))
    return paged(request, rows.filter(status=status) if status else rows, recall_out, by="-id")


@router.post("/recalls", response={201: RecallOut}, summary="Open a recall: what it covers is locked away at once")
def open_recall(request: HttpRequest, body: RecallIn) -> Any:
    said = body.dict()
    covers = [actions.Scope(**line) for line in said.pop("covers")]
    made = actions.open_recall(actions.NoticeDetails(**said), covers, by=_by(request))
    return 201, _recall(request, made)


@router.post("/recalls/read", response=RecallFileOut, summary="Read the file of a notice; nothing is opened")
def read_recall_file(request: HttpRequest, file: File[UploadedFile]) -> Any:
    _by(request).must(RECALL, do="work on recalls")
    if (file.size or 0) > LARGEST:
        raise TooLarge("This file is larger than a list of recalled lots. Send its CSV.", field="file")
    found = actions.read_notice(file.read())
    return {**found.said, "covers": [asdict(line) for line in found.covers], "doubts": found.doubts}


@router.get("/recalls/{uuid:recall_id}", response=RecallOut, summary="One recall and how far it is")
def get_recall(request: HttpRequest, recall_id: UUID) -> Any:
    return recall_out(queries.recall(recall_id, seen_by=_by(request)))


@router.get(
    "/recalls/{uuid:recall_id}/affected", response=list[RecallAffectedOut], summary="All it covers as it stands now"
)
def list_affected(request: HttpRequest, recall_id: UUID) -> Any:
    by = _by(request)
    notice = queries.recall(recall_id, seen_by=by)
    audit.reads(by, list(queries.recall_tasks(recall_id, seen_by=by)), purpose=f"recall {notice.number}")
    return [asdict(row) for row in queries.affected(recall_id, seen_by=by)]


@router.get("/recalls/{uuid:recall_id}/hits", response=Page[RecallHitOut], summary="What of it was here")
def list_hits(request: HttpRequest, recall_id: UUID) -> Any:
    notice = queries.recall(recall_id, seen_by=_by(request))
    return paged(request, queries.recall_hits(notice.pk, seen_by=_by(request)), hit_out, by="id")


@router.get("/recalls/{uuid:recall_id}/patients", response=Page[RecallTaskOut], summary="Its patients")
def list_recall_patients(request: HttpRequest, recall_id: UUID) -> Any:
    by = _by(request)
    notice = queries.recall(recall_id, seen_by=by)

    def seen(found: list[RecallTask]) -> None:
        audit.reads(by, found, purpose=f"recall {notice.number}")

    return paged(request, queries.recall_tasks(recall_id, seen_by=by), task_out, by="id", seen=seen)


@router.post("/recalls/{uuid:recall_id}/tell", response=RecallToldOut, summary="Send its patients the message")
def tell_patients(request: HttpRequest, recall_id: UUID) -> Any:
    return {"told": actions.tell_patients(recall_id, by=_by(request))}


@router.post("/recalls/{uuid:recall_id}/close", response=RecallOut, summary="Close a recall whose patients are settled")
def close_recall(request: HttpRequest, recall_id: UUID, body: RecallCloseIn) -> Any:
    return _recall(request, actions.close_recall(recall_id, body.reason, by=_by(request)))


@router.post("/recall-patients/{uuid:task_id}/called", response=RecallTaskOut, summary="A call was not answered")
def call_again(request: HttpRequest, task_id: UUID) -> Any:
    return task_out(actions.call_again(task_id, by=_by(request)))


@router.post("/recall-patients/{uuid:task_id}/reached", response=RecallTaskOut, summary="The patient was reached")
def reach(request: HttpRequest, task_id: UUID) -> Any:
    return task_out(actions.reach(task_id, by=_by(request)))


@router.post("/recall-patients/{uuid:task_id}/outcome", response=RecallTaskOut, summary="What came of it")
def settle(request: HttpRequest, task_id: UUID, body: RecallOutcomeIn) -> Any:
    return task_out(actions.settle(task_id, body.outcome, body.note, by=_by(request)))


def recall_out(row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in set(RecallOut.model_fields) - {"id"}}}


def hit_out(row: RecallHit) -> dict[str, Any]:
    return {
        "id": row.pk, "item_id": row.item_id, "batch_id": row.batch_id, "lot": row.batch.number,
        "unit_id": row.unit_id, "serial": row.unit.serial if row.unit else "", "quantity": row.quantity,
        "was": row.was,
    }  # fmt: skip


def task_out(row: RecallTask) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in set(RecallTaskOut.model_fields) - {"id"}}}


def _recall(request: HttpRequest, row: RecallNotice) -> dict[str, Any]:
    return recall_out(queries.recall(row.pk, seen_by=_by(request)))


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
