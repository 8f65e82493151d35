"""Listening: live and afterwards, over takes, gaps and silence; resumed where it broke off."""

import io
import wave
from itertools import pairwise
from typing import Any

import pytest

from kalon.kernel import outbox
from kalon.kernel.errors import IllegalMove, Invalid, NotFound
from kalon.voice import actions
from kalon.voice.actions.listening import CannotListen, Heard, engine, local, use
from kalon.voice.tests.conftest import SPEECH, Room, Sums, chunks


class Broken(Sums):
    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        raise RuntimeError("out of memory")


def no_model() -> Sums:
    raise CannotListen("There is no speech model. Install the speech model: ./kalon voice install-model")


def silence(seconds: int) -> bytes:
    box = io.BytesIO()
    with wave.open(box, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000 * seconds))
    return box.getvalue()


def test_what_was_said_is_written_down_after_the_end(room: Room):
    done = room.written()
    words = done.transcript
    assert done.status == "DRAFTED" and 11_500 < words.heard_ms < 11_900
    assert (words.engine, words.language, words.heard_parts) == ("sums", "en", len(chunks()))
    assert [line.from_ms for line in room.lines(done)] == [0] and 11_500 < room.lines(done)[0].to_ms < 11_900


def test_it_is_listened_to_while_it_runs(room: Room):
    found = room.recording()
    live: list[int] = []
    with use(Sums):
        for index, part in enumerate(chunks(SPEECH, 2_500)):
            room.send(found.pk, index, part)
            outbox.run_due()
            live.append(room.again(found).transcript.heard_ms)
        during = room.lines(found)
        actions.finish(found.pk, len(chunks(SPEECH, 2_500)), by=room.doctor)
        outbox.run_due()
    done = room.again(found)
    lines = room.lines(done)
    assert live == sorted(live) and 0 < live[-1] < done.transcript.heard_ms
    assert during and lines[: len(during)] == during
    assert done.status == "DRAFTED" and 11_500 < done.transcript.heard_ms < 11_900
    assert all(one.to_ms <= two.from_ms for one, two in pairwise(lines))


def test_a_recorder_that_began_anew_continues_on_the_same_clock(room: Room):
    parts = [*chunks(), *chunks()]  # a reload: the second take has a header of its own
    found = room.recorded(parts)
    with use(Sums):
        outbox.run_due()
    done = room.again(found)
    assert done.status == "DRAFTED" and 23_000 < done.transcript.heard_ms < 23_800
    starts = [line.from_ms for line in room.lines(done)]
    assert len(starts) == 2 and 11_500 < starts[1] < 11_900


def test_nothing_is_concluded_while_a_chunk_is_missing(room: Room):
    found, parts = room.recording(), chunks()
    for index, part in enumerate(parts):
        if index != 2:
            room.send(found.pk, index, part)
    actions.finish(found.pk, len(parts), by=room.doctor)
    with use(Sums):
        outbox.run_due()
        assert room.again(found).status == "PAUSED"
        room.send(found.pk, 2, parts[2])
        outbox.run_due()
    assert room.again(found).status == "DRAFTED"


def test_silence_yields_nothing(room: Room):
    found = room.recording()
    room.send(found.pk, 0, silence(70), kind="audio/wav")
    actions.finish(found.pk, 1, by=room.doctor)
    with use(Sums):
        outbox.run_due()
    done = room.again(found)
    assert (done.status, room.lines(done), done.transcript.heard_ms) == ("DRAFTED", [], 70_000)


@pytest.mark.parametrize(
    ("maker", "words"), [(no_model, "install-model"), (Broken, "broke off"), (Sums, "cannot be read")]
)
def test_what_cannot_be_listened_to_says_so_and_can_be_tried_again(room: Room, maker: Any, words: str):
    parts = chunks() if maker is not Sums else [SPEECH[:100], b"\xa7" * 5_000]
    found = room.recorded(parts)
    with use(maker):
        outbox.run_due()
    failed = room.again(found)
    assert failed.status == "FAILED" and words in failed.failure
    assert actions.try_again(found.pk, by=room.doctor).status == "PAUSED"
    with use(Sums):
        outbox.run_due()
    assert room.again(found).status == ("DRAFTED" if maker is not Sums else "FAILED")


def test_only_a_language_of_the_clinic_is_heard():
    likely = {"ar": 0.6, "hi": 0.25, "en": 0.1, "th": 0.05}
    assert local._language(likely, "")[0] == "hi"
    assert local._language(likely, "en")[0] == "hi"  # certain enough that the speaker went over to Hindi
    assert local._language({"ar": 0.9, "hi": 0.03, "en": 0.025}, "en")[0] == "en"
    assert local._language({"ml": 1.0}, "") == ("ml", 1.0)  # a model that knows none of them


def test_a_withdrawal_ends_the_listening(room: Room):
    found = room.recorded()
    room.withdraws()
    with use(Sums):
        outbox.run_due()
    assert room.again(found).status == "PAUSED" and room.lines(found) == []


def test_a_stretch_is_kept_once_whoever_heard_it(room: Room):
    done = room.written()
    stretch = actions.Stretch(5_000, (), "en", "late", 0, False, 1)
    assert not actions.write(done.pk, 0, stretch, by=room.system)
    assert room.again(done).transcript.engine == "sums"


def test_a_line_is_played_from_its_second(room: Room):
    done = room.written()
    with wave.open(io.BytesIO(actions.play(done.pk, at=5.0, seconds=3.0, by=room.doctor))) as file:
        assert (file.getframerate(), file.getnframes()) == (16_000, 48_000)
        assert max(file.readframes(48_000)) > 0
    with pytest.raises(NotFound, match="not that long"):
        actions.play(done.pk, at=500.0, seconds=3.0, by=room.doctor)
    with pytest.raises(Invalid):
        actions.play(done.pk, at=0.0, seconds=600.0, by=room.doctor)
    actions.discard(done.pk, "Recorded by mistake", by=room.doctor)
    with pytest.raises(IllegalMove, match="deleted"):
        actions.play(done.pk, at=0.0, seconds=3.0, by=room.doctor)


def test_whisper_writes_down_what_a_voice_said(room: Room):
    """The packaged model on speech synthesised by espeak-ng: 24 words, of which nearly all are right."""
    found = room.recorded()
    outbox.run_due()
    done = room.again(found)
    said = " ".join(line.text for line in room.lines(done)).lower()
    assert done.status == "DRAFTED" and done.transcript.language == "en"
    assert "you are here for your third" in said and "red for one day after the last treatment" in said
    heard = engine().recognise(_quiet(), hotwords="", language="")
    assert heard.lines == ()


def _quiet() -> Any:
    import numpy

    return numpy.zeros(16_000 * 10, numpy.float32)
