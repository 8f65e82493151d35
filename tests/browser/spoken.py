"""What the pages of recordings are opened on: a recording, one with its draft, and a text that went outside."""

from hashlib import sha256
from typing import Any

from kalon.voice import actions as voice
from kalon.voice.actions.listening import Heard, use
from kalon.voice.rules.lines import Line, Word
from kalon.voice.tests.conftest import TERMS, Echo, Sums, chunks
from tests.journeys.story import Story

SAID = (
    "Good morning, what brings you here?",
    "I have brown patches on both cheeks for two years.",
    "I am allergic to penicillin, it gave me a rash.",
    "On examination there is a brown patch on the left malar area.",
    "This is melasma.",
    "I will prescribe cetirizine 10 mg, one tablet at night for five days.",
    "Come back in four weeks.",
)


class Tells(Sums):
    """A listener that hears a consultation, spread over the sound."""

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        step = round(len(samples) / 16 / len(SAID))
        return Heard(tuple(_line(at * step, step, text) for at, text in enumerate(SAID)), "en", 0.99)


def rows(story: Story, recording: Any, waiting: Any) -> dict[str, dict[str, Any]]:
    """The examples of the addresses of recordings that name something else than a recording."""
    owner = story.place.by["owner"]
    voice.register_people(recording.pk, by=story.doctor)
    voice.decide_engine("claude", TERMS, by=owner)
    sent = voice.ask(recording.pk, "Brown patches on both cheeks for two years.", Echo(), by=story.doctor)
    pattern = voice.add_pattern(name="Locker", regex=r"\bLK-\d{4}\b", token="[LOCKER_REDACTED]", by=owner)
    asked = voice.ask_to_record(recording.consultation_id, by=story.doctor)
    drafts = {f"voice:{name}": {"pk": waiting.pk} for name in ("verify", "recording")}
    named = {"voice:sent": {"pk": sent.pk}, "voice:reword_pattern": {"pk": pattern.pk}}
    return {**drafts, **named, "consents:say": {"pk": asked}}


def drafted(story: Story, visit: Any) -> Any:
    """A recording of a visit whose note is drafted and waits for the doctor."""
    found = voice.begin(visit.pk, by=story.doctor)
    voice.start(found.pk, by=story.doctor)
    parts = chunks()
    for index, part in enumerate(parts):
        sent = voice.Sent(index, sha256(part).hexdigest(), "audio/webm")
        voice.take_in(found.pk, sent, part, by=story.doctor)
    voice.finish(found.pk, len(parts), by=story.doctor)
    with use(Tells):
        while story.carry_out():
            pass
    return found


def _line(start: int, length: int, text: str) -> Line:
    said = text.split()
    each = length // len(said)
    words = tuple(Word(one, start + at * each, start + (at + 1) * each, 0.9) for at, one in enumerate(said))
    return Line(start, start + length, text, words)
