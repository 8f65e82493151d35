"""A doctor records a visit on a tablet with two microphones: over a cut network and a reload, until it is withdrawn."""

import wave
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from django.db import DatabaseError, connection, transaction
from playwright.sync_api import Page, Route, expect

from kalon.billing import actions as billing
from kalon.consents import actions as consents
from kalon.consents import queries as held
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.voice import queries
from kalon.voice.models import VoiceSession
from kalon.voice.tests.conftest import __file__ as beside
from tests.browser.browsers import TABLET, Browsers, comes_true
from tests.browser.house import House
from tests.journeys.story import on_tuesday

DOCTOR = "doctor@kalon.test"
LEFT = """() => new Promise((resolve) => {
  const asked = indexedDB.open("kalon-recordings");
  asked.onsuccess = () => {
    const all = asked.result.transaction("chunks").objectStore("chunks").count();
    all.onsuccess = () => resolve(all.result);
  };
})"""
BY_HAND = """INSERT INTO voice_chunk
    (id, created_at, organization_id, patient_id, session_id, index, sha256, size, begins, sealed)
    SELECT gen_random_uuid(), now(), organization_id, patient_id, session_id, index + 900, sha256, size, false, sealed
    FROM voice_chunk WHERE session_id = (SELECT id FROM voice_voicesession WHERE consultation_id = %s
        ORDER BY created_at DESC LIMIT 1) LIMIT 1"""
LINES = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]


