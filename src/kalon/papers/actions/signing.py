"""Drawing a paper, signing it, keeping it as it left; and saying that it no longer holds."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.kernel import audit, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotReady
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import verb
from kalon.papers import queries, rules
from kalon.papers.actions.certificates import certificate_of
from kalon.papers.models import Certificate, Kind, SignedPaper
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.web.papers import draw, square_code

SIGN = "papers.sign"


@verb
def sign(
    template: Path,
    data: Mapping[str, Any],
    *,
    kind: Kind,
    title: str,
    number: str = "",
    patient_id: UUID,
    branch_id: UUID,
    source_id: UUID,
    by: Actor,
) -> SignedPaper:
    """Draw a paper, sign it as the member of staff who asks, and keep it as it leaves the clinic.

    `data` is what the template prints; the letterhead and the code to verify it are added here as `data.verify`
    (`link`, `code` as SVG, `signer`). Of one record one paper of a kind holds: `withdraw` the old one first.
    """
    by.must(SIGN, at=branch_id, do="sign papers")
    member = people.staff_of(by)
    if member is None:
        raise NotReady("Only a member of staff signs. Sign in with the account of the person who signs.")
    signer = ", ".join(part for part in (member.name, member.title) if part)
    return _make(
        template, data, certificate_of(member.pk, by=by), signer,
        kind=kind, title=title, number=number,
        patient_id=patient_id, branch_id=branch_id, source_id=source_id, by=by,
    )  # fmt: skip


@verb
def seal(
    template: Path,
    data: Mapping[str, Any],
    *,
    kind: Kind,
    title: str,
    number: str = "",
    patient_id: UUID,
    branch_id: UUID,
    source_id: UUID,
    by: Actor,
) -> SignedPaper:
    """Draw a paper and seal it as the clinic, where other people's signatures stand in it; else as `sign`."""
    by.must(SIGN, at=branch_id, do="sign papers")
    clinic = people.organization(seen_by=by).name
    return _make(
        template, data, certificate_of(None, by=by), clinic,
        kind=kind, title=title, number=number,
        patient_id=patient_id, branch_id=branch_id, source_id=source_id, by=by,
    )  # fmt: skip


@verb
def withdraw(paper_id: UUID, reason: str, *, by: Actor) -> SignedPaper:
    """Say that a paper no longer holds: whoever looks at its code reads so. The file stays."""
    by.must(SIGN, do="withdraw papers")
    if not reason.strip():
        raise Invalid("Write why the paper no longer holds.", field="reason")
    found = queries.paper(paper_id, seen_by=by)
    held = SignedPaper.objects.select_for_update().defer("content").get(pk=found.pk)
    if held.withdrawn_at is None:
        held.withdrawn_at, held.withdrawn_by, held.withdrawn_reason = clock.now(), by.name, reason.strip()[:300]
        held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        audit.note(by, audit.Kind.CHANGE, held, facts={"withdrawn": held.withdrawn_reason})
    return held


def link_to(token: str) -> str:
    """The address behind the code on a paper."""
    return f"{settings.KALON_URL.rstrip('/')}{reverse('papers:verify', args=[token])}"


def _make(
    template: Path,
    data: Mapping[str, Any],
    certificate: Certificate,
    signer: str,
    *,
    kind: Kind,
    title: str,
    number: str,
    patient_id: UUID,
    branch_id: UUID,
    source_id: UUID,
    by: Actor,
) -> SignedPaper:
    patient = patients.patient(patient_id, seen_by=by)
    branch = people.branch(branch_id, seen_by=by)
    token = base64.urlsafe_b64encode(by.organization_id.bytes + secrets.token_bytes(16)).decode().rstrip("=")
    link = link_to(token)
    whole = {
        **people.letterhead(branch, seen_by=by),
        **data,
        "verify": {"link": link, "code": square_code(link), "signer": signer},
    }
    pdf = rules.signed(
        draw(template, whole),
        signer=rules.signer_of(name=signer, chain=certificate.chain, key=certificate.key),
        reason=title,
        place=branch.city or branch.name,
    )
    pk = uuid7()
    made = SignedPaper(
        pk=pk,
        organization_id=by.organization_id,
        patient=patient,
        branch=branch,
        kind=kind,
        title=title,
        number=number,
        source_id=source_id,
        token_hash=crypto.hash_token(token, queries.PURPOSE),
        content=crypto.seal(pdf, patient.data_key, queries.place_of(pk)),
        size=len(pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
        certificate=certificate,
        signer=signer,
        signed_at=clock.now(),
    )
    once = Clash("This was signed already. Open the paper there is, or withdraw it first.")
    with refusing({"papers_paper_one_holds": once}):
        made.save(force_insert=True)
    made.link = link
    return made
