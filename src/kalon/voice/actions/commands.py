"""Hearing a spoken command: a few seconds of sound, recognised in the house, and kept nowhere."""

import io
from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotReady, TooLarge
from kalon.kernel.tenancy import verb
from kalon.voice import queries
from kalon.voice.actions.listening import RATE, CannotListen, Samples, engine
from kalon.voice.actions.verifying import must_verify
from kalon.voice.rules.commands import HINTS, Command, command

MOST_BYTES = 512 * 1024
LONGEST = 10  # seconds
NOTHING = "Nothing was heard. Hold the button, and speak."
NO_SOUND = Invalid("This is no sound. Hold the button, and speak.", field="sound")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard, and the command in it, if there is one."""

    text: str
    command: Command | None


@verb
def heard_command(session_id: UUID, sound: bytes, *, by: Actor) -> Heard:
    """What the consultation's doctor said to the screen; nothing is kept of it, and nothing is done by it here."""
    must_verify(queries.session(session_id, seen_by=by), by)
    if not sound:
        raise NO_SOUND
    if len(sound) > MOST_BYTES:
        raise TooLarge(f"A command takes at most {LONGEST} seconds.")
    samples = _samples(sound)
    try:
        listener = engine()
        said = listener.recognise(samples, hotwords=HINTS, language="en") if listener.speech(samples) else None
    except CannotListen as error:
        raise NotReady(str(error)) from error
    text = " ".join(line.text for line in said.lines) if said else ""
    return Heard(text, command(text))


def _samples(sound: bytes) -> Samples:
    import av
    import numpy

    parts: list[Samples] = []
    have = 0
    try:
        with av.open(io.BytesIO(sound), mode="r") as source:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in source.decode(audio=0):
                for plain in resampler.resample(frame):
                    parts.append(plain.to_ndarray().reshape(-1))
                    have += plain.samples
                if have > LONGEST * RATE:
                    break
    except (av.error.FFmpegError, IndexError) as error:
        raise NO_SOUND from error
    return numpy.concatenate(parts)[: LONGEST * RATE] if parts else numpy.zeros(0, numpy.float32)
