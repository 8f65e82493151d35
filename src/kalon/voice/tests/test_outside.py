"""Speech recognised outside: only where the clinic switched it on and the patient agreed to exactly that; else here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kalon.consents import actions as consents
from kalon.consents import queries as held
from kalon.kernel import outbox
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.voice import actions, queries
from kalon.voice.actions.engines import deepgram
from kalon.voice.actions.listening import use
from kalon.voice.models import Usage, UsageKind
from kalon.voice.tests.conftest import Room, Sums, chunks
from kalon.voice.tests.deepgram_server import KEY, Deepgram, heard, serving

TERMS = actions.Terms(is_on=True, budget=Decimal(100), minute_price=Decimal("0.40"))


@dataclass
class Away:
    """A clinic beside Deepgram, with a patient who has agreed to it."""

    room: Room
    fake: Deepgram

    def listened(self) -> Any:
        found = self.room.recorded()
        with use(Sums):
            outbox.run_due()
        return self.room.again(found)

    def used(self) -> list[tuple[str, bool, int, str]]:
        with acting_as(self.room.system):
            rows = Usage.objects.filter(kind=UsageKind.HEARD).order_by("id")
            return [(row.engine, row.is_outside, row.heard_ms, row.failure) for row in rows]

    def withdraws(self) -> None:
        with acting_as(self.room.system):
            consent = held.in_force(self.room.patient.pk, "CLOUD_SPEECH", seen_by=self.room.system)
        assert consent is not None
        consents.revoke(consent.pk, "Does not want it any more", by=self.room.office.nurse)


@pytest.fixture
def fake(settings: Any) -> Iterator[Deepgram]:
    with serving(Deepgram()) as server:
        settings.KALON_DEEPGRAM_API, settings.KALON_DEEPGRAM_KEY = server.url, KEY
        yield server


@pytest.fixture
def away(room: Room, fake: Deepgram) -> Away:
    actions.decide_engine(queries.DEEPGRAM, TERMS, by=room.office.clinic.owner)
    half = room.office.signed("CLOUD_SPEECH")
    consents.sign(half.pk, room.office.hand(half, "STAFF", name=room.office.nurse.name), by=room.office.nurse)
    return Away(room, fake)


def test_it_is_asked_as_its_documents_say_and_heard(away: Away):
    done = away.listened()
    assert done.status in ("TRANSCRIBED", "DRAFTED") and done.transcript.engine == "deepgram nova-3-medical"
    said = " ".join(line.text for line in away.room.lines(done))
    assert said.startswith("Word0. Word1. Word2.") and len(away.room.lines(done)) == 2
    asked = away.fake.asked[0]
    settled = ("model", "language", "smart_format", "diarize", "punctuate", "mip_opt_out")
    assert [asked[key] for key in settled] == [["nova-3-medical"], ["en-IN"], ["true"], ["true"], ["true"], ["true"]]
    assert len(asked["keyterm"]) > 10 and away.fake.sounds[0][:4] == b"RIFF"
    assert [(engine, outside, failure) for engine, outside, _, failure in away.used()] == [("deepgram", True, "")]
    assert away.used()[0][2] == done.transcript.heard_ms


def test_no_name_of_anybody_goes_beside_the_sound(away: Away):
    away.listened()
    sent = str(away.fake.asked)
    for name in (*away.room.patient.name.split(), *away.room.doctor.name.split()[1:], away.room.patient.mrn):
        assert name not in sent


def off(away: Away) -> None:
    actions.decide_engine(queries.DEEPGRAM, actions.Terms(False, Decimal(0)), by=away.room.office.clinic.owner)


def spent(away: Away) -> None:
    owner = away.room.office.clinic.owner
    actions.decide_engine(queries.DEEPGRAM, actions.Terms(True, Decimal("0.01"), minute_price=Decimal(4)), by=owner)


@pytest.mark.parametrize("refused", [off, spent, Away.withdraws])
def test_without_the_switch_the_money_or_the_consent_nothing_leaves(away: Away, refused: Callable[[Away], None]):
    refused(away)
    done = away.listened()
    assert away.fake.asked == [] and done.transcript.engine == "sums" and done.status in ("TRANSCRIBED", "DRAFTED")
    assert away.used() == [("sums", False, done.transcript.heard_ms, "")]


def test_a_consent_to_the_recording_alone_lets_nothing_leave(room: Room, fake: Deepgram):
    actions.decide_engine(queries.DEEPGRAM, TERMS, by=room.office.clinic.owner)
    assert Away(room, fake).listened().transcript.engine == "sums" and fake.asked == []


def test_a_withdrawal_while_it_is_recorded_keeps_what_follows_in_the_house(away: Away):
    found = away.room.recording()
    parts = 2 * chunks()
    with use(Sums):
        for index, part in enumerate(parts[: len(chunks())]):
            away.room.send(found.pk, index, part)
        away.room.send(found.pk, len(chunks()), parts[len(chunks())])
        outbox.run_due()
        before = len(away.fake.asked)
        away.withdraws()
        for index in range(len(chunks()) + 1, len(parts)):
            away.room.send(found.pk, index, parts[index])
        actions.finish(found.pk, len(parts), by=away.room.doctor)
        outbox.run_due()
    done = away.room.again(found)
    assert before > 0 and len(away.fake.asked) == before and done.transcript.engine == "sums"
    assert sum(ms for _, _, ms, _ in away.used()) == done.transcript.heard_ms


def insert(away: Away, found: Any) -> str:
    """A row of sound that leaves, by plain SQL as the role of the application."""
    with acting_as(away.room.system):
        try:
            with transaction.atomic():
                Usage(
                    organization_id=found.organization_id, patient_id=found.patient_id, session=found,
                    kind=UsageKind.HEARD, engine="deepgram", is_outside=True, heard_ms=1000, currency="INR",
                ).save(force_insert=True)  # fmt: skip
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or "other"
    return "done"


def test_the_database_lets_no_sound_leave_without_both_consents(away: Away):
    found = away.room.recording()
    assert insert(away, found) == "done"
    away.withdraws()
    assert insert(away, found) == "voice_usage_sound_agreed"


def test_the_database_wants_the_consent_to_the_recording_too(away: Away):
    found = away.room.recording()
    away.room.withdraws()
    assert insert(away, found) == "voice_usage_agreed"
    with acting_as(away.room.system), pytest.raises(NotReady, match="not agreed to a recording"):
        actions.reserve(
            away.room.again(found), "deepgram", UsageKind.HEARD, actions.Used(heard_ms=9), by=away.room.system
        )


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("broken", {"status": 500}, "answered 500"),
    ("no money", {"status": 402}, "empty"),
    ("too much", {"status": 429}, "answered 429"),
    ("moved", {"status": 302}, "answered 302"),
    ("no json", {"instead": b"<html>maintenance</html>"}, "nonsense"),
    ("no words", {"instead": {"results": {"channels": []}}}, "nonsense"),
    ("a list", {"instead": [1, 2]}, "nonsense"),
]


@pytest.mark.parametrize(("_name", "fault", "words"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_where_it_fails_the_house_listens(away: Away, _name: str, fault: dict[str, Any], words: str, monkeypatch: Any):
    monkeypatch.setattr(deepgram, "WAIT", 0.0)
    for key, value in fault.items():
        setattr(away.fake, key, value)
    done = away.listened()
    assert done.transcript.engine == "sums" and done.status in ("TRANSCRIBED", "DRAFTED")
    rows = away.used()
    assert rows[0][:2] == ("deepgram", True) and words in rows[0][3] and rows[1][:2] == ("sums", False)
    assert rows[1][2] == done.transcript.heard_ms


def test_a_slow_one_is_not_waited_for_and_rests_afterwards(away: Away, monkeypatch: Any):
    monkeypatch.setattr(deepgram, "PATIENCE", (1.0, 0.2))
    away.fake.waits = 0.5
    found = away.room.recorded(3 * chunks())
    with use(Sums):
        outbox.run_due()
    done = away.room.again(found)
    assert done.transcript.engine == "sums" and len(away.fake.asked) == 1  # the other stretches did not ask again
    assert "too long" in away.used()[0][3] and away.used()[0][2] > 0  # nobody knows: it stays at the most


def test_a_wrong_key_and_no_key_and_nobody_there_say_so(away: Away, settings: Any, monkeypatch: Any):
    monkeypatch.setattr(deepgram, "WAIT", 0.0)
    import numpy

    sound = numpy.zeros(16_000, numpy.float32)
    for key, address, words in (
        ("dg_wrong", away.fake.url, "not accept the key"), ("", away.fake.url, "DEEPGRAM_API_KEY"),
        (KEY, "http://127.0.0.1:9", "No connection"),
    ):  # fmt: skip
        settings.KALON_DEEPGRAM_KEY, settings.KALON_DEEPGRAM_API = key, address
        with pytest.raises(deepgram.Refused, match=words) as caught:
            deepgram.recognise(sound, terms=["rhinoplasty"])
        assert key == "" or key not in str(caught.value)


SPOILT: list[Callable[[dict[str, Any]], object]] = [
    lambda word: word.update(start=-1.0),
    lambda word: word.update(end=99.0),
    lambda word: word.update(end=float("nan")),
    lambda word: word.update(confidence=7),
    lambda word: word.update(punctuated_word="x" * 500),
    lambda word: word.update(punctuated_word="\x1b[2J"),
    lambda word: word.pop("start"),
    lambda word: word.update(speaker="the doctor"),
]


@pytest.mark.parametrize("spoil", SPOILT, ids=range(len(SPOILT)))
def test_words_that_cannot_be_are_no_answer(fake: Deepgram, spoil: Callable[[dict[str, Any]], object]):
    import numpy

    sound = numpy.zeros(4 * 16_000, numpy.float32)
    good = heard(deepgram._file(sound))
    spoil(good["results"]["channels"][0]["alternatives"][0]["words"][1])
    fake.instead = good
    with pytest.raises(deepgram.NoWords, match="nonsense"):
        deepgram.recognise(sound, terms=[])
