"""Visits that were recorded: verified ones month by month with what Claude cost, one that waits for its doctor."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.config.seed.consents import written
from kalon.consents import actions as consents
from kalon.consents import queries as held
from kalon.consents.actions import Role, Signing, Wish
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.voice import actions, queries
from kalon.voice.actions.listening import Heard, use
from kalon.voice.models import UsageKind
from kalon.voice.rules.deciding import Decisions, Part, Taken
from kalon.voice.rules.lines import Line, Word

SOUND = Path(__file__).with_name("visit.webm")
CHUNK = 8_000  # bytes
# How many days ago a visit was recorded, how often Claude answered about it, and how often no answer came.
ASKED = (
    (338, 1, 0), (308, 1, 0), (277, 2, 0), (247, 2, 0), (216, 2, 1), (186, 3, 0), (155, 3, 0), (125, 4, 0), (97, 3, 0),
    (90, 2, 1), (66, 3, 0), (59, 4, 0), (38, 4, 0), (31, 3, 1), (10, 3, 0),
)  # fmt: skip
# Claude's part of the budget of a month, ₹300 (requirements/4, section 14.2); prices invented by the demonstration.
TERMS = actions.Terms(True, Decimal(300), read_price=Decimal(1250), write_price=Decimal(6250))
WAITS = timedelta(minutes=20)  # since a visit of today began
# What is said in it, from and to in milliseconds.
SAID = (
    (0, 3_300, "Good morning. What brings you here today?"),
    (4_100, 7_500, "I have had brown patches on both cheeks for two years."),
    (8_300, 12_080, "On examination there is a brown patch on the left cheek."),
    (12_880, 14_600, "This is melasma."),
    (
        15_400,
        22_100,
        "I will prescribe paracetamol five hundred milligrams, one tablet three times a day for five days.",
    ),
    (22_900, 25_200, "Please come back in four weeks."),
)

Come = Callable[
    [Any, datetime], Any
]  # a patient comes and is with the doctor: the visit, or nothing where none is free
End = Callable[[Any], None]


class Knows:
    """Stands for the listener: it knows what is said in this sound, so that filling the clinic takes no minutes."""

    name = "invented for the demonstration"

    def speech(self, samples: Any) -> list[tuple[float, float]]:
        return [(0.0, len(samples) / 16_000)] if len(samples) else []

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        return Heard(tuple(_line(*one) for one in SAID), "en", 0.99)


def record(place: Place, patients: Iterable[Any], today: date, zone: ZoneInfo, *, come: Come, end: End) -> None:
    """Visits of the last months, verified; the latest that can be, today's if the clinic was open, waits."""
    people = iter(patients)
    with clock.at(datetime.combine(today - timedelta(days=ASKED[0][0] + 9), time(9), zone)):
        actions.decide_engine(queries.CLAUDE, TERMS, by=place.by["owner"])
    for back, answered, failed in ASKED:
        days = [today - timedelta(days=back + later) for later in range(4)]
        found = _lived(place, people, [moment for day in days for moment in _quarters(day, zone)], come, end)
        if found is not None:
            _asked(place, found, answered, failed)
    for back in range(8):
        day = today - timedelta(days=back)
        times = [one for one in reversed(_quarters(day, zone)) if one < clock.now() - WAITS]
        if _lived(place, people, times, come, None) is not None:
            return


def _quarters(day: date, zone: ZoneInfo) -> list[datetime]:
    return [datetime.combine(day, time(hour, quarter), zone) for hour in (10, 11, 14, 15, 16) for quarter in (0, 30)]


