"""Reads of consents: the words in use, what a patient was shown and signed, and what holds now.

Other contexts ask `in_force(patient_id, kind)` the moment they want to use something: a withdrawal counts at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from kalon.consents import rules
from kalon.consents.lifecycles import LIVE, MANAGE, OF_PATIENT, OPEN, READ, WAS_SIGNED, Kind, Status, VersionStatus
from kalon.consents.models import Consent, Question, SectionRead, Signature, Template, Text, Version
from kalon.consents.rules import LONGEST_DRAWING, drawn, path_of
from kalon.consultations.queries import completeness
from kalon.kernel import clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.papers import queries as papers
from kalon.plans.lifecycles import PLAN, ConsentNeed, PlanStatus, way_back

if TYPE_CHECKING:
    from kalon.papers.models import SignedPaper

__all__ = [
    "LIVE",
    "LONGEST_DRAWING",
    "Kind",
    "Part",
    "Reading",
    "Shown",
    "asked_in",
    "consent",
    "consents",
    "drawn",
    "for_plan",
    "forms_for",
    "guard_plans",
    "in_force",
    "kinds_in_force",
    "live_of_plan",
    "of_patient",
    "of_plan",
    "paper",
    "path_of",
    "reading",
    "seal_holds",
    "seal_of",
    "shown",
    "signing_addresses",
    "template",
    "templates",
    "texts_in_use",
    "to_expire",
    "usable",
    "version",
    "versions",
    "waiting_for",
]

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A consent as it is read: the frozen words in sections, what is ticked, and who signed."""

    consent: Consent
    title: str
    sections: list[rules.Section]
    ticks: list[str]
    signatures: list[Signature]

    @property
    def still(self) -> list[str]:
        """The roles that have not signed, in order."""
        signed = {one.role for one in self.signatures}
        return [role for role in self.consent.signers if role not in signed]

    @property
    def next_role(self) -> str:
        return self.still[0] if self.still and self.consent.is_open else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the words: its number, what it says, and how it was read."""

    number: int
    section: rules.Section
    read: SectionRead | None
    questions: list[Question]

    @property
    def is_read(self) -> bool:
        return self.read is not None and self.read.read_at is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a consent that is read part by part was read: the parts, which one is next, how long it will take."""

    parts: list[Part]

    @property
    def now(self) -> Part | None:
        return next((part for part in self.parts if not part.is_read), None)

    @property
    def minutes(self) -> int:
        """What is left to read, at 180 words in a minute; at least one."""
        words = sum(
            len(str(said).split()) for part in self.parts if not part.is_read for _, said in part.section.blocks
        )
        return max(1, round(words / 180))

    @property
    def questions(self) -> list[Question]:
        return [one for part in self.parts for one in part.questions]

    @property
    def waits(self) -> bool:
        """Whether something was asked that nobody has answered."""
        return any(one.answered_at is None for one in self.questions)


