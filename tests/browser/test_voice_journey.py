"""Hands-free, from the consent to the note: agreed aloud, recorded, written down, drafted and verified, in one house.

The microphone hears real speech (an outside voice reads an invented visit), the model of the house recognises it, and
no window asks anything of any machine but this one.
"""

import re
import wave
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import numpy
import pytest
from playwright.sync_api import Page, expect

from kalon.billing import actions as billing
from kalon.config import seed
from kalon.consents import actions as consents
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.plans import queries as plans
from kalon.prescribing import queries as prescriptions
from kalon.scheduling import actions as scheduling
from kalon.voice import queries
from kalon.voice.actions.listening import shared
from kalon.voice.models import VoiceSession
from tests.browser.browsers import TABLET, Browsers, Window
from tests.browser.house import House
from tests.journeys.story import on_tuesday

DOCTOR = "doctor@kalon.test"
HERE = Path(__file__).parent
VISIT_MS = 26_000  # the speech lasts almost 25 seconds


@pytest.fixture(scope="module")
def visit(house: House) -> Any:
    """A visit under way, of somebody whom nobody has asked for a consent yet."""
    house.at(on_tuesday("08:40"))
    story = house.story
    details = PatientDetails(
        given_name="Sunita", family_name="Rao", birth_date="1988-02-11", phone="+919846550277", gender="female",
        confirmed_not_duplicate=True,
    )  # fmt: skip
    with clock.at(house.tick()):
        patient = patients.register(details, by=story.desk)
        patients.record_allergies(patient.pk, "NONE_KNOWN", by=story.nurse)
        for one in consents.bring_built_in(by=story.place.by["owner"]):
            consents.publish(one.pk, by=story.place.by["owner"])
        booked = scheduling.book(
            scheduling.BookingRequest(
                patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
                service_id=story.place.services["CONSULT"].pk, start=on_tuesday("09:30"), chief_complaint="Pigment",
            ),
            by=story.desk,
        )  # fmt: skip
        bill = story.bill(booked)
        billing.take_payment(bill.pk, "UPI", Decimal(bill.total), "4712", by=story.desk)
        scheduling.check_in(booked.pk, by=story.desk)
        found = story.encounter(booked)
        assert found is not None
        return consultations.begin(found.pk, by=story.doctor)


def as_a_microphone_takes_it(speech: Path, path: Path) -> Path:
    """Speech as uncompressed sound, 48 kHz, one channel."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
    with av.open(str(speech)) as source:
        parts = [one.to_ndarray().reshape(-1) for frame in source.decode(audio=0) for one in resampler.resample(frame)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(numpy.concatenate(parts).tobytes())
    return path


def listens(window: Window) -> set[str]:
    """Every machine that the window asks something of."""
    asked: set[str] = set()
    window.context.on("request", lambda request: asked.add(urlsplit(request.url).hostname or "itself"))
    window.page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).hostname or ""))
    return asked


def test_from_the_consent_to_the_verified_note(house: House, browsers: Browsers, visit: Any, tmp_path: Path) -> None:
    speech = as_a_microphone_takes_it(Path(seed.__file__).with_name("visit.webm"), tmp_path / "visit.wav")
    with browsers.before_a_microphone(speech) as heard, heard.window(TABLET, signed_in=DOCTOR) as window:
        asked = listens(window)
        _agrees(window.page, visit)
        _records(window.page, house, tmp_path)
    order = as_a_microphone_takes_it(HERE / "accept_plan.webm", tmp_path / "order.wav")
    with browsers.before_a_microphone(order) as heard, heard.window(TABLET, signed_in=DOCTOR) as window:
        asked |= listens(window)
        _verifies(window.page, house, visit, tmp_path)
    assert asked <= {"localhost", "127.0.0.1", "itself"}, asked
    _stands_in_the_record(house, visit)


def _agrees(page: Page, visit: Any) -> None:
    page.goto(f"/consultations/{visit.pk}")
    page.get_by_role("button", name="Say it aloud").click()
    page.locator("[data-say-record]").click()
    expect(page.locator("[data-say-word]")).to_have_text("Stop")
    page.wait_for_timeout(4_000)
    page.locator("[data-say-record]").click()
    for box in page.locator("input[name=ticked]").all():
        box.check()
    page.get_by_label("I was there and heard").check()
    expect(page.locator("[data-say-again]")).to_be_visible()
    page.get_by_role("button", name="Keep this agreement").click()
    page.get_by_role("button", name="Record this visit").click()


def _records(page: Page, house: House, shots: Path) -> None:
    page.locator("[data-rec-main]").click()
    expect(page.locator("[data-rec-state]")).to_have_text("Recording")
    page.wait_for_timeout(VISIT_MS)
    page.locator("[data-rec-main]").click()
    expect(page.get_by_text("What was said is being written down.")).to_be_visible(timeout=20_000)
    while house.carry_out():
        pass
    page.reload()
    expect(page.locator("#words")).to_contain_text(re.compile("brown patches.*paracetamol", re.IGNORECASE | re.DOTALL))
    page.screenshot(path=shots / "written.png")


@pytest.fixture(autouse=True)
def listener(settings: Any, tmp_path: Path) -> None:
    """Where this window's commands are heard, and for how long they are waited for on a busy machine."""
    settings.KALON_LISTENER, settings.KALON_LISTENER_SECONDS = str(tmp_path / "l.sock"), 55.0


