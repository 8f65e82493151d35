"""A consent as it is read: its parts, how far they were read, and the seal over words and signatures."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kalon.consents import rules
from kalon.consents.lifecycles import WAS_SIGNED
from kalon.consents.models import Consent, Question, SectionRead, Signature


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
        **({"spoken": [str(one.spoken.sha256), str(one.spoken.sentence)]} if one.spoken is not None else {}),
        **({"code": [str(one.code_id), one.channel, one.sent_to]} if one.code_id else {}),
    }
