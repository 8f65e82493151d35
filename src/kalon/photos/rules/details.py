"""What is said about a picture, as typed; `checked()` gives it back in the one form we keep."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from kalon.kernel.errors import Invalid
from kalon.photos.rules.views import Stage, View

PICTURE = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
A_MOMENT = timedelta(minutes=5)  # by how much the clock of a tablet may be ahead


@dataclass(frozen=True, kw_only=True)
class PhotoDetails:
    """From where, at which stage of what, and when; `taken_at` is now where nothing is said."""

    view: str
    stage: str
    plan_id: UUID | None = None
    consultation_id: UUID | None = None
    session_id: UUID | None = None
    taken_at: datetime | None = None

    def checked(self, *, now: datetime, born: date | None) -> "PhotoDetails":
        """In the one form we keep, or a refusal with a sentence for each field."""
        errors: dict[str, list[str]] = {}
        if self.view not in View.values:
            errors["view"] = ["Choose the view."]
        if self.stage not in Stage.values:
            errors["stage"] = ["Choose before, during or after the treatment."]
        taken = self.taken_at or now
        if taken.tzinfo is None:
            errors["taken_at"] = ["Say the time with its zone, as in 2026-03-14T10:30:00Z."]
        elif taken > now + A_MOMENT:
            errors["taken_at"] = ["A photograph cannot be taken in the future."]
        elif born is not None and taken.date() < born:
            errors["taken_at"] = ["A photograph cannot be older than the patient. Check the year."]
        if errors:
            first = next(iter(errors))
            sentence = errors[first][0] if len(errors) == 1 else f"{len(errors)} fields need you."
            raise Invalid(sentence, field=first, errors=errors)
        return replace(self, taken_at=min(taken, now))


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is right about a photograph, and why it was wrong; what is left out stays as it is."""

    reason: str
    view: str = ""
    stage: str = ""
    taken_at: datetime | None = None
    patient_id: UUID | None = None

    def checked(self) -> "Correction":
        """With a reason in words."""
        reason = " ".join(self.reason.split())
        if not 0 < len(reason) <= 300:
            raise Invalid("Write what was wrong, in at most 300 characters.", field="reason")
        return replace(self, reason=reason)


def is_picture(head: bytes) -> bool:
    """Whether the first twelve bytes are those of a picture that is taken."""
    return head.startswith(PICTURE) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def is_heic(head: bytes) -> bool:
    """Whether these are the first twelve bytes of a picture as phones keep it (ISO 23008-12), which we do not read."""
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