@pytest.fixture(scope="module")
def visit(house: House) -> Any:
    """A visit under way, of somebody who has agreed to recordings."""
    house.at(on_tuesday("08:40"))
    story = house.story
    details = PatientDetails(
        given_name="Nandini", family_name="Iyer", birth_date="1986-09-12", phone="+919846550191", gender="female",
        confirmed_not_duplicate=True,
    )  # fmt: skip
    with clock.at(house.tick()):
        patient = patients.register(details, by=story.desk)
        drafts = {one.kind: one for one in consents.bring_built_in(by=story.place.by["owner"])}
        version = consents.publish(drafts["RECORDING"].pk, by=story.place.by["owner"])
        made = consents.prepare(patient.pk, consents.Wish(version.pk, story.place.branch.pk), by=story.nurse)
        consents.present(made.pk, by=story.nurse)
        shown = consents.open_to_sign(made.pk, by=story.nurse)
        for role, name in (("PATIENT", patient.name), ("STAFF", story.nurse.name)):
            hand = consents.Signing(role, name, LINES, "", 9, shown.content_sha256)
            consents.sign(shown.pk, hand, by=story.nurse)
        booked = scheduling.book(
            scheduling.BookingRequest(
                patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
                service_id=story.place.services["CONSULT"].pk, start=on_tuesday("09:00"), chief_complaint="Pigment",
            ),
            by=story.desk,
        )  # fmt: skip
        bill = story.bill(booked)
        billing.take_payment(bill.pk, "UPI", Decimal(bill.total), "4711", by=story.desk)
        scheduling.check_in(booked.pk, by=story.desk)
        return story.encounter(booked)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The speech of the unit tests as two microphones take it: five seconds nearer to one, five to the other."""
    path = tmp_path_factory.mktemp("spoken") / "speech.wav"
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
    with av.open(str(Path(beside).with_name("speech.webm"))) as source:
        parts = [one.to_ndarray().reshape(-1) for frame in source.decode(audio=0) for one in resampler.resample(frame)]
    speech = numpy.concatenate(parts)
    near = (numpy.arange(len(speech)) // (5 * 48_000)) % 2
    sides = [speech * numpy.where(near == side, 1, 0.25) for side in (0, 1)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(numpy.stack(sides, axis=1).astype("<i2").tobytes())
    return path


class Cut:
    """A network that loses four of ten requests, half of them after the server has done its work."""

    def __init__(self) -> None:
        self.asked = self.lost = 0

    def __call__(self, route: Route) -> None:
        self.asked += 1
        if self.asked % 5 == 1:
            self.lost += 1
            route.abort()
        elif self.asked % 5 == 3:
            self.lost += 1
            route.fetch()
            route.abort()
        else:
            route.continue_()


def test_a_visit_is_recorded_over_a_cut_network_and_a_reload(
    house: House, browsers: Browsers, visit: Any, spoken: Path, tmp_path: Path
) -> None:
    cut = Cut()
    with browsers.before_a_microphone(spoken) as heard, heard.window(TABLET, signed_in=DOCTOR) as window:
        page = window.page
        page.set_default_timeout(12_000)
        page.goto(f"/consultations/{visit.pk}")
        page.get_by_role("button", name="Record this visit").click()
        page.route("**/api/voice-sessions/*/chunks/*", cut)
        page.locator("[data-rec-main]").click()
        expect(page.locator("[data-rec-state]")).to_have_text("Recording")
        page.wait_for_timeout(7_000)
        assert page.locator("[data-recorder]").get_attribute("data-channels") == "2"
        expect(page.locator("[data-rec-say]")).to_contain_text("Two microphones tell the voices apart.")
        page.screenshot(path=tmp_path / "recording.png")
        page.reload()
        expect(page.locator("[data-rec-state]")).to_have_text("Recording")
        page.wait_for_timeout(5_000)
        page.get_by_role("link", name="Back to the visit").click()
        page.wait_for_url(f"**/consultations/{visit.pk}")
        page.get_by_role("link", name="Open the recording").click()
        expect(page.locator("[data-rec-state]")).to_have_text("Paused")
        page.get_by_role("button", name="Finish").click()
        expect(page.get_by_text("The recording has ended. What was said is being written down.")).to_be_visible(
            timeout=20_000
        )
        house.carry_out()
        page.reload()
        expect(page.locator("#words")).to_contain_text("third")
        assert {"Voice 1:", "Voice 2:"} <= set(page.locator("#words b").all_inner_texts())
        page.screenshot(path=tmp_path / "written.png")
        page.unroute("**/api/voice-sessions/*/chunks/*")
        _stops_when_withdrawn(page, house, visit, tmp_path)
        expected = ("net::ERR_FAILED", "409 (Conflict)")
        window.complaints[:] = [one for one in window.complaints if not any(why in one for why in expected)]
    with acting_as(house.story.place.system):
        rows = VoiceSession.objects.select_related("patient", "transcript").filter(consultation_id=visit.pk)
        found = rows.earliest("created_at")
        here = queries.arrived(found)
    assert cut.lost >= 2 and here.is_complete and found.status == "DRAFTED"
    assert found.transcript.heard_ms > 10_000 and found.transcript.words >= 15


def _stops_when_withdrawn(page: Page, house: House, visit: Any, shots: Path) -> None:
    """While the next part of the visit is recorded, the patient takes the consent back at the desk."""
    answers: list[int] = []
    page.on("response", lambda one: answers.append(one.status) if "/chunks/" in one.url else None)
    page.goto(f"/consultations/{visit.pk}")
    page.get_by_role("button", name="Record this visit").click()
    page.locator("[data-rec-main]").click()
    expect(page.locator("[data-recorder]")).to_have_attribute("data-waiting", "0")
    with page.expect_response(lambda one: "/chunks/" in one.url and one.ok):
        pass
    nurse = house.story.nurse
    with clock.at(house.tick()), acting_as(nurse):
        consent = held.in_force(visit.patient_id, "RECORDING", seen_by=nurse)
    assert consent is not None
    with clock.at(house.tick()):
        consents.revoke(consent.pk, "Does not want it any more", by=nurse)
    expect(page.locator("[data-rec-state]")).to_have_text("Stopped")
    expect(page.locator("[data-rec-say]")).to_have_text(
        "The patient has withdrawn the consent. Nothing more is recorded."
    )
    expect(page.locator("[data-rec-main]")).to_be_disabled()
    expect(page.get_by_text("Consent withdrawn")).to_be_visible()
    page.screenshot(path=shots / "withdrawn.png")
    comes_true(page, lambda: 409 in answers, "what was said last is refused")
    here = _chunks(house, visit)
    page.wait_for_timeout(2_500)  # longer than a chunk
    assert answers[-1] == 409 and answers.count(409) == 1 and _chunks(house, visit) == here == answers.count(200)
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 1
    assert page.evaluate(LEFT) == 0, "what was not sent until then stays on no tablet"
    with acting_as(nurse), pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_HAND, [visit.pk])
    assert broken_constraint(refused.value.__cause__) == "voice_chunk_consented"


def _chunks(house: House, visit: Any) -> int:
    """How many chunks of the last recording are here."""
    with acting_as(house.story.place.system):
        found = VoiceSession.objects.filter(consultation_id=visit.pk).latest("created_at")
        return found.chunks.count()
