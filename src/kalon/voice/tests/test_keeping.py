"""How long a recording is kept: by the clinic's days, beyond them under a hold, gone with all that was made of it."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from kalon.kernel import clock, crypto, rotation
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.scheduling.tests.clinic import EIGHT
from kalon.voice import actions, queries
from kalon.voice.models import Mapping, Outbound
from kalon.voice.tests.conftest import Echo, Room
from kalon.voice.tests.test_drafts import drafted
from kalon.voice.tests.test_pages import at, client, words
from kalon.voice.tests.test_recording import attack


def after(days: int) -> Any:
    return clock.at(EIGHT + timedelta(days=days))


def test_sound_goes_after_a_year_and_words_after_seven_unless_held_or_decided_otherwise(room: Room):
    found = drafted(room)
    actions.hold(found.pk, "Complaint 7", by=room.office.owner)
    for days in (366, 2_558):
        with after(days):
            assert actions.forget_due(by=room.system) == 0, "a legal matter holds it"
    actions.end_hold(found.pk, "Settled", by=room.office.owner)
    for days, gone in ((364, 0), (366, 1), (2_556, 0), (2_558, 1), (2_600, 0)):
        with after(days):
            assert actions.forget_due(by=room.system) == gone, days
            now = room.again(found)
            assert (now.data_key is None, now.transcript.data_key is None) == (days > 365, days > 2_557)
    assert room.lines(found) == []
    actions.set_policy(sound_days=30, words_days=365, by=room.office.owner)
    again = room.recorded()
    with after(31):
        assert actions.forget_due(by=room.system) == 1 and room.again(again).data_key is None


def test_what_was_sent_goes_with_the_words_and_is_held_with_them(room: Room, settings: Any, tmp_path: Path):
    found = drafted(room)
    actions.register_people(found.pk, by=room.doctor)
    room.switches_on()
    sent = actions.ask(found.pk, "It hurts badly.", Echo(), by=room.doctor)
    settings.KALON_KEYS_DIR = copytree(settings.KALON_KEYS_DIR, tmp_path / "keys")
    before = crypto.masters()
    crypto.rotate_master()
    assert rotation.rewrap_all() >= 5 and not any(map(rotation.still_wrapped_by, before))
    desk = client(room.office.owner)
    assert "Heard: It hurts badly." in words(desk.get(at("sent", sent.pk)))
    actions.hold(found.pk, "Complaint 7", by=room.office.owner)
    for table in ("voice_outbound", "voice_mapping"):
        assert attack(room.doctor, f"UPDATE {table} SET data_key = NULL") == f"{table}_held"
    with after(8):
        assert actions.forget_expired(by=room.system) == 0, "a legal matter holds it"
    actions.end_hold(found.pk, "Settled", by=room.office.owner)
    actions.discard(found.pk, "The patient wishes it", by=room.doctor)
    with acting_as(room.doctor):
        row = Outbound.objects.get()
        assert (row.data_key, str(row.sent), str(row.received)) == (None, "erased", "erased")
        assert Mapping.objects.get().data_key is None
        proofs = {one["what"] for one in queries.destroyed_of(room.again(found), seen_by=room.doctor)}
    assert proofs == set(queries.outbound.TABLES.values()) - {"What was verified of a draft"}
    page = words(desk.get(at("sent", sent.pk)))
    assert "It was deleted" in page and "hurts" not in page
    assert attack(room.doctor, "UPDATE voice_outbound SET data_key = 'x'") == "voice_outbound_kept"


def test_an_answer_that_comes_after_the_recording_was_thrown_away_is_not_kept(room: Room):
    found = drafted(room)
    actions.register_people(found.pk, by=room.doctor)
    room.switches_on()

    class Slow(Echo):
        def __call__(self, text: str, leaves: Any) -> actions.Answer:
            actions.discard(found.pk, "The patient wishes it", by=room.doctor)
            return super().__call__(text, leaves)

    with pytest.raises(NotReady, match="deleted"):
        actions.ask(found.pk, "It hurts.", Slow(), by=room.doctor)
    with acting_as(room.doctor):
        row = Outbound.objects.get()
        assert row.received is None and row.failure.startswith("The recording was deleted")
