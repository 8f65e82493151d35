"""Hearing a spoken command: a few seconds of sound, recognised in the house, and kept nowhere."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, TooLarge
from kalon.kernel.tenancy import acting_as
from kalon.voice import queries
from kalon.voice.actions.listening import shared
from kalon.voice.actions.verifying import must_verify
from kalon.voice.rules.commands import Command, command


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard, and the command in it, if there is one."""

    text: str
    command: Command | None


def heard_command(session_id: UUID, sound: bytes, *, by: Actor) -> Heard:
    """What the consultation's doctor said to the screen; nothing is kept of it, and nothing is done by it here.

    It is listened to outside any unit of work. Raises `NotReady` where nobody listens, or not in time.
    """
    with acting_as(by):
        must_verify(queries.session(session_id, seen_by=by), by)
    if not sound:
        raise Invalid(shared.NO_SOUND, field="sound")
    if len(sound) > shared.MOST_BYTES:
        raise TooLarge(f"A command takes at most {shared.LONGEST} seconds.")
    text = shared.hear_order(sound)
    return Heard(text, command(text))
