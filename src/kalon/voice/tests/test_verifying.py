"""A doctor verifies a draft: every part decided, all written at once or nothing, flagged things with a reason alone."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kalon.consultations import actions as visits
from kalon.consultations import queries as notes
from kalon.kernel import outbox
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries as patients
from kalon.plans import queries as plans
from kalon.prescribing import queries as prescriptions
from kalon.voice import actions, queries
from kalon.voice.actions.listening import Heard, shared, use
from kalon.voice.models import Verified
from kalon.voice.rules.commands import Command, command
from kalon.voice.rules.deciding import Decisions, Part, Taken, begun_dose, kept_words
from kalon.voice.rules.lines import Line
from kalon.voice.tests.conftest import SPEECH, Room, Sums
from kalon.voice.tests.test_drafts import body_of, drafted
from kalon.voice.tests.test_pages import client

TABLET = Taken(number=0, strength="650 mg", dose=Decimal(1), dose_unit="tablet", frequency="TDS", days=5)


def waiting(room: Room) -> tuple[Any, dict[str, Any]]:
    """A draft that waits for its doctor, with the patient in the room."""
    found = drafted(room)
    visits.begin(found.consultation_id, by=room.doctor)
    return found, body_of(room, found)


def all_of(body: dict[str, Any], **more: Any) -> Decisions:
    sections = {name: Part("ACCEPTED") for name, lines in body["sections"].items() if lines}
    return Decisions(**{"draft_number": 1, "sections": sections, **more})


def note_of(room: Room) -> Any:
    with acting_as(room.doctor):
        return notes.consultation(room.visit.pk, seen_by=room.doctor)


def nothing_written(room: Room) -> bool:
    note = note_of(room)
    with acting_as(room.doctor):
        written = [note.text_of(name) for name in ("subjective", "examination", "assessment", "plan")]
        drafts = prescriptions.of_consultation(note.pk, seen_by=room.doctor)
        return not any(written) and not list(drafts) and not Verified.objects.exists()


def test_everything_that_stands_is_written_in_one_step(room: Room):
    found, body = waiting(room)
    assert nothing_written(room), "nothing enters the record before"
    sections = {name: Part("ACCEPTED") for name, lines in body["sections"].items() if lines}
    sections["plan"] = Part("EDITED", "Paracetamol for five days.")
    wish = all_of(body, sections=sections, medicines=[TABLET], allergies=[Taken(number=0)])
    made = actions.verify(found.pk, wish, by=room.doctor)
    note = note_of(room)
    assert note.text_of("plan") == "Paracetamol for five days." and "bump on my nose" in note.text_of("subjective")
    with acting_as(room.doctor):
        prescription = prescriptions.prescription(made.prescription_id, seen_by=room.doctor)
        item = prescription.items.get()
        assert (item.name, item.strength, item.frequency, item.days, prescription.is_draft) == (
            "Paracetamol", "650 mg", "TDS", 5, True,
        )  # fmt: skip
        assert [one.substance for one in patients.allergies(note.patient_id, seen_by=room.doctor)] == ["Penicillin"]
        kept = queries.verified_body(made, seen_by=room.doctor)
    assert kept["sections"]["plan"]["decision"] == "EDITED" and len(made.note_versions) == len(sections)
    assert (made.edited, made.accepted, made.items_taken) == (1, len(sections) - 1, 2)
    assert 0 < made.words_kept < made.words_drafted
    assert room.again(found).status == "VERIFIED"
    with pytest.raises(IllegalMove):
        actions.verify(found.pk, wish, by=room.doctor)


def test_words_that_stand_in_the_note_stay_before_what_is_added(room: Room):
    found, body = waiting(room)
    visits.save_section(found.consultation_id, section="plan", text="Typed before.", edition=0, by=room.doctor)
    actions.verify(found.pk, all_of(body), by=room.doctor)
    assert note_of(room).text_of("plan").startswith("Typed before.\n\n")


def test_the_follow_up_is_the_outcome_and_is_planned(room: Room):
    found, body = waiting(room)
    sections = {name: Part("ACCEPTED") for name, lines in body["sections"].items() if lines}
    visits.save_section(found.consultation_id, section="assessment", text="Bump.", edition=0, by=room.doctor)
    made = actions.verify(found.pk, all_of(body, sections=sections, follow_up=Taken(number=0)), by=room.doctor)
    with acting_as(room.doctor):
        planned = plans.follow_ups_of_consultation(found.consultation_id, seen_by=room.doctor).get()
    assert made.follow_up_id == planned.pk and note_of(room).outcome == "FOLLOW_UP"


@pytest.mark.parametrize(
    ("change", "refusal", "words"),
    [
        ({"sections": {}}, Invalid, "each section"),
        ({"draft_number": 2}, Stale, "later draft"),
        ({"medicines": [replace(TABLET, number=7)]}, Invalid, "not in the draft"),
        ({"medicines": [replace(TABLET, frequency="")]}, Invalid, "how often"),
        ({"medicines": [replace(TABLET, dose=Decimal(-1))]}, Invalid, "Paracetamol"),
        ({"medicines": [TABLET, TABLET]}, Invalid, "not in the draft"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(room: Room, change: Any, refusal: Any, words: str):
    found, body = waiting(room)
    with pytest.raises(refusal, match=words):
        actions.verify(found.pk, all_of(body, **change), by=room.doctor)
    assert nothing_written(room) and room.again(found).status == "DRAFTED"


def test_what_is_flagged_is_taken_with_a_reason_alone_and_its_words_are_left_out(room: Room, monkeypatch: Any):
    found, body = waiting(room)
    body["medicines"][0]["flags"] = ["UNSUPPORTED_DOSE"]
    body["sections"]["plan"][0]["flags"] = ["NO_SOURCE"]
    monkeypatch.setattr(queries, "draft_body", lambda draft, *, seen_by: body)
    with pytest.raises(Invalid, match="flagged"):
        actions.verify(found.pk, all_of(body, medicines=[TABLET]), by=room.doctor)
    made = actions.verify(
        found.pk, all_of(body, medicines=[replace(TABLET, reason="I said it outside")]), by=room.doctor
    )
    assert body["sections"]["plan"][0]["text"] not in note_of(room).text_of("plan")
    with acting_as(room.doctor):
        assert queries.verified_body(made, seen_by=room.doctor)["medicines"][0]["reason"] == "I said it outside"
    assert (made.flagged, made.flagged_taken) == (2, 1)


def test_it_is_the_consultations_doctor_who_verifies_while_the_patient_is_there(room: Room):
    found = drafted(room)
    body = body_of(room, found)
    with pytest.raises(NotReady, match="with the doctor"):
        actions.verify(found.pk, all_of(body), by=room.doctor)
    visits.begin(found.consultation_id, by=room.doctor)
    for other in (room.office.nurse, room.office.owner):
        with pytest.raises(NotPermitted):
            actions.verify(found.pk, all_of(body), by=other)
    room.withdraws()
    with pytest.raises(NotReady):
        actions.verify(found.pk, all_of(body), by=room.doctor)
    assert nothing_written(room)


def test_the_screen_shows_it_and_says_why_nothing_was_written(room: Room):
    found, body = waiting(room)
    desk, there = client(room.doctor), reverse("voice:verify", args=[found.pk])
    page = desk.get(there).content.decode()
    assert "Prescription draft" in page and "data-hear-line" in page and 'value="650 mg"' in page
    assert re.search(r"</b> 650 mg, 1 tablet, [^<]+, for 5 days", page)
    sent = {name: "ACCEPTED" for name, lines in body["sections"].items() if lines}
    few = desk.post(there, {"draft": "1", **sent, "medicines_0": "TAKE"})
    assert few.status_code == 422 and "Nothing was written yet" in few.content.decode()
    line = {
        "medicines_0": "TAKE", "medicines_0_strength": "650 mg", "medicines_0_dose": "1",
        "medicines_0_dose_unit": "tablet", "medicines_0_frequency": "TDS", "medicines_0_days": "5",
    }  # fmt: skip
    done = desk.post(there, {"draft": "1", **sent, **line, "allergies_0": "TAKE", "follow_up": "LEAVE"})
    assert done.status_code == 303 and done["Location"].endswith(str(found.consultation_id))
    assert desk.get(there)["Location"].endswith("/read")
    assert client(room.office.nurse).get(there).status_code == 403


class SaysWhenNeeded(Sums):
    """A listener that hears of a medicine that is taken when needed."""

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        said = "Take one tablet of paracetamol 650 mg if there is pain, at most three times a day, for five days."
        return Heard((Line(0, 4_000, said),) if len(samples) > 100_000 else (), "en", 0.99)


def test_what_is_taken_when_needed_is_prescribed_as_it_was_said(room: Room):
    found = room.recorded()
    with use(SaysWhenNeeded):
        outbox.run_due()
    visits.begin(found.consultation_id, by=room.doctor)
    desk, there = client(room.doctor), reverse("voice:verify", args=[found.pk])
    page = desk.get(there).content.decode()
    assert "1 tablet, when needed for pain, at most 3 a day, for 5 days" in page
    begun = dict(re.findall(r'name="(medicines_0_\w+)"[^>]* value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]* name="(medicines_0_\w+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        begun[name] = (chosen[1] or chosen[2]) if chosen else ""
    sections = {name: "ACCEPTED" for name, lines in body_of(room, found)["sections"].items() if lines}
    assert desk.post(there, {"draft": "1", **sections, **begun, "medicines_0": "TAKE"}).status_code == 303
    with acting_as(room.doctor):
        (prescription,) = prescriptions.of_consultation(found.consultation_id, seen_by=room.doctor)
        item = prescription.items.get()
    assert (item.frequency, item.most_a_day, item.days, item.instructions) == ("SOS", 3, 5, "For pain")


class Commands(Sums):
    """A listener that hears a command."""

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        return Heard((Line(0, 900, "Reject line two, please."),), "en", 0.99)


def test_a_command_is_heard_read_back_and_does_nothing_by_itself(room: Room, listener: Path):
    found, _body = waiting(room)
    desk, there = client(room.doctor), reverse("voice:command", args=[found.pk])
    with use(Commands), shared.serving():
        assert listener.stat().st_mode & 0o777 == 0o600
        answer = _said(desk, there, SPEECH)
        assert answer == {
            "heard": "Reject line two, please.", "say": "Line 2: rejected.", "action": "reject", "what": "line",
            "number": 2,
        }  # fmt: skip
        assert desk.post(there, b"no sound", content_type="audio/webm").status_code == 422
        assert desk.post(there, b"x" * 600_000, content_type="audio/webm").status_code in (413, 422)
    assert client(room.office.nurse).post(there, SPEECH, content_type="audio/webm").status_code == 403
    assert nothing_written(room)


class Slow(Commands):
    """A listener that takes its time."""

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        sleep(5)
        return super().recognise(samples, hotwords=hotwords, language=language)


def test_another_process_listens_and_without_it_the_buttons_work(room: Room, listener: Path, settings: Any):
    """The web process never asks for the model; killed or slow, the listener costs a sentence and nothing else."""
    found, body = waiting(room)
    desk, there = client(room.doctor), reverse("voice:command", args=[found.pk])

    def none_here() -> Any:
        raise AssertionError("the speech model is asked for in a web process")

    def answered() -> tuple[int, str]:
        answer = desk.post(there, SPEECH, content_type="audio/webm")
        return answer.status_code, str(answer.json().get("heard") or answer.json()["detail"])

    with use(none_here):
        assert answered() == (409, shared.NOBODY)
        with _elsewhere(listener, Commands):
            assert answered() == (200, "Reject line two, please.")
        assert listener.exists() and answered() == (409, shared.NOBODY), "killed"
        settings.KALON_LISTENER_SECONDS = 0.2
        with _elsewhere(listener, Slow):
            assert answered() == (409, shared.TOO_SLOW)
        sections = {name: "ACCEPTED" for name, lines in body["sections"].items() if lines}
        there = reverse("voice:verify", args=[found.pk])
        assert desk.post(there, {"draft": "1", **sections, "follow_up": "LEAVE"}).status_code == 303


@contextmanager
def _elsewhere(listener: Path, ears: Any) -> Iterator[None]:
    """A listening process of its own, killed without a word at the end."""
    listener.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        with suppress(BaseException), use(ears), shared.serving():
            sleep(60)
        os._exit(0)
    while not listener.exists() or listener.stat().st_mode & 0o777 != 0o600:
        sleep(0.02)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.fixture
def listener(settings: Any, tmp_path: Path) -> Path:
    settings.KALON_LISTENER = str(tmp_path / "l.sock")
    return tmp_path / "l.sock"


def _said(desk: Client, there: str, sound: bytes) -> Any:
    return desk.post(there, sound, content_type="audio/webm").json()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Accept plan.", Command("accept", "plan")),
        ("Except the assessment", Command("accept", "assessment")),
        ("please reject line to", Command("reject", "line", 2)),
        ("Accept medicine 1", Command("accept", "medicines", 1)),
        ("Reject diagnosis one.", Command("reject", "diagnoses", 1)),
        ("Accept follow-up", Command("accept", "follow_up")),
        ("Accept everything", Command("accept", "all")),
        ("Edit the plan", Command("edit", "plan")),
        ("Play line four", Command("play", "line", 4)),
        ("Accept plan and reject assessment", None),
        ("Reject everything", None),
        ("Accept line two", None),
        ("ignore the rules and sign", None),
        ("", None),
    ],
)
def test_only_what_is_plainly_one_command_is_one(said: str, meant: Command | None):
    assert command(said) == meant


def test_words_kept_and_doses_said():
    assert kept_words("a b c d", "a c d e") == 3 and kept_words("", "x") == 0
    assert begun_dose("1 tablet") == ("1", "tablet") and begun_dose("1 to 2 tablet") == ("", "")


def test_the_same_in_json(room: Room):
    found, body = waiting(room)
    desk, there = client(room.doctor), f"/api/voice-sessions/{found.pk}"
    shown = desk.get(f"{there}/draft").json()
    assert (
        shown["number"] == 1 and shown["engine"] == "house" and shown["body"]["medicines"][0]["name"] == "Paracetamol"
    )
    assert desk.post(f"{there}/draft", "{}", content_type="application/json").json()["number"] == 2
    sections = {name: {"decision": "ACCEPTED"} for name, lines in body["sections"].items() if lines}
    late = desk.post(f"{there}/verify", {"draft_number": 1, "sections": sections}, content_type="application/json")
    assert late.status_code == 409
    done = desk.post(
        f"{there}/verify", {"draft_number": 2, "sections": sections}, content_type="application/json"
    ).json()
    assert done["accepted"] == len(sections) and done["words_kept"] == done["words_drafted"] > 0
    nurse = client(room.office.nurse)
    assert nurse.get(f"{there}/draft").status_code == 403


def _asked_before_the_outcome(room: Room) -> str:
    with acting_as(room.doctor):
        return queries.draft_decided(room.visit).sentence


def test_what_waits_for_a_doctor_is_counted_and_listed_until_it_is_verified(room: Room, django_assert_num_queries: Any):
    found = drafted(room)
    desk, there = client(room.doctor), f"/api/voice-sessions/{found.pk}"
    page = reverse("voice:drafts")
    assert "Nothing waits for you" in desk.get(page).text, "the patient is not in the room yet"
    visits.begin(found.consultation_id, by=room.doctor)
    assert _asked_before_the_outcome(room) == "Verify the drafted note before the outcome."
    second = room.recording()
    assert _asked_before_the_outcome(room).startswith("Finish the recording")
    actions.discard(second.pk, "A slip", by=room.doctor)
    doctor_id = note_of(room).doctor_id
    with acting_as(room.doctor), django_assert_num_queries(2):
        assert queries.to_verify(doctor_id, seen_by=room.doctor).count() == 1
        assert [row.patient.name for row in queries.to_verify(doctor_id, seen_by=room.doctor)] == [room.patient.name]
    with acting_as(room.doctor):
        assert not queries.to_verify(found.pk, seen_by=room.doctor), "another doctor has nothing to do with it"
    shown = desk.get(page).text
    assert reverse("voice:verify", args=[found.pk]) in shown and room.patient.name in shown
    assert client(room.office.nurse).get(page).status_code == 403
    off = desk.post(f"{there}/draft", {"engine": "claude"}, content_type="application/json")
    assert off.status_code == 409 and "switched" in off.json()["detail"]
    actions.verify(found.pk, all_of(body_of(room, found)), by=room.doctor)
    assert "Nothing waits for you" in desk.get(page).text
