"""Listening to a recording, a stretch at a time: while it runs and after it, from where the last stretch ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.events import announce
from kalon.kernel.tenancy import acting_as, verb
from kalon.voice import queries
from kalon.voice.actions.decoding import Decoded, NotSound, Piece, decoded
from kalon.voice.actions.listening import RATE, CannotListen, Engine, Heard, engine
from kalon.voice.actions.outside import listener_of
from kalon.voice.actions.sessions import draft_soon, hear_soon
from kalon.voice.actions.usage import Used, note
from kalon.voice.events import Transcribed
from kalon.voice.lifecycles import SESSION, TAKES_SOUND, Status
from kalon.voice.models import Chunk, Span, Transcript, UsageKind, VoiceSession
from kalon.voice.rules.lines import Line, written
from kalon.voice.rules.turns import told_apart
from kalon.voice.rules.windows import LONGEST, cut_at

AT_ONCE = LONGEST + 2  # seconds that are decoded for one stretch
BROKE_OFF = "Listening broke off. Try again; if it breaks off again, look at ./kalon doctor."


@dataclass(frozen=True, slots=True)
class Take:
    """The take that is being listened to: its chunks that are here without a gap, and whether that is all of it."""

    session: VoiceSession
    words: Transcript
    pieces: Sequence[Piece]
    is_closed: bool

    @property
    def start(self) -> float:
        """The second of the take at which the next stretch begins."""
        return (self.words.heard_ms - self.words.take_ms) / 1000

    @property
    def following(self) -> int:
        return self.pieces[-1].index + 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that was listened to: how long it was, what was said, how to go on, and how long listening took."""

    ms: int
    lines: tuple[Line, ...]
    language: str
    engine: str
    enter_at: int
    ends_take: bool
    took_ms: int


def hear(pk: UUID, *, by: Actor) -> bool:
    """Listen to the next stretch of a recording, in units of work of its own; whether there was one.

    Nothing is kept in memory but that stretch. A recording that is finished and cannot be listened to is marked failed,
    with a sentence; one that still runs goes on, and is listened to later.
    """
    with acting_as(by):
        take = _take(pk, by)
        if take is not None:
            hotwords = queries.hotwords(take.session, seen_by=by)
            listener = listener_of(take.session, engine, by=by)
    if take is None:
        conclude(pk, by=by)
        return False
    try:
        stretch = _listened(take, listener(), hotwords)
    except (CannotListen, NotSound) as error:
        give_up(pk, str(error), by=by)
        return False
    except (RuntimeError, ValueError, MemoryError):
        give_up(pk, BROKE_OFF, by=by)
        return False
    return stretch is not None and write(pk, take.words.heard_ms, stretch, by=by)


@verb
def write(pk: UUID, heard_ms: int, stretch: Stretch, *, by: Actor) -> bool:
    """Keep what was heard in a stretch; nothing where another worker was faster or the consent has ended."""
    found = queries.session(pk, seen_by=by, lock=True)
    words = found.transcript
    if words.heard_ms != heard_ms or found.status not in TAKES_SOUND or not found.consent_holds():
        return False
    if stretch.lines:
        Span(
            organization_id=found.organization_id, patient_id=found.patient_id, transcript=words, from_ms=heard_ms,
            to_ms=heard_ms + stretch.ms, language=stretch.language, take=words.take, take_ms=words.take_ms,
            enter_at=words.enter_at,
            sealed=queries.sealed(written(stretch.lines), words, queries.span_place(words.pk, heard_ms)),
        ).save(force_insert=True)  # fmt: skip
        words.words += sum(len(line.text.split()) for line in stretch.lines)
        words.language = words.language or stretch.language
    words.heard_ms += stretch.ms
    words.enter_at, words.engine = stretch.enter_at, stretch.engine
    words.took_ms += stretch.took_ms
    if stretch.ends_take:
        words.take, words.take_ms, words.heard_parts = stretch.enter_at, words.heard_ms, stretch.enter_at
    words.save()
    hear_soon(found)
    return True


@verb
def conclude(pk: UUID, *, by: Actor) -> None:
    """A finished recording of which everything was heard is written down."""
    found = queries.session(pk, seen_by=by, lock=True)
    if found.status != Status.PAUSED or not found.is_finished or not found.is_heard() or not found.consent_holds():
        return
    SESSION.move(found, "write_down", by=by)
    words = found.transcript
    here = words.heard_ms - queries.heard_outside(found)
    if here > 0:
        note(found, words.engine, UsageKind.HEARD, Used(heard_ms=here), took_ms=words.took_ms, by=by)
    draft_soon(found)
    announce(Transcribed(found.pk, found.consultation_id, found.patient_id, found.organization_id, by))


@verb
def give_up(pk: UUID, why: str, *, by: Actor) -> None:
    """Say of a finished recording that it could not be written down; one that runs is tried again by itself."""
    found = queries.session(pk, seen_by=by, lock=True)
    if found.status == Status.PAUSED and found.is_finished:
        SESSION.move(found, "fail", by=by, failure=why[:300])


def _take(pk: UUID, by: Actor) -> Take | None:
    """What is there to listen to; None where nothing is, or nobody may."""
    found = queries.session(pk, seen_by=by)
    words = found.transcript
    if found.status not in TAKES_SOUND or queries.is_gone(found) or not found.consent_holds():
        return None
    rows = Chunk.objects.filter(session_id=pk, index__gte=words.take).order_by("index")
    if found.parts is not None:
        rows = rows.filter(index__lt=found.parts)
    pieces: list[Piece] = []
    is_closed = False
    for index, begins, entry in rows.values_list("index", "begins", "entry"):
        if index != words.take + len(pieces):
            break
        if pieces and begins:
            is_closed = True
            break
        pieces.append(Piece(index, begins, entry))
    if not pieces:
        return None
    is_closed = is_closed or pieces[-1].index + 1 == found.parts
    return Take(found, words, pieces, is_closed)


def _listened(take: Take, listener: Engine, hotwords: str) -> Stretch | None:
    """The next stretch of a take; None where it is too short yet, and more may come."""
    began = monotonic()
    got = _decoded(take)
    if got is None:
        return None
    is_last = take.is_closed and got.ended
    speech = listener.speech(got.samples) if len(got.samples) else []
    cut = cut_at(got.seconds, speech, closed=is_last)
    if cut is None:
        return None
    said = Heard((), "", 0.0)
    if any(start < cut for start, _end in speech):
        samples = got.samples[: int(cut * RATE)]
        said = listener.recognise(samples, hotwords=hotwords, language=take.words.language)
    ends_take = is_last and cut >= got.seconds
    return Stretch(
        ms=round(cut * 1000),
        lines=tuple(line.later(take.words.heard_ms) for line in told_apart(said.lines, got.sides)),
        language=said.language,
        engine=listener.name,
        enter_at=take.following if ends_take else got.enter_for(take.start + cut, take.words.enter_at),
        ends_take=ends_take,
        took_ms=round((monotonic() - began) * 1000),
    )


def _decoded(take: Take) -> Decoded | None:
    try:
        return decoded(take.session, take.pieces, enter_at=take.words.enter_at, start=take.start, most=AT_ONCE)
    except NotSound:
        if take.is_closed and take.session.is_finished:
            raise
        return None  # a header alone, perhaps: the next chunk tells
