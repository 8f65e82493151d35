"""Reads of papers: the file itself, what there is of a patient or a record, and what a stranger may know."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel import actors, audit, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import acting_as
from kalon.papers.models import Certificate, Issuer, Kind, SignedPaper
from kalon.people import queries as people

__all__ = [
    "Genuine",
    "Kind",
    "certificates",
    "content",
    "holding",
    "issuer",
    "open_content",
    "paper",
    "papers",
    "shown",
]

PURPOSE = "signed-paper"
READ = "patients.read"


def papers(*, seen_by: Actor) -> QuerySet[SignedPaper]:
    """Every paper the actor may know of, newest first; without the files."""
    seen_by.must(READ, do="see papers")
    return SignedPaper.objects.filter(organization_id=seen_by.organization_id).defer("content").select_related("branch")


def paper(pk: UUID | str, *, seen_by: Actor) -> SignedPaper:
    """One paper with its file."""
    found = one(papers(seen_by=seen_by).defer(None).select_related("patient", "branch").filter(pk=pk))
    if found is None:
        raise NotFound("There is no such paper.")
    return found


def holding(source_id: UUID, kind: Kind, *, seen_by: Actor) -> SignedPaper | None:
    """The paper of a record that holds now."""
    return papers(seen_by=seen_by).filter(source_id=source_id, kind=kind, withdrawn_at=None).first()


def content(pk: UUID | str, *, seen_by: Actor) -> tuple[SignedPaper, bytes]:
    """The signed file, byte for byte as it left the clinic; the reading is logged."""
    found = paper(pk, seen_by=seen_by)
    audit.read(seen_by, found, purpose=f"paper: {found.title}"[:200])
    return found, open_content(found)


def open_content(of: SignedPaper) -> bytes:
    """The bytes of a paper that was read with its file and its patient."""
    if not of.patient.data_key:
        raise NotFound("This paper was erased with the record of the patient.")
    return crypto.unseal(bytes(of.content), of.patient.data_key, place_of(of.pk))


def place_of(pk: UUID) -> str:
    """What the file's box is bound to."""
    return f"papers_signedpaper.content:{pk}"


def certificates(*, seen_by: Actor) -> QuerySet[Certificate]:
    """With which certificates the clinic and its people sign, those in use first."""
    seen_by.must("papers.certificates", do="see certificates")
    rows = Certificate.objects.filter(organization_id=seen_by.organization_id).select_related("staff")
    return rows.order_by("-ended_at", "staff__name", "-valid_from")


def issuer(*, seen_by: Actor) -> Issuer | None:
    """The clinic's own issuer, once something was signed."""
    return Issuer.objects.filter(organization_id=seen_by.organization_id).first()


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a stranger with the printed code may know: nothing about the patient."""

    clinic: str
    kind: str
    number: str
    signer: str
    signed_at: datetime
    withdrawn_at: datetime | None
    sha256: str
    zone: str

    def is_this(self, file: bytes) -> bool:
        """Whether a file is the one that was signed, byte for byte."""
        return hashlib.sha256(file).hexdigest() == self.sha256


def shown(token: str) -> Genuine | None:
    """The paper behind the code that is printed on it; None where there is none."""
    organization_id = _organization_of(token)
    if organization_id is None:
        return None
    by = actors.system("the code on a paper", organization_id)
    with acting_as(by):
        rows = SignedPaper.objects.filter(organization_id=organization_id).defer("content").select_related("branch")
        found = rows.filter(token_hash=crypto.hash_token(token, PURPOSE)).first()
        if found is None:
            return None
        return Genuine(
            clinic=people.organization(seen_by=by).name,
            kind=str(found.get_kind_display()),
            number=found.number,
            signer=found.signer,
            signed_at=found.signed_at,
            withdrawn_at=found.withdrawn_at,
            sha256=found.sha256,
            zone=found.branch.timezone,
        )


def _organization_of(token: str) -> UUID | None:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[:16])
    except (binascii.Error, ValueError):
        return None
