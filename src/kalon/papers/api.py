"""/api/papers: signed papers and their files; /api/public/papers: what a stranger may know of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.papers import actions, queries
from kalon.papers.models import SignedPaper

router = Router(tags=["papers"])
public = Router(tags=["papers"], auth=None)


class SignedPaperOut(Schema):
    """A signed paper."""

    id: UUID
    patient_id: UUID
    kind: str
    title: str
    number: str
    source_id: UUID
    signer: str
    signed_at: datetime
    sha256: str
    size: int
    withdrawn_at: datetime | None
    withdrawn_reason: str


class GenuineOut(Schema):
    """What a stranger may know of a paper; nothing of the patient."""

    clinic: str
    kind: str
    number: str
    signer: str
    signed_at: datetime
    withdrawn_at: datetime | None
    sha256: str


class WithdrawIn(Schema):
    """Why a paper no longer holds."""

    reason: str


@router.get("", response=Page[SignedPaperOut])
def list_papers(
    request: HttpRequest,
    patient_id: UUID | None = None,
    source_id: UUID | None = None,
    cursor: str = "",
    limit: str = "",
) -> dict[str, Any]:
    """Signed papers, newest first; of one patient or one record where asked."""
    by = _actor(request)
    rows = queries.papers(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    if source_id:
        rows = rows.filter(source_id=source_id)
    return paged(request, rows, _out, seen=lambda shown: audit.reads(by, shown, purpose="papers"))


@router.get("/{uuid:paper_id}", response=SignedPaperOut)
def read_paper(request: HttpRequest, paper_id: UUID) -> SignedPaperOut:
    """One signed paper, without its file."""
    by = _actor(request)
    found = queries.paper(paper_id, seen_by=by)
    audit.read(by, found, purpose="paper")
    return _out(found)


@router.get("/{uuid:paper_id}/file")
def read_file(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The signed PDF, byte for byte."""
    found, content = queries.content(paper_id, seen_by=_actor(request))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response


@router.post("/{uuid:paper_id}/withdraw", response=SignedPaperOut)
def withdraw_paper(request: HttpRequest, paper_id: UUID, body: WithdrawIn) -> SignedPaperOut:
    """Say that a paper no longer holds."""
    return _out(actions.withdraw(paper_id, body.reason, by=_actor(request)))


@public.get("/{token}", response=GenuineOut, auth=None, summary="Whether a printed code belongs to a genuine paper")
def read_genuine(request: HttpRequest, token: str) -> GenuineOut:
    """What the code on a paper stands for."""
    found = queries.shown(token)
    if found is None:
        raise NotFound("No paper has this code.")
    return GenuineOut(**{name: getattr(found, name) for name in GenuineOut.model_fields})


def _out(paper: SignedPaper) -> SignedPaperOut:
    return SignedPaperOut(**{name: getattr(paper, name) for name in SignedPaperOut.model_fields})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
