"""The money of a patient as it is lived: decided, agreed, paid, used, and the books agree at the end.

One clinic, one day; the desk, the doctor and the patient each in their own window. Every step goes through a page.
"""

import os
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.catalog import actions as catalog
from kalon.consultations import actions as consultations
from kalon.entitlements import queries as entitlements
from kalon.installments import queries as installments
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.plans import actions as plans
from kalon.plans.actions import LineDetails, PlanDetails
from kalon.quotes import queries as quotes
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.tills import queries
from tests.browser.browsers import DESKTOP, PHONE, TABLET, Browsers, Window
from tests.browser.house import House
from tests.browser.test_consents import _draw
from tests.journeys.story import on_tuesday

EMAIL, PASSWORD = "devika.warrier@example.org", "a long pass phrase"
LATER = timedelta(days=14)  # a day that no other test of this house lives
DESK, DOCTOR = "frontdesk@kalon.test", "doctor@kalon.test"


def at(clock_time: str) -> datetime:
    return on_tuesday(clock_time) + LATER


def shots(window: Window, name: str) -> None:
    if folder := os.environ.get("KALON_SHOTS"):
        window.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _patient(house: House, given: str, family: str, phone: str, email: str = "") -> Any:
    details = PatientDetails(given_name=given, family_name=family, birth_date="1990-04-02", gender="female",
                             phone=phone, email=email, confirmed_not_duplicate=True)  # fmt: skip
    made = patients.register(details, by=house.story.desk)
    patients.record_allergies(made.pk, "NONE_KNOWN", [], by=house.story.nurse)
    return made


def _with_the_doctor(house: House, patient: Any, start: datetime) -> Any:
    """She is here, and the doctor has begun."""
    story = house.story
    wish = BookingRequest(
        patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        service_id=story.place.services["FOLLOW-UP"].pk, start=start,
    )  # fmt: skip
    visit = scheduling.book(wish, by=story.desk)
    scheduling.check_in(visit.pk, by=story.desk)
    encounter = story.encounter(visit)
    assert encounter is not None
    consultations.begin(encounter.pk, by=story.doctor)
    return visit


class Presses:
    """Every press of the way is counted."""

    def __init__(self) -> None:
        self.made = 0

    def on(self, target: Any) -> None:
        target.tap()
        self.made += 1


def test_a_treatment_on_the_same_day_from_one_screen(house: House, browsers: Browsers) -> None:
    house.at(at("09:55"))
    with clock.at(house.tick()):
        visit = _with_the_doctor(house, _patient(house, "Anjali", "Rao", "+919846111201"), at("10:00"))
    presses = Presses()
    house.at(at("10:10"))
    with browsers.window(TABLET, signed_in=DOCTOR) as tablet:
        page = tablet.page
        tablet.go(f"/same-day/{visit.pk}")
        shots(tablet, "same-day-plan")
        page.get_by_label("Treatment", exact=True).select_option(label="Botulinum toxin, one area")
        page.get_by_label("Assessment").fill("Glabellar lines.")
        presses.on(page.locator("label.k-chip", has_text="None needed"))
        presses.on(page.get_by_role("button", name="Plan and approve"))
        expect(page.get_by_role("heading", name="Botulinum toxin, one area, today")).to_be_visible()
        assert tablet.violations() == [] and tablet.overflow() <= 0
        shots(tablet, "same-day-doctor")
    with browsers.window(TABLET, signed_in=DESK) as tablet:
        page = tablet.page
        tablet.go(f"/same-day/{visit.pk}")
        expect(page.get_by_text("₹10,030.00").first).to_be_visible()
        shots(tablet, "same-day-time")
        assert tablet.violations() == [] and tablet.overflow() <= 0
        presses.on(page.get_by_role("button", name=re.compile(r"^Book \d")))
        expect(page.get_by_role("heading", name="To pay: ₹10,030.00")).to_be_visible()
        shots(tablet, "same-day-money")
        assert tablet.violations() == [] and tablet.overflow() <= 0
        presses.on(page.get_by_role("button", name="Take ₹10,030.00 and check in"))
        expect(page.get_by_text("sees the patient next")).to_be_visible()
        shots(tablet, "same-day-done")
        assert tablet.violations() == [] and tablet.overflow() <= 0
        receipt = page.get_by_role("link", name="Print receipt").get_attribute("href")
        assert receipt and "10,030.00" in _words(tablet, receipt)
    assert presses.made == 4
    with acting_as(house.story.desk):
        done = queries.same_day(visit.pk, seen_by=house.story.desk)
        assert done.bill and done.plan and done.session
        assert (done.step, done.bill.status, done.plan.status, done.session.status) == (
            "DONE", "PAID", "SCHEDULED", "CHECKED_IN",
        )  # fmt: skip


