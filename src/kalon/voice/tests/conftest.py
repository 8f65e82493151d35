"""A visit going on, whose patient has agreed to recordings; speech cut into chunks; a listener made of sums."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.once import fresh

from kalon.consents import actions as consents
from kalon.consents import queries as held
from kalon.consents.tests.conftest import Office, open_office
from kalon.consultations import queries as visits
from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT
from kalon.voice import actions, queries
from kalon.voice.actions.listening import Heard, use
from kalon.voice.models import VoiceSession
from kalon.voice.rules.lines import Line, Word

SPEECH = Path(__file__).with_name("speech.webm").read_bytes()
CUT = 4_000  # bytes of a chunk: about a second and a half


def chunks(content: bytes = SPEECH, size: int = CUT) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


class Sums:
    """A listener that says where sound is loud, and how long it was: no words, but every one of them provable."""

    name = "sums"

    def speech(self, samples: Any) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for second in range(0, len(samples), 1600):
            if abs(samples[second : second + 1600]).max(initial=0) > 0.02:
                at = second / 16_000
                if found and at - found[-1][1] < 0.15:
                    found[-1] = (found[-1][0], at + 0.1)
                else:
                    found.append((at, at + 0.1))
        return found

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        end = round(len(samples) / 16)
        return Heard((Line(0, end, f"{end} ms", (Word(f"{end}", 0, end, 0.9),)),), "en", 0.99)


TERMS = actions.Terms(True, Decimal(300), read_price=Decimal(250), write_price=Decimal(1250))


class Echo:
    """An engine outside that says again what it was sent."""

    name = "claude"

    def most(self, text: str) -> actions.Used:
        return actions.Used(tokens_in=len(text), tokens_out=500)

    def __call__(self, text: str, leaves: Callable[[], None]) -> actions.Answer:
        leaves()
        return actions.Answer(f"Heard: {text}", actions.Used(tokens_in=40, tokens_out=9))


@dataclass
class Room:
    """The clinic of the consents, with Lakshmi in consultation, who agreed to recordings."""

    office: Office
    appointment: Any

    @property
    def doctor(self) -> Actor:
        return self.office.doctor

    @property
    def patient(self) -> Any:
        return self.office.patient

    @property
    def system(self) -> Actor:
        return self.office.clinic.system

    @property
    def visit(self) -> Any:
        with acting_as(self.system):
            return visits.of_appointment(self.appointment.pk, seen_by=self.system)

    def begun(self) -> VoiceSession:
        return actions.begin(self.visit.pk, by=self.doctor)

    def recording(self) -> VoiceSession:
        return actions.start(self.begun().pk, by=self.doctor)

    def send(self, pk: Any, index: int, content: bytes, *, kind: str = "audio/webm;codecs=opus", said: str = "") -> Any:
        sent = actions.Sent(index, said or sha256(content).hexdigest(), kind)
        return actions.take_in(pk, sent, content, by=self.doctor)

    def recorded(self, content: list[bytes] | None = None) -> VoiceSession:
        found = self.recording()
        parts = content or chunks()
        for index, part in enumerate(parts):
            self.send(found.pk, index, part)
        return actions.finish(found.pk, len(parts), by=self.doctor)

    def written(self) -> VoiceSession:
        found = self.recorded()
        with use(Sums):
            outbox.run_due()
        return self.again(found)

    def again(self, found: VoiceSession) -> VoiceSession:
        with acting_as(self.system):
            return queries.session(found.pk, seen_by=self.system)

    def lines(self, found: VoiceSession) -> list[Line]:
        with acting_as(self.doctor):
            return queries.lines(queries.session(found.pk, seen_by=self.doctor), seen_by=self.doctor)

    def switches_on(self) -> None:
        actions.decide_engine("claude", TERMS, by=self.office.owner)

    def withdraws(self, *, by: Actor | None = None) -> None:
        with acting_as(self.system):
            consent = held.in_force(self.patient.pk, "RECORDING", seen_by=self.system)
        assert consent is not None
        consents.revoke(consent.pk, "Does not want it any more", by=by or self.office.nurse)


@pytest.fixture(autouse=True)
def eight_in_the_morning() -> Iterator[None]:
    with clock.at(EIGHT):
        yield


@pytest.fixture(scope="module")
def room_once(made_once: Any) -> Room:
    with clock.at(EIGHT):
        return made_once(_room)  # type: ignore[no-any-return]


@pytest.fixture
def room(room_once: Room, db: None) -> Room:
    return fresh(room_once)


def agrees(office: Office) -> None:
    """The patient signs the consent to recordings, and the nurse beside them."""
    half = office.signed("RECORDING")
    office_hand = office.hand(half, "STAFF", name=office.nurse.name)
    consents.sign(half.pk, office_hand, by=office.nurse)


def _room() -> Room:
    office = open_office()
    agrees(office)
    clinic = office.clinic
    patients.record_allergies(clinic.patient.pk, "NONE_KNOWN", by=office.nurse)
    visit = clinic.booked("10:00")
    scheduling.check_in(visit.pk, by=clinic.desk)
    return Room(office, visit)
