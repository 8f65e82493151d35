"""A consent to an operation: asked at the desk, read on a phone, answered and countersigned on a tablet, sealed."""

import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from asn1crypto import pem, x509
from django.db import DatabaseError, connection, transaction
from playwright.sync_api import Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from kalon.billing import actions as billing
from kalon.consents import actions, queries
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.papers import queries as papers
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.plans import actions as plans
from kalon.plans.models import ProcedurePlan
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from tests.browser.browsers import DESKTOP, PHONE, TABLET, Browsers, Window
from tests.browser.house import House
from tests.browser.test_consents import _draw as draw
from tests.journeys.story import on_tuesday

EMAIL, PASSWORD = "nisha@example.org", "a long pass phrase"
DESK, DOCTOR, NURSE = "frontdesk@kalon.test", "doctor@kalon.test", "nurse@kalon.test"
LINES = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]
TOLD: dict[str, Any] = {
    "given_name": "Nisha", "family_name": "Kurian", "birth_date": "1991-04-12", "email": EMAIL,
    "phone": "+919846330144", "gender": "female",
}  # fmt: skip


@pytest.fixture(scope="module")
def nisha(house: House) -> Any:
    """A patient with an account, and every consent form in use."""
    story, owner = house.story, house.story.place.by["owner"]
    house.at(on_tuesday("11:30"))
    with clock.at(house.tick()):
        registration = patients.start_registration(PatientDetails(**TOLD), PASSWORD, by=story.visitor)
        made = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
        with acting_as(owner):
            drafts = [one.pk for one in queries.versions(seen_by=owner).filter(status="DRAFT")]
        for pk in [*drafts, *(one.pk for one in actions.bring_built_in(by=owner))]:
            actions.publish(pk, by=owner)
    return made


@pytest.fixture(scope="module")
def decided(house: House, nisha: Any) -> Any:
    """The consultation in which an operation was decided."""
    story = house.story
    wish = BookingRequest(
        patient_id=nisha.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        service_id=story.place.services["CONSULT"].pk, start=on_tuesday("12:00"),
    )  # fmt: skip
    with clock.at(house.tick()):
        visit = scheduling.book(wish, by=story.desk)
        bill = story.bill(visit)
        billing.take_payment(bill.pk, "UPI", bill.total, "4711", by=story.desk)
    house.at(on_tuesday("11:55"))
    with clock.at(house.tick()):
        scheduling.check_in(visit.pk, by=story.desk)
        encounter = story.encounter(visit)
        assert encounter is not None
        consultations.begin(encounter.pk, by=story.doctor)
        patients.record_allergies(nisha.pk, "NONE_KNOWN", [], by=story.nurse)
        note = {"examination": "Hooded upper lids.", "assessment": "Dermatochalasis.", "advice": "Surgery of the lids."}
        consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=note, by=story.doctor)
        return consultations.close(encounter.pk, by=story.doctor)


@pytest.fixture
def plan(house: House, decided: Any) -> ProcedurePlan:
    """An approved operation on both upper lids."""
    story = house.story
    line = plans.LineDetails(
        service_id=story.place.services["CONSULT"].pk, side="BOTH", technique="Skin and a strip of muscle"
    )
    details = plans.PlanDetails(plan_type="SURGICAL", lines=(line,), goal="Open eyes", doctor_id=story.dr_menon.pk)
    with clock.at(house.tick()):
        written = plans.plan_procedure(decided.pk, details, by=story.doctor)
        return plans.approve(plans.submit(written.pk, by=story.doctor).pk, by=story.doctor)


def of_plan(house: House, plan: ProcedurePlan) -> Any:
    """The consent to the plan as the books have it, and whether its seal holds."""
    system = house.story.place.system
    with acting_as(system):
        found = queries.live_of_plan(plan.pk, seen_by=system)
        assert found is not None
        return found