def _lived(
    place: Place, people: Iterator[Any], times: Sequence[datetime], come: Come, end: End | None
) -> tuple[UUID, datetime] | None:
    """A recorded visit at the first of these times that is free; the recording and when it was made."""
    patient = next((one for one in people if one.born is not None), None) if times else None
    for at in times if patient is not None else ():
        visit = come(patient, at)
        if visit is None:
            continue
        doctor = place.by["doctor"] if visit.doctor_id == place.doctors[0].pk else place.by["surgeon"]
        with clock.at(at + timedelta(minutes=9)):
            _agrees(place, patient)
            with acting_as(doctor):
                found = encounters.of_appointment(visit.pk, seen_by=doctor)
            assert found is not None
            pk = _recorded(found.pk, doctor)
            if end is not None:
                _verified(pk, doctor)
        if end is not None:
            with clock.at(at + timedelta(minutes=24)):
                end(visit)
        return pk, at + timedelta(minutes=12)
    return None


def _asked(place: Place, made: tuple[UUID, datetime], answered: int, failed: int) -> None:
    """Claude was asked for the note, and asked anew: what each answer used; where none came, nothing was charged."""
    pk, at = made
    by = place.by["doctor"]
    for number in range(answered + failed):
        with clock.at(at + timedelta(minutes=number)), acting_as(by):
            found = queries.session(pk, seen_by=by)
            most = actions.Used(tokens_in=9_000, tokens_out=4_000)
            row = actions.reserve(found, queries.CLAUDE, UsageKind.DRAFTED, most, by=by)
            actions.leaves(row.pk, by=by)
            used = actions.Used(tokens_in=6_100 + 270 * number, tokens_out=1_180 + 45 * number)
            failure = "" if number < answered else "The engine refused with 529."
            used = actions.Used() if failure else used
            actions.settle(row.pk, used, took_ms=9_400 + 310 * number, failure=failure, by=by)


def _agrees(place: Place, patient: Any) -> None:
    nurse = place.by["nurse"]
    with acting_as(nurse):
        version = held.usable(seen_by=nurse).filter(kind="RECORDING")[0]
        if held.in_force(patient.pk, "RECORDING", seen_by=nurse) is not None:
            return
    made = consents.prepare(patient.pk, Wish(version.pk, place.branch.pk), by=nurse)
    words = consents.open_to_sign(consents.present(made.pk, by=nurse).pk, by=nurse)
    role = Role(words.signers[0])
    name = "Leela " + patient.family_name if role == Role.GUARDIAN else patient.name
    relation = "mother" if role == Role.GUARDIAN else ""
    consents.sign(words.pk, Signing(role, name, written(name), relation, 9, words.content_sha256), by=nurse)
    if Role.STAFF in words.signers:
        consents.sign(words.pk, Signing(Role.STAFF, "", None, "", 0, words.content_sha256), by=nurse)


def _recorded(consultation_id: UUID, doctor: Any) -> UUID:
    content = SOUND.read_bytes()
    found = actions.begin(consultation_id, by=doctor)
    actions.start(found.pk, by=doctor)
    parts = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
    for index, part in enumerate(parts):
        actions.take_in(found.pk, actions.Sent(index, sha256(part).hexdigest(), "audio/webm"), part, by=doctor)
    actions.finish(found.pk, len(parts), by=doctor)
    with use(Knows):
        while actions.hear(found.pk, by=doctor):
            pass
    actions.draft_first(found.pk, by=doctor)
    return found.pk


def _verified(pk: UUID, doctor: Any) -> None:
    with acting_as(doctor):
        draft = queries.latest_draft(pk, seen_by=doctor)
        body = queries.draft_body(draft, seen_by=doctor) if draft else {}
    sections = {name: Part("ACCEPTED") for name, lines in body["sections"].items() if lines}
    sections["assessment"] = Part("EDITED", "Melasma, epidermal.")
    paracetamol = Taken(number=0, strength="500 mg", dose=Decimal(1), dose_unit="tablet", frequency="TDS", days=5)
    actions.verify(
        pk,
        Decisions(draft_number=1, sections=sections, diagnoses=[Taken(number=0)], medicines=[paracetamol]),
        by=doctor,
    )


def _line(start: int, end: int, text: str) -> Line:
    said = text.split()
    each = (end - start) // len(said)
    words = tuple(Word(one, start + at * each, start + (at + 1) * each, 0.93) for at, one in enumerate(said))
    return Line(start, end, text, words)
