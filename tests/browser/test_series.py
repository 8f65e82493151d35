"""A series in browsers: booked in one press at the desk, signed on a phone, treated and written down on a tablet."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from kalon.catalog.actions import add_procedure
from kalon.config.seed import quotes
from kalon.consents import actions as consents
from kalon.consultations import actions as consultations
from kalon.inventory import actions as inventory
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.plans import actions as plans
from kalon.plans import queries
from kalon.plans.actions import LineDetails, PlanDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from tests.browser.browsers import DESKTOP, PHONE, TABLET, Browsers
from tests.browser.house import House
from tests.browser.test_procedure_consent import read_on
from tests.journeys.story import on_tuesday

EMAIL, PASSWORD = "devika@example.org", "a long pass phrase"
NOTE = {"examination": "Thinning.", "assessment": "Androgenetic alopecia.", "advice": "Three sessions."}


@pytest.fixture(scope="module")
def plan(house: House) -> Any:
    """Three sessions that a doctor approved, sold, each with a consent of its own."""
    story = house.story
    owner = story.place.by["owner"]
    house.at(on_tuesday("16:20"))
    with clock.at(house.tick()):
        details = PatientDetails(
            given_name="Devika", family_name="Raman", birth_date="1988-02-03", email=EMAIL, phone="+919846330177",
            gender="female",
        )  # fmt: skip
        registration = patients.start_registration(details, PASSWORD, by=story.visitor)
        patient = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
        kind = {
            "code": "PRP-THREE", "name": "PRP, three sessions", "category": "HAIR", "setting": "NON_SURGICAL",
            "minutes": 60, "service_id": story.place.services["PRP-HAIR"].pk, "least_days_between": 10,
            "needs_consent": False,
        }  # fmt: skip
        entry = add_procedure(kind, by=owner)
        form = consents.add_template(
            "SESSION", "Before each of three", consents.Terms(1), procedure_ids=[entry.pk], by=owner
        )
        for text in consents.built_in_texts("SESSION"):
            consents.write_text(form.pk, text, by=owner)
        consents.publish(form.pk, by=owner)
        _stock(story)
        wish = BookingRequest(
            patient_id=patient.pk, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
            service_id=story.place.services["FOLLOW-UP"].pk, start=on_tuesday("16:20"), source="WALK_IN",
            off_schedule_reason="Comes by", overbooking_reason="Comes by",
        )  # fmt: skip
        visit = scheduling.book(wish, by=story.desk)
        scheduling.check_in(visit.pk, by=story.desk)
        patients.record_allergies(patient.pk, "NONE_KNOWN", [], by=story.nurse)
        encounter = story.encounter(visit)
        assert encounter is not None
        consultations.begin(encounter.pk, by=story.doctor)
        consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=NOTE, by=story.doctor)
        series = PlanDetails(
            lines=(LineDetails(entry_id=entry.pk),), title="PRP for hair", plan_type="SERIES", session_count=3,
            interval_days=14, consent="NOT_REQUIRED", review_after_days=30,
        )  # fmt: skip
        made = plans.plan_procedure(encounter.pk, series, by=story.doctor)
        plans.submit(made.pk, by=story.doctor)
        made = plans.approve(made.pk, by=story.doctor)
        quotes.paid_deposit(story.place, quotes.accepted(story.place, quotes.quoted(story.place, made)))
    return made


def _stock(story: Any) -> None:
    """A shelf with one thing that a session uses."""
    keeper, branch = story.place.by["inventory"], story.place.branch
    shelf = inventory.add_location(branch.pk, {"code": "TX", "name": "Trolley", "kind": "TREATMENT"}, by=keeper)
    details = {"name": "PRP kit", "kind": "CONSUMABLE", "unit": "kit", "step": Decimal(1), "needs_batch": True,
               "needs_expiry": True, "reorder_level": Decimal(1), "price": Decimal(1400)}  # fmt: skip
    item = inventory.add_item(details, by=keeper)
    until = on_tuesday("10:00").date() + timedelta(days=90)
    inventory.receive(item.pk, shelf.pk, inventory.Delivery(Decimal(5), number="K1", expires_on=until), by=keeper)


def _first(house: House, plan: Any) -> Any:
    with acting_as(house.story.desk):
        return queries.sessions_of_plan(plan, seen_by=house.story.desk)[0]


def test_booked_in_one_press_signed_on_a_phone_and_treated_on_a_tablet(
    house: House, browsers: Browsers, plan: Any
) -> None:
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as desk:
        desk.go(f"/plans/{plan.pk}")
        desk.page.get_by_role("link", name="Book 3 sessions").click()
        expect(desk.page.get_by_role("heading", name="Days of the sessions")).to_be_visible()
        assert desk.violations() == []
        desk.page.get_by_label("Session 1 on").fill(str(on_tuesday("10:00").date() + timedelta(days=1)))
        desk.page.get_by_role("button", name="Look again").click()
        desk.page.get_by_role("button", name="Book 3 sessions").click()
        expect(desk.page.get_by_text("Sessions: 3 booked")).to_be_visible()
        expect(desk.page.get_by_role("link", name="Move sessions")).to_be_visible()
    first = _first(house, plan)
    house.at(first.appointment.period.lower)
    with clock.at(house.tick()):
        scheduling.check_in(first.appointment_id, by=house.story.desk)

    with browsers.window(TABLET, signed_in="nurse@kalon.test") as tablet:
        page = tablet.page
        tablet.go("/sessions")
        expect(page.get_by_text("Consent to be signed")).to_be_visible()
        assert tablet.violations() == []
        page.get_by_role("link", name="Open the session of Devika Raman").click()
        page.get_by_role("button", name="Ask for consent").click()
        expect(page.get_by_role("link", name="Read and sign")).to_be_visible()
        _sign_on_the_phone(house, browsers)
        page.reload()
        page.get_by_role("button", name="Start session").click()
        expect(page.get_by_text("Session started")).to_be_visible()
        kit = page.get_by_role("option", name="PRP kit").get_attribute("value")
        page.get_by_label("Or choose").select_option(kit)
        page.get_by_role("button", name="Take it").click()
        expect(page.get_by_text("Taken from 1 batch")).to_be_visible()
        assert tablet.violations() == []
        page.get_by_label("What was done").fill("Injected into the crown.")
        page.get_by_role("button", name="Save and complete session").click()
        expect(page.get_by_text("Session completed")).to_be_visible()
        expect(page.get_by_text("1 of 3", exact=True)).to_be_visible()
        expect(page.get_by_role("heading", name="Next session")).to_be_visible()
        assert tablet.violations() == []
    assert _first(house, plan).status == "COMPLETED"


def _sign_on_the_phone(house: House, browsers: Browsers) -> None:
    """Part by part, then the name typed."""
    with browsers.window(PHONE, signed_in=EMAIL) as phone:
        page = phone.page
        phone.go("/my/consents")
        page.get_by_role("link", name="Agreement to today's session").first.click()
        expect(page.get_by_role("button", name="I have read this part")).to_be_visible()
        read_on(page)
        expect(page.get_by_role("button", name="Sign consent")).to_be_visible()
        assert phone.violations() == []
        for tick in page.get_by_role("checkbox").all():
            tick.check()
        page.get_by_role("button", name="I cannot sign, type my name").click()
        page.get_by_label("Your full name").fill("Devika Raman")
        page.get_by_role("button", name="Sign consent").click()
        expect(page.get_by_text("It holds until").first).to_be_visible()
        assert phone.overflow() <= 0
    house.carry_out()
