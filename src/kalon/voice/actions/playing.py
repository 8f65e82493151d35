"""Listening to what was recorded: a few seconds at a time, by whoever may, with each time in the log."""

import io
import wave
from dataclasses import dataclass
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.voice import queries
from kalon.voice.actions.decoding import NotSound, Piece, decoded
from kalon.voice.actions.listening import RATE
from kalon.voice.models import Chunk, Outbound, Span, VoiceSession

LONGEST = 60.0  # seconds that are played at once
DELETED = "The sound of this recording is deleted; what was said is still there to read."
HEAD, A_MS = 44, 2 * RATE // 1000  # bytes of a header, and of a millisecond of sound
AT_ONCE = 20_000  # milliseconds that one request for a part of the whole is answered with


@dataclass(frozen=True, slots=True)
class Played:
    """A part of the recording as one WAV file: the bytes from `first` on, of `total`."""

    content: bytes
    first: int
    total: int

    @property
    def last(self) -> int:
        return self.first + len(self.content) - 1


@verb
def look(pk: UUID, *, purpose: str, by: Actor) -> VoiceSession:
    """A recording about to be shown, with the read in the log."""
    found = queries.session(pk, seen_by=by)
    audit.read(by, found, purpose=purpose)
    return found


@verb
def glance(pk: UUID, *, screen: str, by: Actor) -> VoiceSession:
    """A recording on a screen that refreshes by itself: one line of the log a quarter of an hour."""
    found = queries.session(pk, seen_by=by)
    audit.sights(by, [found], screen=screen)
    return found


@verb
def look_at_sent(pk: UUID, *, by: Actor) -> Outbound:
    """A text that was to leave the clinic, about to be shown, with the read in the log."""
    found = queries.sent_one(pk, seen_by=by)
    audit.read(by, found, purpose="read what was sent to an outside engine")
    return found


@verb
def play(pk: UUID, *, at: float, seconds: float, by: Actor) -> bytes:
    """Some seconds of the sound as a WAV file, from a second of the recording on; the listening is in the log."""
    queries.must_listen(by)
    found = queries.session(pk, seen_by=by)
    if queries.is_gone(found):
        raise IllegalMove(DELETED)
    if not (0 <= at < 86_400 and 0 < seconds <= LONGEST):
        raise Invalid(f"Ask for at most {LONGEST:.0f} seconds of the recording.", field="seconds")
    audit.note(
        by, audit.Kind.READ, found, purpose="listened to the recording", facts={"from": int(at), "for": int(seconds)}
    )
    return _file(_samples(found, at, seconds))


@verb
def play_bytes(pk: UUID, first: int, last: int | None = None, *, by: Actor) -> Played:
    """Bytes of the recording as if it were one WAV file, as a player asks for them; at most some seconds at once.

    The listening is in the log. Raises `Invalid` for bytes that there are not.
    """
    queries.must_listen(by)
    found = queries.session(pk, seen_by=by)
    if queries.is_gone(found):
        raise IllegalMove(DELETED)
    total = HEAD + found.transcript.heard_ms * A_MS
    if not 0 <= first < total or (last is not None and last < first):
        raise Invalid(f"The recording has {total} bytes as sound.", field="range")
    from_ms = max(0, first - HEAD) // A_MS
    to_ms = min(from_ms + AT_ONCE, found.transcript.heard_ms)
    if last is not None:
        to_ms = min(to_ms, -(-max(0, last + 1 - HEAD) // A_MS))
    content = _whole_head(total) if first < HEAD else b""
    if to_ms > from_ms:
        facts = {"from": from_ms // 1000, "for": -(-(to_ms - from_ms) // 1000)}
        audit.note(by, audit.Kind.READ, found, purpose="listened to the recording", facts=facts)
        wanted = (to_ms - from_ms) * A_MS
        content += _samples(found, from_ms / 1000, (to_ms - from_ms) / 1000)[:wanted].ljust(wanted, b"\0")
    begins = first if first < HEAD else first - HEAD - from_ms * A_MS
    ends = None if last is None else begins + last + 1 - first
    return Played(content[begins:ends], first, total)


def _whole_head(total: int) -> bytes:
    """The header of the whole recording as one file."""
    head = bytearray(_file(b""))
    head[4:8], head[40:44] = (total - 8).to_bytes(4, "little"), (total - HEAD).to_bytes(4, "little")
    return bytes(head)


def _samples(found: VoiceSession, at: float, seconds: float) -> bytes:
    """Found by the stretch of words in which that second lies; from the beginning where none is before it."""
    near = (
        Span.objects.filter(transcript__session_id=found.pk, from_ms__lte=int(at * 1000)).order_by("-from_ms").first()
    )
    take, take_ms, enter_at = (near.take, near.take_ms, near.enter_at) if near else (0, 0, 0)
    try:
        got = decoded(found, _pieces(found, take), enter_at=enter_at, start=at - take_ms / 1000, most=seconds)
    except NotSound as error:
        raise NotFound(str(error)) from error
    if not len(got.samples):
        raise NotFound("The recording is not that long.")
    return bytes((got.samples * 32_767).astype("<i2").tobytes())


def _pieces(found: VoiceSession, take: int) -> list[Piece]:
    """The chunks of the take that begins with this one."""
    rows = Chunk.objects.filter(session_id=found.pk, index__gte=take).order_by("index")
    pieces: list[Piece] = []
    for index, begins, entry in rows.values_list("index", "begins", "entry"):
        if pieces and (begins or index != take + len(pieces)):
            break
        pieces.append(Piece(index, begins, entry))
    if not pieces:
        raise NotSound("Nothing of this recording has arrived yet.")
    return pieces


def _file(samples: bytes) -> bytes:
    box = io.BytesIO()
    with wave.open(box, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    return box.getvalue()
