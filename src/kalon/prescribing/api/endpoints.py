"""/api/prescriptions: write, check, sign and cancel them; hand out what is on them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.prescribing import actions, queries
from kalon.prescribing.actions import HandOut, LineDetails
from kalon.prescribing.api.schemas import (
    DispensedOut,
    DispensedReturnIn,
    DispensingOut,
    FindingOut,
    HandOutsIn,
    PrescribedIn,
    PrescriptionOut,
    PrescriptionReasonIn,
    StartIn,
    StopAnswerIn,
    WaitingPrescriptionOut,
    dispensed_out,
    dispensing_out,
    prescription_out,
    waiting_out,
)
from kalon.prescribing.models import Dispensing, Prescription

router = Router(tags=["prescriptions"])


@router.get("", response=Page[PrescriptionOut], summary="Prescriptions, newest first")
def list_prescriptions(
    request: HttpRequest, patient_id: UUID | None = None, consultation_id: UUID | None = None
) -> Any:
    by = _by(request)
    rows = queries.prescriptions(seen_by=by)
    rows = rows.filter(patient_id__person=patient_id) if patient_id else rows
    rows = rows.filter(consultation_id=consultation_id) if consultation_id else rows
    return paged(request, rows, prescription_out, seen=lambda shown: audit.reads(by, shown, purpose="API"))


@router.post("", response={201: PrescriptionOut}, summary="Begin one in your own open consultation")
def start(request: HttpRequest, body: StartIn) -> Any:
    by = _by(request)
    made = actions.start(body.consultation_id, by=by)
    return 201, _shown(made.pk, by)


@router.get("/waiting", response=Page[WaitingPrescriptionOut], summary="What is to be handed out, the oldest first")
def waiting(request: HttpRequest, branch_id: UUID | None = None) -> Any:
    by = _by(request)
    rows = queries.waiting(branch_id=branch_id or people.own_branch(by).pk, seen_by=by)

    lines: dict[UUID, Any] = {}

    def seen(shown: list[Prescription]) -> None:
        lines.update(queries.to_give(shown, seen_by=by))
        audit.reads(by, shown, purpose="API, to hand out")

    return paged(request, rows, lambda row: waiting_out(row, lines[row.pk]), by="id", seen=seen)


@router.get("/{uuid:pk}", response=PrescriptionOut, summary="One prescription")
def get_prescription(request: HttpRequest, pk: UUID) -> Any:
    return prescription_out(actions.read(pk, purpose="API", by=_by(request)))


@router.get("/{uuid:pk}/findings", response=list[FindingOut], summary="What the checks say; limited lists")
def findings(request: HttpRequest, pk: UUID) -> Any:
    by = _by(request)
    found = actions.read(pk, purpose="API, checks", by=by)
    names = ("key", "severity", "title", "mechanism", "action", "source")
    return [
        {**{name: getattr(one.finding, name) for name in names}, "reason": one.reason}
        for one in queries.judged(found, seen_by=by)
    ]


@router.post("/{uuid:pk}/items", response={201: PrescriptionOut}, summary="Put a medicine on a draft")
def add_item(request: HttpRequest, pk: UUID, body: PrescribedIn) -> Any:
    by = _by(request)
    actions.add_item(pk, LineDetails(**body.dict()), by=by)
    return 201, _shown(pk, by)


@router.put("/{uuid:pk}/items/{uuid:item_id}", response=PrescriptionOut, summary="Change a medicine of a draft")
def save_item(request: HttpRequest, pk: UUID, item_id: UUID, body: PrescribedIn) -> Any:
    by = _by(request)
    actions.save_item(pk, item_id, LineDetails(**body.dict()), by=by)
    return _shown(pk, by)


@router.delete("/{uuid:pk}/items/{uuid:item_id}", response=PrescriptionOut, summary="Take a medicine off a draft")
def remove_item(request: HttpRequest, pk: UUID, item_id: UUID) -> Any:
    return prescription_out(actions.remove_item(pk, item_id, by=_by(request)))


@router.post("/{uuid:pk}/answers", response=PrescriptionOut, summary="Say why a hard stop is passed")
def answer(request: HttpRequest, pk: UUID, body: StopAnswerIn) -> Any:
    by = _by(request)
    actions.answer(pk, body.key, body.reason, by=by)
    return _shown(pk, by)


@router.post("/{uuid:pk}/finalize", response=PrescriptionOut, summary="Check, number, seal and sign it")
def finalize(request: HttpRequest, pk: UUID) -> Any:
    by = _by(request)
    actions.finalize(pk, by=by)
    return _shown(pk, by)


@router.post("/{uuid:pk}/cancel", response=PrescriptionOut, summary="Say that it no longer holds")
def cancel(request: HttpRequest, pk: UUID, body: PrescriptionReasonIn) -> Any:
    by = _by(request)
    actions.cancel(pk, body.reason, by=by)
    return _shown(pk, by)


@router.post("/{uuid:pk}/dispense", response={201: DispensingOut}, summary="Hand out what is left of it, or a part")
def dispense(request: HttpRequest, pk: UUID, body: HandOutsIn) -> Any:
    by = _by(request)
    made = actions.dispense(pk, _lines(body), by=by)
    return 201, _made(made, by)


@router.post("/{uuid:pk}/refill", response={201: DispensingOut}, summary="Hand it out once more; a refill is used")
def refill(request: HttpRequest, pk: UUID, body: HandOutsIn) -> Any:
    by = _by(request)
    made = actions.refill(pk, _lines(body), by=by)
    return 201, _made(made, by)


@router.post("/dispensed/{uuid:line_id}/return", response={201: DispensedOut}, summary="Take back what was handed out")
def take_back(request: HttpRequest, line_id: UUID, body: DispensedReturnIn) -> Any:
    back = actions.take_back(line_id, body.quantity, body.reason, body.fate, by=_by(request))
    return 201, dispensed_out(back)


def _lines(body: HandOutsIn) -> list[HandOut]:
    return [HandOut(**line.dict()) for line in body.lines]


def _made(made: Dispensing, by: Actor) -> dict[str, Any]:
    return dispensing_out(made, queries.prescription(made.prescription_id, seen_by=by))


def _shown(pk: UUID, by: Actor) -> dict[str, Any]:
    return prescription_out(queries.prescription(pk, seen_by=by))


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
