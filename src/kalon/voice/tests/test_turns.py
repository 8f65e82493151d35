"""Who speaks, where two microphones recorded; which languages were heard; and which names a listener expects."""

from typing import Any

from kalon.kernel import outbox
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.voice import actions, queries
from kalon.voice.actions.listening import Heard, use
from kalon.voice.rules.lines import Line, Word, read, written
from kalon.voice.rules.turns import told_apart
from kalon.voice.tests import sounds
from kalon.voice.tests.conftest import Room, Sums, chunks


class Seconds(Sums):
    """A listener that hears one word in every second."""

    expected: str = ""

    def speech(self, samples: Any) -> list[tuple[float, float]]:
        return [(0.0, len(samples) / 16_000)]

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        type(self).expected = hotwords
        words = tuple(Word(f"w{at}", at * 1000, at * 1000 + 900, 0.9) for at in range(len(samples) // 16_000))
        return Heard((Line(0, len(samples) // 16, " ".join(word.text for word in words), words),), "en", 0.9)


def heard(room: Room, left: Any, right: Any) -> list[tuple[int, str]]:
    import numpy

    found = room.recording()
    parts = chunks(sounds.wav(numpy.stack([left, right])), 500_000)
    for index, part in enumerate(parts):
        room.send(found.pk, index, part, kind="audio/wav")
    actions.finish(found.pk, len(parts), by=room.doctor)
    with use(Seconds):
        outbox.run_due()
    return [(line.speaker, line.text) for line in room.lines(room.again(found))]


def test_the_nearer_microphone_tells_who_speaks(room: Room):
    """The doctor speaks three seconds on the left, the patient two on the right, the doctor again."""
    import numpy

    voice = sounds.noise(8)
    doctor = numpy.repeat([1, 0, 1], [3 * sounds.RATE, 2 * sounds.RATE, 3 * sounds.RATE])
    left, right = voice * numpy.where(doctor, 1, 0.2), voice * numpy.where(doctor, 0.2, 1)
    assert heard(room, left, right) == [(1, "w0 w1 w2"), (2, "w3 w4"), (1, "w5 w6 w7")]


def test_two_microphones_that_hear_the_same_tell_nothing(room: Room):
    voice = sounds.noise(8)
    assert heard(room, voice, voice * 0.9) == [(0, "w0 w1 w2 w3 w4 w5 w6 w7")]


def line(*levels: tuple[float, float]) -> Any:
    words = tuple(Word(f"w{at}", at * 10, at * 10 + 10, 0.9) for at in range(len(levels)))
    sides: Any = ([left for left, _ in levels], [right for _, right in levels])
    told = told_apart([Line(0, 10 * len(levels), "all", words)], sides)
    return [(one.speaker, one.text) for one in told]


def test_a_word_on_both_sides_belongs_to_who_spoke_before_it():
    assert line((0.0, 0.0), (0.5, 0.1), (0.3, 0.3), (0.1, 0.5), (0.2, 0.2)) == [(1, "w0 w1 w2"), (2, "w3 w4")]
    assert line((0.0, 0.0), (0.0, 0.0)) == [(0, "all")]
    assert told_apart([Line(0, 5, "no words")], ([], [])) == (Line(0, 5, "no words"),)


def test_lines_are_read_as_they_were_written_and_as_they_were_before_speakers():
    told = [Line(0, 10, "yes", (Word("yes", 0, 10, 0.5),), 2), Line(10, 20, "no")]
    assert read(written(told)) == told
    assert read(b'[[0,10,"yes",[["yes",0,10,0.5]]]]') == [Line(0, 10, "yes", (Word("yes", 0, 10, 0.5),), 0)]


def test_the_languages_that_were_heard_are_named(room: Room):
    codes = iter(["en", "hi", "xx"])

    class Many(Sums):
        def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
            return Heard((Line(0, 900, "…", ()),), next(codes), 0.9)

    found = room.recorded(3 * chunks())
    with use(Many):
        outbox.run_due()
    with acting_as(room.doctor):
        assert queries.languages(room.again(found), seen_by=room.doctor) == ["English", "Hindi", "xx"]


def test_a_listener_in_the_house_expects_the_names_of_this_visit_and_one_outside_does_not(room: Room):
    patients.add_contact(
        room.patient.pk,
        patients.ContactDetails(name="Zubeida Merchant", relationship="sister", phone="+91 98220 44556"),
        by=room.office.nurse,
    )
    room.recorded()
    with use(Seconds):
        outbox.run_due()
    expected = Seconds.expected.split(", ")
    assert expected[:3] == [room.patient.name, room.doctor.name, "Zubeida Merchant"] and len(expected) > 10
    with acting_as(room.system):
        outside = queries.terms(seen_by=room.system)
    assert outside.split(", ")[:5] == expected[3:8]
    for name in (room.patient.name, room.doctor.name, "Zubeida"):
        assert name not in outside