@pytest.fixture
def planned(house: House) -> Any:
    """A patient with an account, for whom a doctor planned and approved three sessions."""
    story = house.story
    house.at(at("10:50"))
    with clock.at(house.tick()):
        details = PatientDetails(given_name="Devika", family_name="Warrier", birth_date="1989-07-21", email=EMAIL,
                                 phone="+919846111202", gender="female")  # fmt: skip
        registration = patients.start_registration(details, PASSWORD, by=story.visitor)
        devika = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
        patients.record_allergies(devika.pk, "NONE_KNOWN", [], by=story.nurse)
        encounter = story.encounter(_with_the_doctor(house, devika, at("11:00")))
        assert encounter is not None
        note = {"assessment": "Thinning hair."}
        consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=note, by=story.doctor)
        line = LineDetails(service_id=story.place.services["PRP-HAIR"].pk)
        series = PlanDetails(
            plan_type="SERIES", consent="NOT_REQUIRED", session_count=3, interval_days=14, lines=(line,)
        )
        plan = plans.plan_procedure(encounter.pk, series, by=story.doctor)
        plans.submit(plan.pk, by=story.doctor)
        return plans.approve(plan.pk, by=story.doctor)


def test_from_a_plan_to_the_last_instalment(house: House, browsers: Browsers, planned: Any) -> None:
    house.at(at("11:10"))
    with browsers.window(DESKTOP, signed_in=DESK) as desk, browsers.window(PHONE, signed_in=EMAIL) as phone:
        quote = _quoted(desk, planned)
        _accepted(phone, quote)
        _deposit_taken(desk, planned)
        agreement = _in_parts(house, phone, quote, planned)
        bill = _billed(desk, planned)
        _first_part_paid_online(house, phone, agreement)
        for months in (1, 2):
            house.at(at("11:20") + timedelta(days=31 * months))
            desk.go(f"/payment-plans/{agreement.pk}")
            desk.page.get_by_role("button", name="Take payment").click()
            expect(desk.page.get_by_text(re.compile("^Receipt .* made"))).to_be_visible()
        desk.go(bill)
        shots(desk, "chain-bill")
        expect(desk.page.get_by_text("Paid", exact=True).first).to_be_visible()
        receipts = desk.page.locator('a[href$="receipt.pdf"]')
        assert "7,670.00" in _words(desk, receipts.last.get_attribute("href") or "")
        assert "23,010.00" in _words(desk, bill + "/invoice.pdf")
        desk.go(f"/payment-plans/{agreement.pk}")
        shots(desk, "chain-plan")
    system = house.story.place.system
    with acting_as(system):
        done = installments.payment_plan(agreement.pk, seen_by=system)
        assert (done.status, done.owed, done.received) == ("COMPLETED", 0, 23010)


def _quoted(desk: Window, plan: Any) -> Any:
    page = desk.page
    desk.go(f"/plans/{plan.pk}")
    page.get_by_role("button", name="Make a quote").click()
    page.get_by_role("button", name="Send to the patient").click()
    expect(page.get_by_role("button", name="Hand the tablet over")).to_be_visible()
    return page.url.rpartition("/")[2]


def _accepted(phone: Window, quote: str) -> None:
    page = phone.page
    phone.go("/my/quotes")
    page.get_by_role("link", name=re.compile("PRP for hair")).tap()
    expect(page.get_by_text("₹23,010.00").first).to_be_visible()
    _draw(page)
    page.get_by_role("button", name="Accept and sign").tap()
    expect(page.get_by_role("button", name="Accept and sign")).to_have_count(0)
    expect(page.get_by_text(re.compile("deposit of ₹4,602.00")).first).to_be_visible()
    shots(phone, "chain-accepted")
    assert phone.overflow() <= 0


def _deposit_taken(desk: Window, plan: Any) -> None:
    page = desk.page
    desk.go(f"/plans/{plan.pk}")
    form = page.get_by_role("form", name="Take the deposit")
    expect(form.get_by_label("Deposit to take")).to_have_value("4602.00")
    form.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("Deposit received").first).to_be_visible()


