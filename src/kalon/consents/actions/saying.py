"""Agreeing aloud to a recording: the sentence read out, kept as evidence, and a member of staff who heard it."""

import io
import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

from kalon.consents import queries
from kalon.consents.actions.signing import sign
from kalon.consents.lifecycles import SIGN, Kind
from kalon.consents.models import Consent, Spoken
from kalon.consents.rules import Role, Signing, checked
from kalon.consents.rules.spoken import HEARD_BY, LEAST_MS, LOUD, MOST_MS, MOST_SOUND, SAID_BY, container_of, sentence
from kalon.kernel import audit, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady, TooLarge
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

NOT_SAID = IllegalMove("To this one agrees in writing. Only recordings of visits can be agreed to aloud.")
NO_WITNESS = NotReady(
    "This form asks for no signature of the staff, so nobody would witness what is said. Sign it, or change the form."
)
NO_SOUND = Invalid("This is no recording. Press Record, let the sentence be read out, then stop.", field="sound")
SILENT = Invalid("Nothing can be heard in this recording. Hold the tablet nearer and record it again.", field="sound")


@dataclass(frozen=True, slots=True)
class Said:
    """What came from the tablet: the sound, how many confirmations were given, and which words were shown.

    Where a guardian decides, also the guardian's name and what they are to the patient.
    """

    sound: bytes
    ticked: int
    words: str
    name: str = ""
    relation: str = ""


def who_says(consent: Consent) -> Role | None:
    """Who agrees aloud: the patient, or the guardian where one decides; nobody where it has to be in writing."""
    if consent.kind != Kind.RECORDING:
        return None
    return next((role for role in SAID_BY if str(role) in consent.signers), None)


def sentence_of(consent: Consent, *, name: str = "", relation: str = "") -> str:
    """What the patient, or the guardian of that name, reads out to agree."""
    whole = {"patient": consent.patient.name, "clinic": consent.branch.name}
    if who_says(consent) == Role.GUARDIAN:
        whole |= {"name": " ".join(name.split()), "relation": " ".join(relation.split())}
    return sentence(consent.language, **whole)


@verb
def say(pk: UUID, said: Said, *, by: Actor) -> Consent:
    """The patient agreed aloud: the recording is kept, and whoever is signed in says in their name that they heard it.

    For a minor, or an adult under guardianship, the guardian says it, with their name and what they are to the
    patient. To recordings alone, at the clinic. The last signature seals it, as any other.
    """
    by.must(SIGN, do="sign consents")
    consent = queries.consent(pk, seen_by=by, lock=True)
    witness = people.staff_of(by)
    if witness is None or by.user_id is None:
        raise NotPermitted("Agreeing aloud is heard by a member of staff, signed in as themselves.")
    role = may_be_said(consent)
    own = _own(consent, said, role)
    made = _kept(consent, said, role, witness, by)
    sign(pk, replace(own, spoken=made.pk), by=by)
    return sign(pk, Signing(str(HEARD_BY), witness.name, words=said.words), by=by)


@verb
def hear_said(pk: UUID, *, by: Actor) -> tuple[Spoken, bytes]:
    """The sound of what was said, as it was recorded; the listening is in the log."""
    consent = queries.consent(pk, seen_by=by)
    found = Spoken.objects.filter(consent=consent).select_related("patient").first()
    if found is None or found.data_key is None:
        raise NotFound("Nothing was said aloud under this consent.")
    audit.note(by, audit.Kind.READ, consent, purpose="listened to a spoken consent")
    half = bytes.fromhex(str(found.half))
    sound = b"".join(crypto.unseal_chunks(BytesIO(bytes(found.sealed)), found.data_key, _place(found.pk), half=half))
    return found, sound


def may_be_said(consent: Consent) -> Role:
    """Who says it; refused where agreeing aloud is not enough."""
    role = who_says(consent)
    if role is None:
        raise NOT_SAID
    if str(HEARD_BY) not in consent.signers:
        raise NO_WITNESS
    return role


def _own(consent: Consent, said: Said, role: Role) -> Signing:
    """The signature of who says it; a guardian is named, is something to the patient, and is somebody else."""
    by_guardian = role == Role.GUARDIAN
    name = said.name if by_guardian else consent.patient.name
    relation = said.relation if by_guardian else ""
    own = Signing(str(role), name, relation=relation, ticked=said.ticked, words=said.words)
    kept = checked(own, ticks=0)  # how many were given is looked at where it is signed
    if by_guardian and kept.name.casefold() == consent.patient.name.casefold():
        raise Invalid("Write the guardian's own name: somebody else decides for this patient.", field="name")
    return kept


def _kept(consent: Consent, said: Said, role: Role, witness: Any, by: Actor) -> Spoken:
    sound = said.sound
    container, took_ms = container_of(sound), _length(sound)
    made = Spoken(
        id=uuid7(), organization_id=consent.organization_id, patient=consent.patient, consent=consent,
        content_sha256=consent.content_sha256, said_by=str(role), container=container,
        sentence=sentence_of(consent, name=said.name, relation=said.relation),
        sha256=sha256(sound).hexdigest(), size=len(sound), took_ms=took_ms, spoken_at=clock.now(),
        heard_by=witness, user_id=by.user_id,  # type: ignore[misc]
    )  # fmt: skip
    half = secrets.token_bytes(32)
    made.half = half.hex()
    box = io.BytesIO()
    crypto.seal_file(BytesIO(sound), box, made.data_key, _place(made.pk), half=half)
    made.sealed = box.getvalue()
    made.save(force_insert=True)
    return made


def _place(pk: UUID) -> str:
    return f"consents_spoken:{pk}"


def _length(sound: bytes) -> int:
    """How long it is, in milliseconds; refused where it is no sound, too short, too long, or silent."""
    import av
    import numpy

    if not container_of(sound):
        raise NO_SOUND
    if len(sound) > MOST_SOUND:
        raise TooLarge("This recording is too long. Let the sentence be read out, and nothing else.", field="sound")
    samples, loudest = 0, 0.0
    try:
        with av.open(io.BytesIO(sound), mode="r") as source:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=8_000)
            for frame in source.decode(audio=0):
                for plain in resampler.resample(frame):
                    samples += plain.samples
                    loudest = max(loudest, float(numpy.abs(plain.to_ndarray()).max(initial=0)))
    except (av.error.FFmpegError, IndexError) as error:
        raise NO_SOUND from error
    took_ms = samples // 8
    if not LEAST_MS <= took_ms <= MOST_MS:
        raise Invalid("Record the whole sentence, and nothing else: between two and sixty seconds.", field="sound")
    if loudest < LOUD:
        raise SILENT
    return took_ms
