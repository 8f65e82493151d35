"""Bad sound and a bad model: nothing is made up of noise, other browsers are heard, and a broken model says so."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kalon.kernel import outbox
from kalon.voice import actions
from kalon.voice.actions.listening import CannotListen, Heard, engine, local, model, use
from kalon.voice.rules.lines import Line
from kalon.voice.tests import sounds
from kalon.voice.tests.conftest import Room, Sums, chunks


def whole(room: Room, content: bytes, *, kind: str, size: int = 4_000) -> Any:
    """A recording of this content, sent in pieces and listened to."""
    found = room.recording()
    parts = chunks(content, size)
    for index, part in enumerate(parts):
        room.send(found.pk, index, part, kind=kind)
    actions.finish(found.pk, len(parts), by=room.doctor)
    outbox.run_due()
    return room.again(found)


@pytest.mark.parametrize("made", [sounds.noise, sounds.music])
def test_noise_and_music_yield_no_words(room: Room, made: Callable[[int], Any]):
    """The packaged model itself listens to a minute of it."""
    done = whole(room, sounds.wav(made(60)), kind="audio/wav", size=500_000)
    assert (done.status, room.lines(done), done.transcript.heard_ms) == ("DRAFTED", [], 60_000)


def test_what_the_model_itself_takes_for_no_speech_is_no_line():
    def segment(no_speech: float, likely: float, text: str = " Thank you for watching!", repeats: float = 1.1) -> Any:
        return SimpleNamespace(
            text=text, no_speech_prob=no_speech, avg_logprob=likely, start=0.0, end=2.0, words=(),
            compression_ratio=repeats,
        )  # fmt: skip

    assert local._line(segment(0.9, -1.4)) is None and local._line(segment(0.1, -0.2, "  ")) is None
    assert local._line(segment(0.1, -0.2, "Acetylid, Acetylid, Acetylid", repeats=9.0)) is None
    assert local._line(segment(0.9, -0.3)) is not None and local._line(segment(0.1, -1.4)) is not None


@pytest.mark.parametrize(
    ("made", "kind"), [(sounds.as_safari, "audio/mp4"), (sounds.as_firefox, "audio/ogg;codecs=opus")]
)
def test_other_browsers_are_heard(room: Room, made: Callable[[], bytes], kind: str):
    with use(Sums):
        done = whole(room, made(), kind=kind)
    assert done.status == "DRAFTED" and 11_500 < done.transcript.heard_ms < 11_900


@pytest.mark.parametrize(
    ("made", "kind"), [(sounds.as_safari, "audio/mp4"), (sounds.as_firefox, "audio/ogg;codecs=opus")]
)
def test_a_long_recording_of_another_browser_is_entered_in_its_middle(room: Room, made: Callable[[], bytes], kind: str):
    """Listened to while it runs, a stretch at a time, it adds up to what the whole of it is."""
    found, parts = room.recording(), chunks(made(), 3_000)
    with use(Sums):
        for index, part in enumerate(parts):
            room.send(found.pk, index, part, kind=kind)
            outbox.run_due()
        actions.finish(found.pk, len(parts), by=room.doctor)
        outbox.run_due()
    done = room.again(found)
    starts = [line.from_ms for line in room.lines(done)]
    assert done.status == "DRAFTED" and 11_500 < done.transcript.heard_ms < 11_900
    assert len(starts) > 1 and starts == sorted(set(starts))


def test_hindi_and_english_mixed_is_kept_with_its_language(room: Room):
    said = iter([("en", "The swelling is less"), ("hi", "दर्द कम है but the scar is red")])

    class TwoLanguages(Sums):
        def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
            language, text = next(said)
            return Heard((Line(0, 900, text, ()),), language, 0.9)

    found = room.recorded([*chunks(), *chunks()])
    with use(TwoLanguages):
        outbox.run_due()
    done = room.again(found)
    assert done.status == "DRAFTED" and done.transcript.language == "en"
    assert [line.text for line in room.lines(done)] == ["The swelling is less", "दर्द कम है but the scar is red"]


def test_the_model_takes_another_language_than_it_was_told_without_breaking():
    heard = engine().recognise(sounds.speech(), hotwords="नाक, rhinoplasty", language="hi")
    assert heard.language == "en" and "red for one day" in " ".join(line.text for line in heard.lines).lower()


@pytest.fixture
def halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[Path]:
    """The two packaged halves, small and wrong; the installation's folder is empty."""
    settings.KALON_VAR = tmp_path / "var"
    monkeypatch.delenv("STT_MODEL_PATH", raising=False)
    made = [tmp_path / "part1", tmp_path / "part2"]
    for path in made:
        path.write_bytes(b"not the model")
    monkeypatch.setattr(model, "_halves", lambda: iter(made))
    return made


def test_a_damaged_package_is_never_joined_and_the_recording_goes_on_with_a_whole_one(room: Room, halves: list[Path]):
    found = room.recorded()
    outbox.run_due()
    failed = room.again(found)
    assert failed.status == "FAILED" and "packaged speech model is damaged" in failed.failure
    assert not list(model.packaged_folder().glob("model.bin*"))
    actions.try_again(found.pk, by=room.doctor)
    with use(Sums):
        outbox.run_due()
    assert room.again(found).status == "DRAFTED"


def test_a_model_that_was_swapped_is_told(halves: list[Path], monkeypatch: pytest.MonkeyPatch):
    folder = model.packaged_folder()
    folder.mkdir(parents=True)
    for name in (*model.NEEDED, *model.BESIDE):
        (folder / name).write_bytes(b"x")
    monkeypatch.setattr(model, "BASE_BYTES", 1)
    assert "damaged" in model.trouble() and "install-model" in model.trouble()


def test_a_named_model_that_is_missing_or_no_model_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STT_MODEL_PATH", str(tmp_path))
    with pytest.raises(CannotListen, match=r"no speech model in .*install-model"):
        engine()
    for name in model.NEEDED:
        (tmp_path / name).write_bytes(b"no model")
    with pytest.raises(CannotListen, match=r"cannot be opened.*install-model"):
        engine()


def test_two_rooms_are_listened_to_in_turn(room: Room):
    """Each stretch is a job of its own, behind those of the other room."""
    order: list[Any] = []
    real = actions.hear

    def noted(pk: Any, *, by: Any) -> bool:
        went = real(pk, by=by)
        if went:
            order.append(pk)
        return went

    one, two = room.recorded(3 * chunks()), room.recorded(3 * chunks())
    with use(Sums), pytest.MonkeyPatch.context() as patched:
        patched.setattr(actions, "hear", noted)
        outbox.run_due()
    assert {room.again(found).status for found in (one, two)} == {"DRAFTED"}
    assert order == [one.pk, two.pk] * 3


def test_the_packaged_model_is_given_no_words_to_expect(monkeypatch: pytest.MonkeyPatch):
    """They make it hear worse; a larger model may be given them."""
    given: list[Any] = []

    class Told:
        def transcribe(self, _samples: Any, **asked: Any) -> Any:
            given.append(asked["hotwords"])
            return [], SimpleNamespace(language="en", all_language_probs=None)

    listener = local.Local.__new__(local.Local)
    listener._model = Told()
    for hints in (False, True):
        monkeypatch.setattr(local, "HINTS", hints)
        listener.recognise(None, hotwords="rhinoplasty", language="")
    assert given == [None, "rhinoplasty"]
