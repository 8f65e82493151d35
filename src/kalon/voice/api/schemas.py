"""What recordings, drafts and what a doctor decides of them look like as JSON."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from kalon.voice import queries
from kalon.voice.models import VoiceSession
from kalon.voice.rules.deciding import Decision, Decisions, Part, Taken


class VoiceSessionIn(Schema):
    consultation_id: UUID


class ConsentToRecordOut(Schema):
    consent_id: UUID = Field(description="GET /api/consents/{consent_id}; signed or said there")


class FinishIn(Schema):
    parts: int | None = Field(
        None, ge=0, le=20_000, description="How many chunks there are; where nothing is said, those that arrived"
    )


class VoiceReasonIn(Schema):
    reason: str = Field(max_length=300)


class ArrivedOut(Schema):
    runs: list[tuple[int, int]] = Field(description="Which chunks are here, in runs from-to")
    count: int
    following: int = Field(description="The number after the last chunk that is here")
    parts: int | None = Field(description="How many there will be, once the recording is finished")
    is_complete: bool


class VoiceSessionOut(Schema):
    id: UUID
    patient_id: UUID
    consultation_id: UUID
    status: str
    container: str
    started_at: datetime | None
    finished_at: datetime | None
    failure: str
    language: str = Field(alias="transcript.language")
    heard_ms: int = Field(alias="transcript.heard_ms", description="How far it was listened to, in milliseconds")
    words: int = Field(alias="transcript.words")
    sound_deleted_at: datetime | None
    held_at: datetime | None


class VoiceProgressOut(VoiceSessionOut):
    arrived: ArrivedOut

    @staticmethod
    def resolve_arrived(found: VoiceSession) -> queries.Arrived:
        return queries.arrived(found)


class SpokenWordOut(Schema):
    text: str
    from_ms: int
    to_ms: int
    sure: float = Field(description="From 0 to 1")


class SpokenLineOut(Schema):
    from_ms: int
    to_ms: int
    text: str
    speaker: int = Field(description="From 1, where two microphones tell who spoke; else 0")
    words: list[SpokenWordOut]


class TranscriptOut(Schema):
    session: VoiceSessionOut
    lines: list[SpokenLineOut]


class VoiceDraftOut(Schema):
    number: int
    engine: str
    model: str
    language: str
    took_ms: int
    body: dict[str, Any] = Field(
        description="sections, diagnoses, medicines, allergies and follow_up, each with sources"
    )


class DraftIn(Schema):
    engine: str = Field("", max_length=40, description="Empty: the drafter of the house")


class VerifyPartIn(Schema):
    decision: Decision
    text: str = Field("", max_length=20_000, description="What it says then; for EDITED alone")


class VerifyItemIn(Schema):
    """An item that is taken, by its number in the draft (from 0); of what is flagged with the reason."""

    number: int = Field(0, ge=0, le=500)
    reason: str = Field("", max_length=300)
    strength: str = Field("", max_length=60)
    dose: Decimal | None = None
    dose_unit: str = Field("", max_length=20)
    frequency: str = Field("", max_length=10)
    every_hours: int | None = None
    most_a_day: int | None = None
    days: int | None = None
    route: str = Field("", max_length=40)
    instructions: str = Field("", max_length=200, description="What else is written on the line: For pain")


class VerifyIn(Schema):
    """What the doctor decided; every section that says something is named, items that are not are left."""

    draft_number: int
    sections: dict[str, VerifyPartIn]
    diagnoses: list[VerifyItemIn] = []
    medicines: list[VerifyItemIn] = []
    allergies: list[VerifyItemIn] = []
    follow_up: VerifyItemIn | None = None

    def decisions(self) -> Decisions:
        def taken(rows: list[VerifyItemIn]) -> list[Taken]:
            return [Taken(**row.dict()) for row in rows]

        return Decisions(
            draft_number=self.draft_number,
            sections={name: Part(part.decision, part.text) for name, part in self.sections.items()},
            diagnoses=taken(self.diagnoses),
            medicines=taken(self.medicines),
            allergies=taken(self.allergies),
            follow_up=Taken(**self.follow_up.dict()) if self.follow_up else None,
        )


class DraftCountsOut(Schema):
    """What doctors made of drafts, in numbers that name nobody."""

    words_drafted: int
    words_kept: int
    accepted: int = Field(description="Sections, as those edited and rejected")
    edited: int
    rejected: int
    items_taken: int = Field(description="Diagnoses, medicines, allergies and follow-ups")
    items_left: int
    flagged: int | None = Field(description="Statements and items that were not said, or not so; null: not counted yet")
    flagged_taken: int | None = Field(description="Of those items, how many a doctor meant all the same")


class VerifiedOut(DraftCountsOut):
    session_id: UUID = Field(alias="draft.session_id")
    verified_by: str
    verified_at: datetime
    prescription_id: UUID | None
    follow_up_id: UUID | None
