"""The states of a recorded consultation and every move between them (PRODUCT §3, VoiceSession)."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row

if TYPE_CHECKING:
    from kalon.voice.models import VoiceSession

VIEW, RECORD, LISTEN, KEEP = "voice.view", "voice.record", "voice.listen", "voice.keep"
ENGINES = "voice.engines"


class Status(TextChoices):
    CONSENTED = "CONSENTED", "Agreed to, not begun"
    RECORDING = "RECORDING", "Recording"
    PAUSED = "PAUSED", "Paused"
    TRANSCRIBED = "TRANSCRIBED", "Written down"
    DRAFTED = "DRAFTED", "Drafted"
    VERIFIED = "VERIFIED", "Verified"
    DISCARDED = "DISCARDED", "Discarded"
    FAILED = "FAILED", "Not written down"


S = Status
OPEN = (S.CONSENTED, S.RECORDING, S.PAUSED)
TAKES_SOUND = (S.RECORDING, S.PAUSED)

NOT_AGREED = "The patient has not agreed to a recording, or has withdrawn that. Ask for the consent first."
HELD = "This recording is kept for a legal matter. End the hold first."


def agreed(session: "VoiceSession") -> str | None:
    """The consent to a recording holds this moment."""
    return None if session.consent_holds() else NOT_AGREED


def all_heard(session: "VoiceSession") -> str | None:
    """Every chunk is there and was listened to."""
    return None if session.is_heard() else "Not all of the sound has been listened to yet."


def is_drafted(session: "VoiceSession") -> str | None:
    """There is a draft of its note."""
    return None if session.drafts.exists() else "Nothing is drafted of this recording yet."


def is_verified(session: "VoiceSession") -> str | None:
    """What a doctor decided of its draft is kept."""
    decided = session.drafts.filter(verified__isnull=False).exists()
    return None if decided else "A doctor reads the draft first, and accepts, edits or rejects each part of it."


def not_held(session: "VoiceSession") -> str | None:
    return HELD if session.held_at is not None else None


SESSION = Lifecycle(
    of="voice.VoiceSession",
    noun="recording",
    states=S,
    initial=(S.CONSENTED,),
    seals=(S.VERIFIED, S.DISCARDED),
    open_columns=("data_key", "sound_deleted_at", "sound_deleted_by", "held_at", "held_by", "held_reason"),
    moves=(
        Move("start", (S.CONSENTED,), S.RECORDING, "start the recording", RECORD, requires=(agreed,),
             where=(Row.filled("started_at"),), icon="mic"),
        Move("pause", (S.RECORDING,), S.PAUSED, "pause the recording", RECORD, icon="pause"),
        Move("go_on", (S.PAUSED,), S.RECORDING, "go on with the recording", RECORD, requires=(agreed,),
             where=(Row("finished_at", present=False, otherwise="This recording is finished. Begin another one."),),
             icon="mic"),
        Move("finish", (S.RECORDING,), S.PAUSED, "finish the recording", RECORD,
             where=(Row.filled("finished_at"), Row.filled("parts")), icon="square"),
        Move("write_down", (S.PAUSED,), S.TRANSCRIBED, "write down what was said", RECORD,
             requires=(agreed, all_heard), where=(Row.filled("finished_at"),), automatic=True),
        Move("fail", (S.PAUSED,), S.FAILED, "say that it could not be written down", RECORD,
             where=(Row.filled("failure"),), automatic=True),
        Move("try_again", (S.FAILED,), S.PAUSED, "try again to write it down", RECORD, requires=(agreed,),
             where=(Row("failure", present=False),), icon="rotate-ccw"),
        Move("draft", (S.TRANSCRIBED,), S.DRAFTED, "draft the note", RECORD, requires=(agreed, is_drafted),
             automatic=True),
        Move("verify", (S.DRAFTED,), S.VERIFIED, "verify the note", RECORD, requires=(agreed, is_verified),
             icon="badge-check"),
        Move("discard", (*OPEN, S.TRANSCRIBED, S.DRAFTED, S.FAILED), S.DISCARDED, "discard the recording", RECORD,
             requires=(not_held,), reason_needed=True, icon="trash-2"),
    ),
)  # fmt: skip
