"""What the pages of recordings are opened on: a recording, and a text of it that went outside."""

from typing import Any

from kalon.voice import actions as voice
from kalon.voice.tests.conftest import TERMS, Echo
from tests.journeys.story import Story


def rows(story: Story, recording: Any) -> dict[str, dict[str, Any]]:
    """The examples of the addresses of recordings that name something else than a recording."""
    owner = story.place.by["owner"]
    voice.register_people(recording.pk, by=story.doctor)
    voice.decide_engine("claude", TERMS, by=owner)
    sent = voice.ask(recording.pk, "Brown patches on both cheeks for two years.", Echo(), by=story.doctor)
    voice.add_pattern(name="Locker", regex=r"\bLK-\d{4}\b", token="[LOCKER_REDACTED]", by=owner)
    asked = voice.ask_to_record(recording.consultation_id, by=story.doctor)
    return {"voice:sent": {"pk": sent.pk}, "consents:say": {"pk": asked}}
