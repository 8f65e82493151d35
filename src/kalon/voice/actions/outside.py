"""A recogniser outside the clinic, asked only where the clinic switched it on and the patient agreed to exactly that.

Before a stretch of sound leaves, it is written down with what it can cost, and the database looks at the consent once
more; what the one outside does not hear, the engine of the house does.
"""

from collections.abc import Callable
from time import monotonic

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.voice import queries
from kalon.voice.actions.engines import deepgram
from kalon.voice.actions.listening import RATE, Engine, Heard, Samples, spoken
from kalon.voice.actions.usage import Used, leaves, reserve, settle
from kalon.voice.models import UsageKind, VoiceSession

UNDERSTANDS = ("", "en")  # where another language was heard, the house goes on listening


def listener_of(found: VoiceSession, house: Callable[[], Engine], *, by: Actor) -> Callable[[], Engine]:
    """Who listens to this recording now."""
    if not queries.may_leave(found, seen_by=by):
        return house
    terms = queries.terms(seen_by=by).split(", ")
    return lambda: Outside(found, terms, house, by)


class Outside:
    """Deepgram for one recording, and the engine of the house where it does not answer."""

    def __init__(self, found: VoiceSession, terms: list[str], house: Callable[[], Engine], by: Actor) -> None:
        self.found, self.terms, self.house, self.by = found, terms, house, by
        self.name = f"deepgram {deepgram.MODEL}"

    def speech(self, samples: Samples) -> list[tuple[float, float]]:
        """Told in the house: of what holds no speech nothing leaves."""
        return spoken(samples)

    def recognise(self, samples: Samples, *, hotwords: str, language: str) -> Heard:
        heard = self._asked(samples) if language in UNDERSTANDS else None
        if heard is not None:
            return heard
        listener = self.house()
        self.name = listener.name
        return listener.recognise(samples, hotwords=hotwords, language=language)

    def _asked(self, samples: Samples) -> Heard | None:
        used = Used(heard_ms=round(len(samples) * 1000 / RATE))
        try:
            with acting_as(self.by):
                row = reserve(self.found, queries.DEEPGRAM, UsageKind.HEARD, used, by=self.by)
                leaves(row.pk, by=self.by)
        except NotReady:
            return None  # switched off, spent or withdrawn meanwhile
        began, failure = monotonic(), ""
        heard: Heard | None = None
        try:
            lines, sure = deepgram.recognise(samples, terms=self.terms)
            heard = Heard(lines, "en", sure)
        except deepgram.Refused as error:
            used, failure = Used(), str(error)
        except deepgram.NoWords as error:
            failure = str(error)
        took = round((monotonic() - began) * 1000)
        settle(row.pk, used, took_ms=took, model=deepgram.MODEL, failure=failure, by=self.by)
        return heard
