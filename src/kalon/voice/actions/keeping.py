"""How long recordings are kept: the clinic's decision, legal holds, and the deletion that destroys the key."""

from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.tenancy import verb
from kalon.voice import queries
from kalon.voice.actions.sessions import forget_sound, forget_words
from kalon.voice.lifecycles import KEEP
from kalon.voice.models import Policy, VoiceSession

AT_ONCE = 50  # recordings deleted by one run of the job; the next takes the next ones


@verb
def set_policy(*, sound_days: int, words_days: int, by: Actor) -> Policy:
    """Decide for how many days sound is kept (1 to 3,660) and words (365 to 9,132)."""
    by.must(KEEP, do="decide how long recordings are kept")
    if not 1 <= sound_days <= 3660:
        raise Invalid("Sound is kept for 1 to 3,660 days.", field="sound_days")
    if not 365 <= words_days <= 9132:
        raise Invalid("Words are kept for 365 to 9,132 days.", field="words_days")
    held = queries.policy(seen_by=by)
    held.sound_days, held.words_days = sound_days, words_days
    held.save()
    audit.note(by, audit.Kind.CHANGE, held, purpose="how long recordings are kept")
    return held


@verb
def hold(pk: UUID, reason: str, *, by: Actor) -> VoiceSession:
    """Keep a recording beyond its time, for a legal matter."""
    found = _found(pk, by)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise Invalid("Write for which matter it is kept, in at most 300 characters.", field="reason")
    if found.data_key is None and found.transcript.data_key is None:
        raise IllegalMove("This recording is deleted; nothing of it is left to keep.")
    if found.held_at is not None:
        raise IllegalMove("This recording is kept for a legal matter already.")
    found.held_at, found.held_by, found.held_reason = clock.now(), by.name, reason
    return _saved(found, "recording held for a legal matter", reason, by)


@verb
def end_hold(pk: UUID, reason: str, *, by: Actor) -> VoiceSession:
    """End the hold: from now on its time counts again."""
    found = _found(pk, by)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 300:
        raise Invalid("Write why it need not be kept any more, in at most 300 characters.", field="reason")
    if found.held_at is None:
        raise IllegalMove("Nothing holds this recording.")
    found.held_at, found.held_by, found.held_reason = None, "", ""
    return _saved(found, "hold of a recording ended", reason, by)


@verb
def forget_due(*, by: Actor) -> int:
    """Delete what has been kept for its time: sound first, words later; how many keys were destroyed."""
    sounds = list(queries.sound_due(seen_by=by).select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    for found in sounds:
        forget_sound(found, by=by)
    words = list(queries.words_due(seen_by=by).select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    for one in words:
        forget_words(one, by=by)
    return len(sounds) + len(words)


def _found(pk: UUID, by: Actor) -> VoiceSession:
    found = queries.session(pk, seen_by=by, lock=True)
    by.must(KEEP, at=found.branch_id, do="hold recordings for a legal matter")
    return found


def _saved(found: VoiceSession, purpose: str, reason: str, by: Actor) -> VoiceSession:
    found.save(update_fields=["held_at", "held_by", "held_reason"])
    audit.note(by, audit.Kind.CHANGE, found, purpose=purpose, reason=reason)
    return found