def consents(*, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent the actor may read, newest first: the clinic's, or a patient's own once it was put before them."""
    seen_by.must(READ, do="read consents")
    rows = Consent.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id).exclude(status=Status.DRAFT)
    signatures = Signature.objects.select_related("patient").order_by("signed_at", "id")
    return rows.select_related("patient", "branch", "version", "version__template", "text", "plan").prefetch_related(
        Prefetch("signatures", queryset=signatures)
    )


def consent(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> Consent:
    """One consent with its signatures, or a refusal that says nothing of whether it exists."""
    rows = consents(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such consent.")
    return found


def of_patient(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """A patient's consents, newest first."""
    return consents(seen_by=seen_by).filter(patient_id__person=patient_id)


def waiting_for(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """What a patient still has to read or sign."""
    return of_patient(patient_id, seen_by=seen_by).filter(status=Status.PRESENTED)


def asked_in(consultation: Any) -> completeness.Answer:
    """In the row above a doctor's signature: whether anything still waits for the patient's own."""
    by = system("the row above the signature", consultation.organization_id)
    waiting = of_patient(consultation.patient_id, seen_by=by).filter(status__in=OPEN, kind__in=OF_PATIENT).first()
    if waiting is not None:
        return completeness.missing(
            "A consent waits for the patient to read and sign it.",
            href=reverse("consents:consent", args=[waiting.pk]),
            permission=READ,
        )
    held = kinds_in_force(consultation.patient_id, seen_by=by)
    return completeness.DONE if held else completeness.NOT_NEEDED


def in_force(patient_id: UUID, kind: str, *, seen_by: Actor) -> Consent | None:
    """The patient's consent of this kind that holds at this moment; None when there is none, and then nothing is done.

    Photographs, recordings and use in marketing ask here each time, so that a withdrawal stops them now. What hangs
    from a plan is asked of the plan (`for_plan`).
    """
    return _holding(patient_id, seen_by=seen_by).filter(kind=Kind(kind)).first()


def kinds_in_force(patient_id: UUID, *, seen_by: Actor) -> frozenset[str]:
    """Every kind of consent that holds now for a patient."""
    return frozenset(_holding(patient_id, seen_by=seen_by).values_list("kind", flat=True))


def live_of_plan(plan_id: UUID, kind: str = Kind.PROCEDURE, *, seen_by: Actor) -> Consent | None:
    """The one consent of a kind to a plan that is being prepared, signed, or in force."""
    return consents(seen_by=seen_by).filter(plan_id=plan_id, kind=Kind(kind), status__in=LIVE).first()


def for_plan(plan_id: UUID, kind: str = Kind.PROCEDURE, *, seen_by: Actor) -> Consent | None:
    """The consent to a plan that holds at this moment, with the lines it covers; None when there is none."""
    found = live_of_plan(plan_id, kind, seen_by=seen_by)
    return found if found is not None and found.holds_at(clock.now()) else None


def of_plan(plan_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent to a plan, newest first."""
    return consents(seen_by=seen_by).filter(plan_id=plan_id)


def forms_for(plan: Any, kind: str = Kind.PROCEDURE, *, seen_by: Actor) -> list[Version]:
    """The forms in use that fit a plan: those about one of its procedures first, then those about any."""
    entries = {line.entry_id for line in plan.lines.all() if line.entry_id}
    rows = usable(seen_by=seen_by).filter(kind=kind)
    fitting = [one for one in rows if one.template.procedure_id is None or one.template.procedure_id in entries]
    return sorted(fitting, key=lambda one: (one.template.procedure_id is None, one.template.name))


def guard_plans() -> None:
    """Have a plan ask here before it becomes consented or booked; the database asks again."""
    for move in (
        "consent_signed",
        "schedule_signed",
        way_back(PlanStatus.CONSENT_SIGNED),
        way_back(PlanStatus.SCHEDULED),
    ):
        PLAN.also_requires(move, _consented)


def _consented(plan: Any) -> str | None:
    if plan.consent != ConsentNeed.REQUIRED:
        return None
    signed = Consent.objects.filter(plan_id=plan.pk, kind=Kind.PROCEDURE, status=Status.SIGNED).first()
    if signed is not None and signed.holds_at(clock.now()):
        return None
    return "The consent to this plan does not hold. Have it signed first."


def to_expire(*, seen_by: Actor) -> QuerySet[Consent]:
    """Signed consents whose time is over."""
    return consents(seen_by=seen_by).filter(status=Status.SIGNED, valid_until__lte=clock.now()).order_by("id")


def shown(found: Consent) -> Shown:
    """The frozen words as they are read; for a draft, of which nothing is frozen, none."""
    if not isinstance(found.content, dict):
        return Shown(found, found.title, [], [], list(found.signatures.all()))
    sections, ticks = rules.read(found.content["body"])
    return Shown(found, found.title, sections, ticks, list(found.signatures.all()))


def reading(found: Consent) -> Reading:
    """How far the words as they stand were read; of words that are read at once there is nothing to tell."""
    if not found.parts or not isinstance(found.content, dict):
        return Reading([])
    rows = SectionRead.objects.filter(consent=found, content_sha256=found.content_sha256).select_related("patient")
    by_number = {row.number: row for row in rows}
    asked = list(Question.objects.filter(consent=found).select_related("patient"))
    sections, _ticks = rules.read(found.content["body"])
    return Reading(
        [
            Part(at, section, by_number.get(at), [one for one in asked if one.number == at])
            for at, section in enumerate(sections, 1)
        ]
    )


def signing_addresses(pk: UUID) -> list[str]:
    """What a tablet in a patient's hands opens beside the page of the consent itself."""
    return [reverse(f"consents:{name}", args=[pk]) for name in ("language", "read_part", "ask_about")]


def seal_of(found: Consent, signatures: Iterable[Signature]) -> str:
    """The fingerprint over the words and all signatures."""
    read = [_told(part) for part in reading(found).parts]
    return rules.fingerprint(
        {
            **({"read": read} if read else {}),
            "consent": str(found.pk),
            "patient": str(found.patient_id),
            "content": found.content,
            "content_sha256": found.content_sha256,
            "signatures": [_spelt(one) for one in sorted(signatures, key=lambda one: str(one.pk))],
        }
    )


def seal_holds(found: Consent) -> bool:
    """Whether a signed consent is, to the letter, what was signed."""
    if found.status not in WAS_SIGNED or not isinstance(found.content, dict):
        return False
    same_words = rules.fingerprint(found.content) == found.content_sha256
    return same_words and seal_of(found, found.signatures.all()) == found.seal_sha256


def paper(pk: UUID, *, seen_by: Actor) -> "tuple[SignedPaper, bytes]":
    """The signed PDF of a consent, byte for byte as it was kept; the reading is logged."""
    found = consent(pk, seen_by=seen_by)
    kept = papers.papers(seen_by=seen_by).filter(source_id=found.pk, kind=papers.Kind.CONSENT).first()
    if kept is None and found.seal_sha256:
        raise NotReady("The paper is being made. Look again in a moment.")
    if kept is None:
        raise NotReady("There is a paper once everybody has signed.")
    return papers.content(kept.pk, seen_by=seen_by)


def templates(*, seen_by: Actor) -> QuerySet[Template]:
    """The papers of the clinic by kind and name, each with its versions, the latest first."""
    seen_by.must(MANAGE, do="see the wording of consents")
    rows = Template.objects.filter(organization_id=seen_by.organization_id)
    return rows.prefetch_related(Prefetch("versions", queryset=_versions(seen_by)))


def template(pk: UUID | str, *, seen_by: Actor) -> Template:
    """One paper with its versions."""
    found = one(templates(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such consent form.")
    return found


def versions(*, seen_by: Actor) -> QuerySet[Version]:
    """Every version, for whoever writes them."""
    seen_by.must(MANAGE, do="see the wording of consents")
    return _versions(seen_by)


def version(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> Version:
    """One version with its texts."""
    rows = versions(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such version.")
    return found


def usable(*, seen_by: Actor) -> QuerySet[Version]:
    """The versions that can be put before a patient now, with their languages."""
    seen_by.must(READ, do="see which consents there are")
    return _versions(seen_by).filter(status=VersionStatus.PUBLISHED).order_by("kind", "template__name")


def texts_in_use(version_id: UUID, *, seen_by: Actor) -> dict[str, Text]:
    """The texts of a published version by language."""
    seen_by.must(READ, do="read consents")
    rows = Text.objects.filter(version_id=version_id, organization_id=seen_by.organization_id)
    return {row.language: row for row in rows.exclude(version__status=VersionStatus.DRAFT)}


def _versions(seen_by: Actor) -> QuerySet[Version]:
    rows = Version.objects.filter(organization_id=seen_by.organization_id).select_related("template")
    return rows.prefetch_related(Prefetch("texts", queryset=Text.objects.order_by("language"))).order_by("-number")


def _holding(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    now = clock.now()
    rows = of_patient(patient_id, seen_by=seen_by).filter(status=Status.SIGNED, plan=None)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gt=now))


def _told(part: Part) -> dict[str, Any]:
    row = part.read
    return {
        "number": part.number,
        "read_at": row.read_at.isoformat() if row and row.read_at else "",
        "seconds": row.seconds if row else None,
        "initials": row.initials if row else None,
        "asked": [[str(one.words), str(one.answer)] for one in part.questions],
    }


def _spelt(one: Signature) -> dict[str, Any]:
    return {
        "role": one.role,
        "method": one.method,
        "name": one.name,
        "relation": one.relation,
        "strokes": one.strokes,
        "content_sha256": one.content_sha256,
        "signed_at": one.signed_at.isoformat(),
        "user": str(one.user_id or ""),
        "account": one.account,
        "place": one.place,
        "origin_ip": str(one.origin_ip or ""),
    }