def _in_parts(house: House, phone: Window, quote: str, plan: Any) -> Any:
    page = phone.page
    phone.go(f"/my/payments/quote/{quote}?parts=3")
    page.get_by_role("button", name=re.compile("^Pay in 3 parts")).tap()
    expect(page.get_by_role("heading", name="Your days are being written down")).to_be_visible()
    house.carry_out()
    system = house.story.place.system
    with acting_as(system):
        agreement = installments.live_of_treatment(plan.pk, seen_by=system)
        assert quotes.accepted_for(plan.pk, seen_by=system) is not None
    assert agreement is not None and agreement.total == 23010
    page.wait_for_url(f"**/my/payments/{agreement.pk}")  # the page moves on by itself
    return agreement


def _billed(desk: Window, plan: Any) -> str:
    page = desk.page
    desk.go(f"/plans/{plan.pk}")
    page.get_by_role("button", name="Make the bill").click()
    page.get_by_role("button", name="Finalise, then take payment").click()
    expect(page.get_by_text("₹18,408.00").first).to_be_visible()  # the deposit paid its part by itself
    return "/bills/" + page.url.partition("/bills/")[2].partition("/")[0].partition("?")[0]


def _first_part_paid_online(house: House, phone: Window, agreement: Any) -> None:
    page = phone.page
    phone.go(f"/my/payments/{agreement.pk}")
    shots(phone, "chain-my-plan")
    page.get_by_role("button", name=re.compile("^Pay ₹3,068.00")).tap()
    expect(page.get_by_text("Test gateway")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pay")).tap()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    house.carry_out()


def test_a_package_is_sold_and_used_up(house: House, browsers: Browsers) -> None:
    story = house.story
    peel = story.place.services["PEEL"]
    house.at(at("12:00"))
    with clock.at(house.tick()):
        leela = _patient(house, "Leela", "Nambiar", "+919846111203")
        two = {"code": "PEEL-2", "name": "Two peels", "price": "6000", "tax_code": "GST-18", "valid_days": 90}
        catalog.add_package(two, [(peel.pk, 2)], by=story.place.by["owner"])
        visits = []
        for day in (0, 7):
            wish = BookingRequest(
                patient_id=leela.pk, branch_id=story.place.branch.pk, service_id=peel.pk, kind="SESSION",
                start=at("15:00") + timedelta(days=day),
            )  # fmt: skip
            visits.append(scheduling.book(wish, by=story.desk))
    with browsers.window(DESKTOP, signed_in=DESK) as desk:
        page = desk.page
        desk.go(f"/packages/for/{leela.pk}")
        page.get_by_text("Two peels").click()
        page.get_by_role("button", name="Sell and open the bill").click()
        page.wait_for_url("**/bills/**")
        desk.go("/checkout/" + page.url.partition("/bills/")[2].partition("/")[0].partition("?")[0])
        page.get_by_role("button", name="Take ₹7,080.00").click()
        expect(page.get_by_text("Taken by Sini Paul")).to_be_visible()
        for day, visit in zip((0, 7), visits, strict=True):
            house.at(at("15:00") + timedelta(days=day))
            with clock.at(house.tick()):
                scheduling.check_in(visit.pk, by=story.desk)
            desk.go(f"/appointments/{visit.pk}")
            page.get_by_role("button", name="Use this session").click()
            expect(page.get_by_text(f"Two peels, session {1 if day == 0 else 2} of 2").first).to_be_visible()
    with acting_as(story.place.system):
        held = entitlements.holdings_of(leela.pk, seen_by=story.place.system).get()
        assert (held.status, held.left) == ("USED_UP", 0)
        assert entitlements.proof(seen_by=story.place.system) == []


def test_the_books_agree(house: House, browsers: Browsers) -> None:
    with browsers.window(DESKTOP, signed_in="billing@kalon.test") as accounts:
        accounts.go("/reports/proof")
        expect(accounts.page.get_by_text("Books proved")).to_be_visible()
        shots(accounts, "chain-proof")


def _words(window: Window, address: str) -> str:
    """What stands on a paper that opens."""
    from io import BytesIO

    from pypdf import PdfReader

    answer = window.context.request.get(address)
    assert answer.status == 200 and answer.body().startswith(b"%PDF")
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