def read_on(page: Page, *, initials: str = "NK", ask_in: int = 0) -> None:
    """Every part is read, one after the other, with a question on the way."""
    for number in range(1, 8):
        if not page.get_by_role("button", name="I have read this part").count():
            return
        expect(page.get_by_text(f"Section {number} of")).to_be_visible()
        expect(page.get_by_role("button", name="I have read this part")).to_be_visible()  # it stands below the rest
        if number == ask_in:
            page.get_by_text("Ask Dr Kavya Menon about this").click()
            page.get_by_label("Your question").fill("Will it hurt more than last time?")
            page.get_by_role("button", name="Ask", exact=True).click()
            expect(page.get_by_text("Waits for an answer")).to_be_visible()
        field = page.get_by_label("Your initials")
        if field.count():
            page.get_by_role("button", name="I have read this part").click()  # blank: they are asked for
            expect(page.get_by_text("Write your initials under this part").first).to_be_visible()
            page.get_by_label("Your initials").fill(initials)
        page.get_by_role("button", name="I have read this part").click()
        expect(page.get_by_text(f"Section {number} of")).to_have_count(0)
        page.wait_for_load_state("domcontentloaded")  # whether a part follows is seen on the whole page


def without_refusals(window: Window) -> None:
    window.complaints = [words for words in window.complaints if "422" not in words]


def test_from_the_desk_to_the_seal(house: House, browsers: Browsers, nisha: Any, plan: ProcedurePlan) -> None:
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        desk.go(f"/plans/{plan.pk}")
        desk.page.get_by_role("button", name="Ask for consent").click()
        expect(desk.page.get_by_text("To be read and signed").first).to_be_visible()
        assert desk.violations() == []
    consent = of_plan(house, plan)
    with (
        browsers.window(PHONE, signed_in=EMAIL) as phone,
        browsers.window(TABLET, signed_in=DOCTOR) as tablet,
    ):
        page = phone.page
        phone.go(f"/my/consents/{consent.pk}")
        assert phone.violations() == [] and phone.overflow() <= 0
        read_on(page, ask_in=3)
        expect(page.get_by_text("Your question is answered first")).to_be_visible()
        expect(page.get_by_role("button", name="Sign consent")).to_have_count(0)

        tablet.go("/consents/waiting")
        expect(tablet.page.get_by_text("A question to answer")).to_be_visible()
        assert tablet.violations() == [] and tablet.overflow() <= 0
        tablet.page.get_by_role("link", name="Answer: Nisha Kurian").tap()
        tablet.page.get_by_label("Answer", exact=True).fill("About the same. We use cold air, and you can stop.")
        tablet.page.get_by_role("button", name="Answer", exact=True).tap()
        expect(tablet.page.get_by_text("Answered. The patient is told.")).to_be_visible()

        published(house, "Other words for an operation")
        page.reload()
        expect(page.get_by_text("About the same. We use cold air")).to_be_visible()
        page.get_by_role("button", name="Sign consent").click()  # blank: nothing is signed
        expect(page.get_by_text("Sign in the field, or type your full name.").first).to_be_visible()
        draw(page)
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Sign consent").click()  # partial: not every sentence is ticked
        expect(page.get_by_text("Tick each sentence you agree with").first).to_be_visible()
        for tick in page.get_by_role("checkbox").all():
            tick.check()
        assert phone.violations() == []
        page.get_by_role("button", name="Sign consent").click()
        expect(page.get_by_text("Still to sign: doctor or surgeon")).to_be_visible()

        tablet.go("/consents/waiting")
        tablet.page.get_by_role("link", name="Countersign: Nisha Kurian").tap()
        expect(tablet.page.get_by_text("Now signs: doctor or surgeon")).to_be_visible()
        draw(tablet.page)
        tablet.page.get_by_role("button", name="Sign consent").click()
        expect(tablet.page.get_by_text("In force").first).to_be_visible()
        assert tablet.violations() == []
        without_refusals(phone)

        house.carry_out()
        page.reload()
        copy = page.get_by_role("link", name="Your signed copy").get_attribute("href")
        assert copy
        first = phone.context.request.get(copy).body()
        published(house, "Words of a third version")
        assert phone.context.request.get(copy).body() == first  # byte for byte
    system = house.story.place.system
    with acting_as(system):
        done = queries.consent(consent.pk, seen_by=system)
        assert (done.status, done.content["version"]) == ("SIGNED", 1) and queries.seal_holds(done)
        assert {one.method for one in done.signatures.all()} == {"DRAWN"}
    with ThreadPoolExecutor(1) as alone:  # beside Playwright's own loop
        alone.submit(is_sealed, trusted(house), first).result()