def _verifies(page: Page, house: House, visit: Any, shots: Path) -> None:
    page.goto(f"/consultations/{visit.pk}")
    assert not _written(house, visit), "nothing is in the record before the doctor verifies"
    page.get_by_role("link", name="Verify the note").click()
    page.locator("[data-part=plan] [data-source]").first.click()
    expect(page.locator("[data-said]")).to_have_count(1)
    page.locator("audio").evaluate("player => player.pause()")
    with shared.serving():
        page.locator("[data-speak]").click()
        expect(page.locator("[data-speak-word]")).to_have_text("Done")
        page.wait_for_timeout(3_500)
        page.locator("[data-speak]").click()
        expect(page.locator("[data-speak-say]")).to_contain_text("Plan: accepted.", timeout=60_000)
    expect(page.locator("input[name=plan][value=ACCEPTED]")).to_be_checked()
    page.locator("label", has=page.locator("input[name=subjective][value=ACCEPTED]")).click()
    page.locator("label", has=page.locator("input[name=objective][value=ACCEPTED]")).click()
    page.locator("label", has=page.locator("input[name=assessment][value=EDITED]")).click()
    page.get_by_label("What it says then").locator("visible=true").fill("Melasma, epidermal.")
    named = page.locator("input[name=diagnoses_0]").count()  # now and then the listener hears "Mel Esma"
    for name in (*("diagnoses_0",) * bool(named), "medicines_0", "follow_up"):
        page.locator("label", has=page.locator(f"input[name={name}][value=TAKE]")).click()
    page.screenshot(path=shots / "decided.png")
    page.locator("[data-verify-send]").click()
    page.wait_for_url(f"**/consultations/{visit.pk}")
    expect(page.locator("main")).to_contain_text("Paracetamol")
    page.screenshot(path=shots / "note.png")


def _written(house: House, visit: Any) -> bool:
    by = house.story.doctor
    with acting_as(by):
        note = encounters.consultation(visit.pk, seen_by=by)
        words = [note.text_of(name) for name in ("subjective", "examination", "assessment", "plan")]
        return any(words) or bool(list(prescriptions.of_consultation(visit.pk, seen_by=by)))


def _stands_in_the_record(house: House, visit: Any) -> None:
    by = house.story.doctor
    with acting_as(by):
        found = VoiceSession.objects.get(consultation_id=visit.pk)
        kept = queries.verified_of(found.pk, seen_by=by)
        note = encounters.consultation(visit.pk, seen_by=by)
        item = prescriptions.of_consultation(visit.pk, seen_by=by)[0].items.get()
        following = plans.follow_ups_of_consultation(visit.pk, seen_by=by).get()
    assert found.status == "VERIFIED" and kept is not None
    assert "paracetamol" in note.text_of("plan").lower() and "brown patches" in note.text_of("subjective")
    assert note.text_of("assessment") == "Melasma, epidermal." and note.outcome == "FOLLOW_UP"
    assert (item.name, item.strength, item.frequency, item.days) == ("Paracetamol", "500 mg", "TDS", 5)
    assert kept.prescription_id == item.prescription_id and kept.follow_up_id == following.pk
    assert kept.edited == 1 and 0 < kept.words_kept < kept.words_drafted
