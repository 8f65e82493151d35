"""Taking the sound in, a few seconds at a time: none lost, none twice, whatever the network does."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db.models import Sum

from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady, TooLarge
from kalon.kernel.tenancy import verb
from kalon.voice import queries
from kalon.voice.actions.sessions import hear_soon
from kalon.voice.lifecycles import NOT_AGREED, RECORD, TAKES_SOUND
from kalon.voice.models import Chunk, VoiceSession
from kalon.voice.rules import sound

NO_SOUND = "This is no sound that can be kept. Send WebM, MP4, Ogg or WAV, from its beginning."
NO_MORE = "This recording takes no more sound."


@dataclass(frozen=True, slots=True)
class Sent:
    """A chunk as a tablet sends it: its number, its fingerprint (SHA-256 in hex) and the type of its container."""

    index: int
    sha256: str
    content_type: str


@verb
def take_in(pk: UUID, sent: Sent, content: bytes, *, by: Actor) -> VoiceSession:
    """Keep a chunk, encrypted. The same one sent again is answered as it was; another under its number is refused.

    Raises `Invalid` for what is no sound or not what its fingerprint says, `TooLarge`, `NotReady` without a live
    consent, `Clash` for another chunk of that number, `IllegalMove` where the recording takes no more.
    """
    _whole(sent, content)
    found = queries.session(pk, seen_by=by, lock=True)
    by.must(RECORD, at=found.branch_id, do="record a consultation")
    before = Chunk.objects.filter(session_id=pk, index=sent.index).values_list("sha256", flat=True).first()
    if before is not None:
        if before != sent.sha256:
            raise Clash(f"Another chunk with the number {sent.index} is here. Is a second tablet recording?")
        return found
    container = sound.container_named(sent.content_type)
    shape = _shape(found, container, sent, content)
    _taken(found, content)
    if not found.container:
        found.container = container
        found.save(update_fields=["container"])
    _keep(found, sent, shape, content)
    hear_soon(found)
    return found


def _whole(sent: Sent, content: bytes) -> None:
    if not 0 <= sent.index < sound.MOST_CHUNKS:
        raise Invalid(f"The number of a chunk is from 0 to {sound.MOST_CHUNKS - 1}.", field="index")
    if not content:
        raise Invalid("This chunk is empty.", field="content")
    if len(content) > sound.MOST_BYTES:
        raise TooLarge(f"A chunk is at most {sound.MOST_BYTES // 1024 // 1024} MB. Send a few seconds at a time.")
    if sha256(content).hexdigest() != sent.sha256.lower():
        raise Invalid("This chunk is not what its fingerprint says. Send it again.", field="sha256")


def _shape(found: VoiceSession, container: str, sent: Sent, content: bytes) -> sound.Shape:
    if not container:
        raise Invalid(NO_SOUND, field="content_type")
    if found.container and container != found.container:
        raise Invalid(f"This recording is kept as {found.container}; this chunk is {container}.", field="content_type")
    shape = sound.shape_of(content, container)
    if shape.begins != container and (shape.begins or sent.index == 0):
        raise Invalid(NO_SOUND, field="content")
    return shape


def _taken(found: VoiceSession, content: bytes) -> None:
    if found.status not in TAKES_SOUND or queries.is_gone(found):
        raise IllegalMove(NO_MORE, status_is=str(found.status))
    if not found.consent_holds():
        raise NotReady(NOT_AGREED, needs="RECORDING")
    so_far = Chunk.objects.filter(session_id=found.pk).aggregate(all=Sum("size"))["all"] or 0
    if so_far + len(content) > sound.MOST_SOUND:
        raise TooLarge("This recording is as long as one can be. Finish it and begin another one.")


def _keep(found: VoiceSession, sent: Sent, shape: sound.Shape, content: bytes) -> None:
    refusals = {
        "voice_chunk_once": Clash(f"Another chunk with the number {sent.index} is here."),
        "voice_chunk_consented": NotReady(NOT_AGREED, needs="RECORDING"),
        "voice_chunk_open": IllegalMove(NO_MORE, status_is=str(found.status)),
    }
    row = Chunk(
        organization_id=found.organization_id, patient_id=found.patient_id, session=found, index=sent.index,
        sha256=sent.sha256.lower(), size=len(content), begins=bool(shape.begins), entry=shape.entry,
        sealed=queries.sealed(content, found, queries.chunk_place(found.pk, sent.index)),
    )  # fmt: skip
    with refusing(refusals):
        row.save(force_insert=True)