def published(house: House, title: str) -> None:
    """The clinic puts other words into use, in the middle of it."""
    owner = house.story.place.by["owner"]
    with clock.at(house.tick()):
        with acting_as(owner):
            template = queries.usable(seen_by=owner).get(kind="PROCEDURE").template_id
        draft = actions.begin_version(template, by=owner)
        actions.write_text(draft.pk, actions.TextDetails("en", title, "# Other\nOther words.\n[ ] Yes"), by=owner)
        actions.publish(draft.pk, by=owner)


def trusted(house: House) -> ValidationContext:
    """What a reader outside needs: the clinic's own certificate, and nothing else."""
    system = house.story.place.system
    with acting_as(system):
        issuer = papers.issuer(seen_by=system)
    assert issuer is not None
    _, _, der = pem.unarmor(bytes(issuer.certificate))
    moment = house.time + timedelta(hours=1)  # by the clinic's clock
    return ValidationContext(trust_roots=[x509.Certificate.load(der)], allow_fetching=False, moment=moment)


def is_sealed(trust: ValidationContext, pdf: bytes) -> None:
    """PDF/A with a PAdES signature that an outside reader finds whole; `pdfsig` is asked too, where it is installed."""
    assert b"/ETSI.CAdES.detached" in pdf and b"pdfaid:part" in pdf
    found = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], trust)
    assert found.bottom_line and found.coverage.name == "ENTIRE_FILE", found.pretty_print_details()
    broken = bytearray(pdf)
    broken[pdf.index(b"/Title") + 8] ^= 1
    assert not validate_pdf_signature(PdfFileReader(io.BytesIO(bytes(broken))).embedded_signatures[0], trust).intact
    if program := shutil.which("pdfsig"):
        with NamedTemporaryFile(suffix=".pdf") as kept:
            kept.write(pdf)
            kept.flush()
            said = subprocess.run([program, "-nocert", kept.name], capture_output=True, text=True, check=False)
        assert "Signature is Valid" in said.stdout


def test_nothing_is_signed_before_it_is_put_before_the_patient(
    house: House, browsers: Browsers, nisha: Any, plan: ProcedurePlan
) -> None:
    """Through the page, through JSON, and by plain SQL as the role of the application."""
    story = house.story
    with clock.at(house.tick()):
        with acting_as(story.nurse):
            version = queries.usable(seen_by=story.nurse).get(kind="PROCEDURE")
        draft = actions.prepare(
            nisha.pk, actions.Wish(version.pk, story.place.branch.pk, plan_id=plan.pk), by=story.nurse
        )
    hand = {"role": "PATIENT", "name": "Nisha Kurian", "strokes": LINES, "ticked": 9, "words": "a" * 64}
    with browsers.window(PHONE, signed_in=EMAIL) as phone, browsers.window(TABLET, signed_in=NURSE) as tablet:
        assert phone.go(f"/my/consents/{draft.pk}") == 404
        tablet.go(f"/consents/{draft.pk}/sign")
        assert tablet.page.url.endswith(f"/consents/{draft.pk}")  # there is nothing to sign
        assert _post(tablet, f"/api/consents/{draft.pk}/sign", hand) == 409
        assert _post(phone, f"/api/patient/consents/{draft.pk}/sign", hand) == 404
        for window in (phone, tablet):
            window.complaints = [words for words in window.complaints if "404" not in words and "409" not in words]
    signature = (
        "INSERT INTO consents_signature (id, created_at, organization_id, patient_id, consent_id, role, method, name, "
        "strokes, content_sha256, signed_at, account, place, channel, user_id) SELECT gen_random_uuid(), kalon_now(), "
        "organization_id, patient_id, id, 'PATIENT', 'DRAWN', '\\x00', '\\x00', repeat('a', 64), kalon_now(), '\\x00', "
        "'x', '', kalon_user() FROM consents_consent WHERE id = %s"
    )
    attacks = (
        (signature, "consents_signature_while_open"),
        ("UPDATE consents_consent SET status = 'SIGNED' WHERE id = %s", "consents_consent_all_signed"),
        ("UPDATE consents_consent SET status = 'PRESENTED' WHERE id = %s", "consents_consent_covers_plan"),
    )
    for statement, refusal in attacks:
        with (
            clock.at(house.tick()),
            acting_as(story.nurse),
            pytest.raises(DatabaseError) as error,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [draft.pk])
        assert broken_constraint(error.value.__cause__) == refusal, error.value
    with clock.at(house.tick()):
        actions.void(draft.pk, "Only tried", by=story.nurse)


def _post(window: Window, path: str, body: dict[str, Any]) -> int:
    """A JSON call out of the page, with its cookies."""
    ask = """async ([path, body]) => {
        const field = document.querySelector("[name=csrfmiddlewaretoken]");
        const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? field?.value;
        const headers = { "Content-Type": "application/json", "X-CSRFToken": token ?? "" };
        return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).status;
    }"""
    return int(window.page.evaluate(ask, [path, body]))


def test_signed_by_a_code_on_a_tablet_that_shows_nothing_else(
    house: House, browsers: Browsers, nisha: Any, plan: ProcedurePlan
) -> None:
    story = house.story
    with clock.at(house.tick()):
        with acting_as(story.nurse):
            version = queries.usable(seen_by=story.nurse).get(kind="PROCEDURE")
        consent = actions.ask_of_plan(plan.pk, version.pk, language="en", by=story.nurse)
    with browsers.window(TABLET, signed_in=NURSE) as tablet:
        page = tablet.page
        tablet.go(f"/consents/{consent.pk}")
        page.get_by_role("button", name="Hand the tablet over").tap()
        expect(page.get_by_text("Section 1 of")).to_be_visible()
        for elsewhere in ("/", "/patients/", f"/plans/{plan.pk}", "/consents/waiting", f"/consents/{consent.pk}",
                          "/consent-forms", f"/api/consents/{consent.pk}"):  # fmt: skip
            page.goto(elsewhere)
            assert page.url.endswith(f"/consents/{consent.pk}/sign"), elsewhere
        read_on(page)
        page.get_by_role("button", name="Sign with a code instead").click()
        expect(page.get_by_role("heading", name="Sign with a code")).to_be_visible()
        expect(page.get_by_text("n•••@example.org").first).to_be_visible()
        assert tablet.violations() == []
        for tick in page.get_by_role("checkbox").all():
            tick.check()
        code = page.get_by_label("The code from the message")
        code.fill("12")
        page.get_by_role("button", name="Sign consent").click()
        expect(page.get_by_text("This code is not right").first).to_be_visible()
        page.get_by_label("The code from the message").fill(_code(house))
        page.get_by_role("button", name="Sign consent").click()
        expect(
            page.get_by_label("For Asha Jacob: your password")
        ).to_be_visible()  # the surgeon signs elsewhere: the tablet goes back
        without_refusals(tablet)
    with acting_as(story.place.system):
        [one] = queries.consent(consent.pk, seen_by=story.place.system).signatures.all()
    assert (one.method, one.channel) == ("CODE", "EMAIL")
    with clock.at(house.tick()):
        actions.void(consent.pk, "Only tried", by=story.nurse)


def _code(house: House) -> str:
    with acting_as(house.story.place.system):
        mail = Message.objects.filter(template_code="consent-code").latest("id")
        return next(word for word in str(mail.subject).split() if word.isdigit())
