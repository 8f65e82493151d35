"""The surgical, cosmetic journey as it is lived, with its money: from the plan to the card of what is in her.

The surgeon on a tablet, the patient on her phone, the nurse and the theatre before a camera, desk, store and accounts
on desktops. Before it begins there are staff, catalogue, stock and a patient who waits; then every step is a press.
"""

import os
import re
from contextlib import ExitStack
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from kalon.billing.models import Bill
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.theatre import queries as theatre
from tests.browser.before_surgical import EMAIL, SERIALS, Film, at, code, prepared
from tests.browser.browsers import DESKTOP, PHONE, TABLET, UPRIGHT, Browsers, Window
from tests.browser.house import House
from tests.browser.qr import filmed
from tests.browser.test_case_day import part, press_next, scans, sign_all, tick_all
from tests.browser.test_consents import _draw as draw
from tests.browser.test_procedure_consent import read_on, without_refusals

SHOTS = os.environ.get("KALON_SHOTS", "")
NEW = ("03-no-consent", "08-accepted", "09-being-written", "16-waits-for-the-store", "17-put-aside", "24-completed")
SURGERY = 14  # days after the consultation


class Walk:
    """One patient's way, and the windows of everybody who meets her."""

    plan: str
    case: str

    def __init__(self, house: House, stack: ExitStack, browsers: Browsers, film: Film) -> None:
        self.house, self.stack, self.browsers, self.film = house, stack, browsers, film
        self.cameras = stack.enter_context(browsers.before_a_camera(film.path))
        self.made = prepared(house)
        self.open: dict[str, Window] = {}

    def by(self, who: str, size: dict[str, int] = TABLET, *, camera: bool = False) -> Page:
        """The window of somebody, opened when they are first needed."""
        if who not in self.open:
            browser = self.cameras if camera else self.browsers
            email = who if "@" in who else f"{who}@kalon.test"
            self.open[who] = self.stack.enter_context(browser.window(size, signed_in=email))
        return self.open[who].page

    def looked_at(self, who: str, name: str) -> None:
        """Nothing is cut off, and whatever is new can be used by everybody; with KALON_SHOTS it is kept to be seen."""
        window = self.open[who]
        if SHOTS:
            window.page.screenshot(path=str(Path(SHOTS, f"{name}.png")), full_page=True)
            with window.in_the_dark():
                window.page.screenshot(path=str(Path(SHOTS, f"{name}-dark.png")), full_page=True)
        if name in NEW:
            assert window.violations() == [], name
        assert window.overflow() <= 0, name

    def paper(self, page: Page, link: Any) -> str:
        """What stands on a paper that a link opens; with KALON_SHOTS it is kept as a picture."""
        answer = page.context.request.get(str(link.get_attribute("href")))
        assert answer.status == 200 and answer.body().startswith(b"%PDF")
        if SHOTS:
            Path(SHOTS, f"paper-{len(list(Path(SHOTS).glob('paper-*.pdf')))}.pdf").write_bytes(answer.body())
        return " ".join(one.extract_text() for one in PdfReader(BytesIO(answer.body())).pages)

    @property
    def phone(self) -> Page:
        return self.by(EMAIL, PHONE)


def planned(walk: Walk) -> None:
    """Seen, decided, planned on both sides, blood asked for, signed."""
    page = walk.by("surgeon")
    page.goto("/consultations")
    page.get_by_role("link", name=re.compile("Ananya Warrier")).tap()
    page.get_by_role("button", name="Start consultation").tap()
    page.get_by_label("What I see").fill("Small on both sides, left smaller.")
    page.get_by_label("Assessment").fill("Hypoplasia of both breasts.")
    page.get_by_label("What the patient will read").fill("Augmentation on both sides.")
    page.locator("label.k-pick", has_text=re.compile(r"^\s*Procedure recommended")).tap()
    page.get_by_role("button", name="Record outcome").tap()
    expect(page.get_by_role("button", name="Sign and close")).to_be_visible()
    page.get_by_role("link", name="Order tests").tap()
    for name in ("Haemoglobin", "Platelets"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Order", exact=True).tap()
    page.get_by_role("link", name="The consultation").tap()
    page.get_by_role("link", name="New plan").tap()
    page.locator("label.k-pick", has_text="Surgery").tap()
    page.locator("[name=lines-0-entry]").select_option(label="Breast augmentation with implants")
    page.locator("[name=lines-0-implant_choice]").fill("Round, 295 cc")
    page.locator("[name=lines-0-side]").select_option(label="Both sides")
    page.locator("[name=lines-0-technique]").fill("Dual plane")
    walk.looked_at("surgeon", "01-new-plan")
    page.get_by_role("button", name="Save the plan").tap()
    expect(page.get_by_role("heading", name="Breast augmentation with implants")).to_be_visible()
    walk.plan = page.url.rpartition("/")[2]
    walk.looked_at("surgeon", "02-plan")
    page.get_by_role("link", name=re.compile("^Follow-up, Tue")).tap()
    page.get_by_role("button", name="Sign and close").tap()
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible()


def photographed(walk: Walk) -> None:
    """She agrees on the nurse's tablet, and is photographed in every view of the procedure."""
    page = walk.by("nurse", camera=True)
    page.goto(f"/plans/{walk.plan}")
    page.get_by_role("link", name="Take photographs").tap()
    expect(page.get_by_role("link", name="Ask for the consent")).to_be_visible()
    walk.looked_at("nurse", "03-no-consent")
    page.get_by_role("link", name="Ask for the consent").tap()
    expect(page.get_by_label("Clinical photographs")).to_be_checked()
    page.get_by_role("button", name="Prepare").tap()
    page.get_by_role("button", name="Put it before the patient").tap()
    page.get_by_role("link", name="Sign on this device").tap()
    draw(page)
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("In force").first).to_be_visible()
    page.get_by_role("link", name="Ananya Warrier").first.tap()
    page.get_by_role("link", name=re.compile("^Breast augmentation")).tap()
    page.get_by_role("link", name="Take photographs").tap()
    takes(walk, page, 6)
    walk.looked_at("nurse", "04-photographed")


def takes(walk: Walk, page: Page, views: int, pigment: float = 1.0) -> None:
    """Each view in its turn: the shutter, then kept."""
    for taken in range(1, views + 1):
        page.get_by_role("button", name="Take the picture").tap()
        expect(page.get_by_alt_text("The picture just taken")).to_be_visible()
        walk.film.of(pigment)
        page.get_by_role("button", name="Keep it").tap()
        expect(page.get_by_text(re.compile(f"^{taken} of 6 views taken"))).to_be_visible()


def quoted(walk: Walk) -> None:
    """The desk finds the plan on the pathway, and sends its price."""
    page = walk.by("frontdesk", DESKTOP)
    page.goto("/theatre/pathway")
    page.get_by_role("link", name=re.compile("Breast augmentation")).click()
    page.get_by_role("button", name="Make a quote").click()
    page.get_by_role("button", name="Send to the patient").click()
    expect(page.get_by_role("button", name="Hand the tablet over")).to_be_visible()
    walk.looked_at("frontdesk", "05-quote-sent")


def accepted(walk: Walk) -> None:
    """At home, in the evening: read, and signed with a finger."""
    walk.house.at(at("19:00"))
    page = walk.phone
    page.goto("/my/")
    walk.looked_at(EMAIL, "06-home")
    page.get_by_role("link", name=re.compile("^Breast augmentation")).tap()
    expect(page.get_by_role("button", name="Accept and sign")).to_be_visible()
    walk.looked_at(EMAIL, "07-quote")
    draw(page)
    page.get_by_role("button", name="Accept and sign").click()
    expect(page.get_by_role("button", name=re.compile("^Pay the deposit"))).to_be_visible()
    walk.looked_at(EMAIL, "08-accepted")


def paid_in_parts(walk: Walk) -> None:
    """Three parts, and the first of them at once: it covers the deposit."""
    page = walk.phone
    page.get_by_role("link", name="3 parts").tap()
    page.get_by_role("button", name=re.compile("^Pay in 3 parts")).tap()
    expect(page.get_by_role("heading", name="Your days are being written down")).to_be_visible()
    walk.looked_at(EMAIL, "09-being-written")
    walk.house.carry_out()
    expect(page.get_by_role("heading", name="Your days", exact=True)).to_be_visible()
    walk.looked_at(EMAIL, "10-my-days")
    pays_online(walk, page)
    expect(page.get_by_text("Paid", exact=True).first).to_be_visible()


def pays_online(walk: Walk, page: Page) -> None:
    """Through the gateway of the demonstration, and back to where she came from."""
    page.get_by_role("button", name=re.compile("^Pay")).first.tap()
    expect(page.get_by_text("Test gateway")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pay")).tap()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    walk.house.carry_out()
    page.get_by_role("link", name=re.compile("^Back to")).tap()


def approved(walk: Walk) -> None:
    """The next morning the surgeon finds the plan among what waits, sends it off and approves it."""
    walk.house.at(at("09:00", 1))
    page = walk.by("surgeon")
    page.goto("/consultations/my-day")
    page.get_by_role("link", name=re.compile("^Plans to approve 1")).tap()
    page.get_by_role("link", name=re.compile("Breast augmentation")).tap()
    page.get_by_role("button", name="Send for approval").tap()
    page.get_by_role("button", name=re.compile("^Approve")).tap()
    expect(page.get_by_text("Approved", exact=True).first).to_be_visible()
    walk.looked_at("surgeon", "11-approved")
    page.get_by_role("button", name="Ask for consent").tap()
    expect(page.get_by_text("To be read and signed").first).to_be_visible()


def consented(walk: Walk) -> None:
    """Read part by part on the phone, signed with a finger; countersigned on the tablet."""
    walk.house.at(at("20:00", 1))
    page = walk.phone
    page.goto("/my/")
    page.get_by_role("link", name=re.compile("to sign|Consent", re.I)).first.tap()
    expect(page.get_by_role("button", name="I have read this part")).to_be_visible()
    walk.looked_at(EMAIL, "12-to-read")
    read_on(page, initials="AW")
    draw(page)
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    walk.looked_at(EMAIL, "13-to-sign")
    page.get_by_role("button", name="Sign consent").click()
    expect(page.get_by_text("Still to sign: doctor or surgeon")).to_be_visible()
    walk.house.at(at("09:00", 2))
    page = walk.by("surgeon")
    page.goto("/consultations/my-day")
    page.get_by_role("link", name=re.compile("^Consents to answer or sign 1")).tap()
    page.get_by_role("link", name="Countersign: Ananya Warrier").tap()
    draw(page)
    page.get_by_role("button", name="Sign consent").click()
    expect(page.get_by_text("In force").first).to_be_visible()
    walk.looked_at("surgeon", "14-countersigned")
    walk.house.carry_out()


def has_results(walk: Walk) -> None:
    """Blood is taken and answered by the nurse, and looked at by the surgeon."""
    walk.house.at(at("09:30", 2))
    page = walk.by("nurse")
    page.goto("/orders/")
    page.get_by_role("link", name=re.compile("Ananya Warrier")).tap()
    page.get_by_role("button", name="Collected now").tap()
    page.get_by_label(re.compile("^Haemoglobin")).fill("13.2")
    page.get_by_label(re.compile("^Platelets")).fill("240")
    page.get_by_role("button", name="Save results").tap()
    expect(page.get_by_text("To review").first).to_be_visible()
    page = walk.by("surgeon")
    page.goto("/consultations/my-day")
    page.get_by_role("link", name=re.compile("^Results to review 1")).tap()
    page.get_by_role("link", name=re.compile("Ananya Warrier")).tap()
    page.get_by_role("button", name=re.compile("review|seen", re.I)).first.tap()
    expect(page.get_by_text("Reviewed").first).to_be_visible()


def supplied(walk: Walk) -> None:
    """The manager opens the clearance for a day; the store puts two pieces aside by their serials, then the rest."""
    page = walk.by("theatre", DESKTOP)
    page.goto("/theatre/pathway")
    page.get_by_role("link", name=re.compile("Breast augmentation")).click()
    page.get_by_label("Day of surgery").fill(str(at("10:00", SURGERY).date()))
    page.get_by_role("button", name="Open clearance").click()
    expect(page.get_by_text("4 lines missing.")).to_be_visible()
    walk.looked_at("theatre", "15-clearance")
    page = walk.by("inventory", DESKTOP)
    page.goto("/inventory")
    page.get_by_role("link", name="For plans").click()
    expect(page.get_by_text("2 implants by serial")).to_be_visible()
    walk.looked_at("inventory", "16-waits-for-the-store")
    page.get_by_role("link", name="Ananya Warrier").click()
    for serial in SERIALS[:2]:
        page.get_by_role("button", name=f"Put aside serial {serial}").click()
        expect(page.get_by_text(f"serial {serial}, lot")).to_be_visible()
    page.get_by_role("button", name="Put aside what is missing").click()
    expect(page.get_by_text("All there")).to_be_visible()
    walk.looked_at("inventory", "17-put-aside")


def cleared(walk: Walk) -> None:
    """The anaesthetist and the nurse write under their names; the manager clears, reserves the theatre, schedules."""
    for who, lines in (
        ("anaesthetist", ("Fit for anaesthesia",)),
        ("nurse", ("Medicines reviewed", "Instructions understood")),
    ):
        page = walk.by(who)
        page.goto("/theatre/board")
        page.get_by_role("link", name="Ananya Warrier").tap()
        for line in lines:
            row = page.get_by_role("listitem").filter(has_text=line)
            row.get_by_text("Write it").tap()
            row.get_by_label("What you saw or decided").fill(f"{line}: seen, and in order.")
            row.get_by_role("button", name="Write under my name").tap()
            expect(row.get_by_text(", answered")).to_have_count(1)
    page = walk.by("theatre")
    page.reload()
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Clear for surgery").click()
    expect(page.get_by_role("heading", name="Cleared")).to_be_visible()
    walk.looked_at("theatre", "18-cleared")
    page.get_by_role("link", name="Reserve a theatre").click()
    expect(page.get_by_role("heading", name="Reserve a theatre")).to_be_visible()
    walk.looked_at("theatre", "19-reserve")
    page.get_by_label("Begins at").fill("10:00")
    page.get_by_label("Minutes", exact=True).fill("120")
    for name in ("Dr Jacob Cherian, anaesthetist", "Asha Jacob, nurse"):
        page.get_by_label(name).check(force=True)
    expect(page.get_by_label("Surgeon", exact=True).locator("option:checked")).to_have_text("Dr Rohan Shah")
    page.get_by_role("button", name="Reserve", exact=True).click()
    page.get_by_role("button", name="Schedule the case").click()
    expect(page.get_by_text("CS-")).to_be_visible()
    walk.looked_at("theatre", "20-scheduled")
    walk.house.carry_out()
    page = walk.phone
    page.goto("/my/")
    walk.looked_at(EMAIL, "21-date-set")


def started(walk: Walk) -> None:
    """The day: fasting, test and escort asked; the wristband and both sides said."""
    walk.house.at(at("09:40", SURGERY))
    page = walk.by("nurse")
    page.add_init_script("delete window.BarcodeDetector")
    page.goto("/theatre/calendar")
    page.get_by_role("link", name=re.compile("Ananya Warrier")).first.tap()
    page.get_by_role("link", name="Open the case").tap()
    start = part(page, "Start")
    expect(start.get_by_label("Wristband")).to_be_visible()
    walk.case = page.url.rpartition("/")[2]
    lines = page.get_by_role("heading", name="On the day").locator("xpath=ancestor::section")
    for left in range(lines.get_by_role("button", name="Write down").count(), 0, -1):
        lines.locator("input[name=words]").first.fill("Asked and seen.")
        lines.get_by_role("button", name="Write down").first.tap()
        expect(lines.get_by_role("button", name="Write down")).to_have_count(left - 1)
    walk.looked_at("nurse", "22-before-the-start")
    start.get_by_label("Wristband").fill(walk.made.patient.mrn)
    start.get_by_text("Both sides", exact=True).tap()
    start.get_by_role("button", name="Start the case").tap()
    press_next(page, "Patient is in theatre")
    tick_all(page, "Sign in")
    sign_all(page, "Sign in")
    press_next(page, "Complete the sign in")
    press_next(page, "Anaesthesia begins")
    tick_all(page, "Time out")
    sign_all(page, "Time out")
    press_next(page, "Complete the time out")


def implanted(walk: Walk) -> None:
    """Left by a scanner, right before the camera; threads by their lot, one more than the kit has."""
    walk.house.at(at("10:05", SURGERY))
    page = walk.by("nurse")
    press_next(page, "Knife to skin")
    scans(page, code(SERIALS[0]), "Left")
    expect(page.locator("#scan")).to_contain_text(f"Left: Lavanya Round 295, serial {SERIALS[0]}")
    filmed(code(SERIALS[1]), walk.film.path)
    page.locator("#scan label", has_text="Right").tap()
    page.get_by_role("button", name="Use the camera").tap()
    expect(page.locator("#scan")).to_contain_text(f"Right: Lavanya Round 295, serial {SERIALS[1]}")
    scans(page, "T4-551")
    expect(page.locator("#scan")).to_contain_text("Used: 1 piece Thread 4-0")
    for more in (2, 3):
        page.get_by_role("button", name="One more: Thread 4-0").tap()
        used = page.get_by_role("heading", name="Consumables").locator("xpath=ancestor::section")
        expect(used).to_contain_text(str(more))
    page.locator("#complications").scroll_into_view_if_needed()
    page.get_by_role("link", name="Next: Closure is done").tap()
    expect(page.get_by_role("link", name="Next: Closure is done")).to_be_hidden()  # it is in sight
    walk.looked_at("nurse", "23-implanted")


def completed(walk: Walk) -> None:
    """Counted, signed out, out of theatre, no complications, complete; the surgeon writes and signs the note."""
    walk.house.at(at("11:30", SURGERY))
    page = walk.by("nurse")
    press_next(page, "Closure is done")
    for what, count in (("SWABS", "10"), ("NEEDLES", "6"), ("INSTRUMENTS", "42")):
        page.locator(f"#b-{what}").fill(count)
        page.locator(f"#a-{what}").fill(count)
        page.locator(f"form:has(#b-{what})").get_by_role("button").tap()
        expect(page.locator(f"form:has(#b-{what})")).to_contain_text("Agree")
    tick_all(page, "Sign out")
    sign_all(page, "Sign out")
    press_next(page, "Complete the sign out")
    press_next(page, "Patient leaves theatre")
    page.get_by_role("button", name="None").tap()
    expect(page.locator("#complications")).to_have_value("None")
    press_next(page, "Complete the case")
    expect(page.locator("#case")).to_contain_text("Completed")
    walk.house.carry_out()
    page.reload()
    walk.looked_at("nurse", "24-completed")


def noted(walk: Walk) -> None:
    """The surgeon signs the operation note on the tablet held upright."""
    page = walk.by("surgeon")
    page.set_viewport_size({**UPRIGHT})  # type: ignore[typeddict-item]
    page.goto(f"/cases/{walk.case}")
    page.get_by_role("link", name=re.compile("^Operation note")).tap()
    for label, words in (("Findings", "As expected."), ("What was done", "Dual plane pocket, both sides."),
                         ("Blood loss", "80 ml"), ("After care", "Bra for six weeks.")):  # fmt: skip
        page.get_by_label(re.compile(label)).fill(words)
    page.get_by_role("button", name="Sign the note").tap()
    note = page.get_by_role("link", name="Open as PDF")
    expect(note).to_be_visible()
    walk.looked_at("surgeon", "25-note-signed")
    said = walk.paper(page, note)
    for words in ("Ananya Warrier", SERIALS[0], SERIALS[1], "Dual plane pocket"):
        assert words in said, words


def billed(walk: Walk) -> None:
    """The draft stands ready: what was accepted, and one thread beyond the kit; finalised, and the rest taken."""
    walk.house.at(at("12:00", SURGERY))
    page = walk.by("billing", DESKTOP)
    page.goto("/day")
    page.get_by_role("button", name="Checkout").click()
    expect(page.get_by_text("beyond what was planned: 1 piece")).to_be_visible()
    expect(page.get_by_text("₹1,94,840.00").first).to_be_visible()
    walk.looked_at("billing", "26-checkout")
    page.get_by_role("button", name="All of it by upi").click()
    page.get_by_role("button", name=re.compile("^Take ₹1,29,940.00")).click()
    expect(page.get_by_text("Taken by Thomas Kurian")).to_be_visible()
    walk.looked_at("billing", "27-paid")
    walk.house.carry_out()


def seen_again(walk: Walk) -> None:
    """The desk books the first of three checks; after a month she is photographed again, and both lie side by side."""
    walk.house.at(at("09:00", SURGERY + 5))
    page = walk.by("frontdesk")
    page.goto("/plans")
    page.get_by_role("link", name=re.compile("^Book Check after surgery")).click()
    page.get_by_role("link", name=re.compile("^11:00 with")).click()
    page.get_by_role("button", name=re.compile("^Confirm")).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("[Bb]ooked"))).to_be_visible()
    walk.house.at(at("11:00", SURGERY + 30))
    walk.film.of(0.3)
    page = walk.by("nurse")
    page.goto(f"/plans/{walk.plan}")
    for check in ("Booked for 26 Jan 11:00", "30 days after surgery", "90 days after surgery"):
        expect(page.get_by_text(check)).to_be_visible()
    page.get_by_role("link", name="Take photographs").tap()
    takes(walk, page, 1, 0.3)
    walk.looked_at("nurse", "28-after")
    page.get_by_role("link", name="All photographs").tap()
    page.get_by_role("link", name="Front After").tap()
    page.get_by_role("button", name=re.compile("^Before")).tap()
    expect(page.locator("[data-compare]")).to_be_visible()
    page = walk.by("surgeon")
    page.set_viewport_size({**TABLET})  # type: ignore[typeddict-item]
    page.goto(f"/patients/{walk.made.patient.pk}/photos")
    page.get_by_role("link", name=re.compile("^Front.*to 18 Feb")).tap()
    page.get_by_role("button", name="Show it to the patient").tap()
    expect(page.get_by_role("button", name="Show it to the patient")).to_have_count(0)
    walk.looked_at("surgeon", "29-shared")


def carries(walk: Walk) -> None:
    """On the phone she moves the line between herself and herself, and opens the card of what is in her."""
    page = walk.phone
    page.goto("/my/records")
    page.get_by_role("link", name=re.compile("^My photographs")).tap()
    page.get_by_label("Move the line between the two pictures").fill("20")
    walk.looked_at(EMAIL, "30-compared")
    page.goto("/my/records")
    page.get_by_role("link", name=re.compile("^My implants")).tap()
    expect(page.get_by_role("link", name="Open the implant card").first).to_be_visible()
    walk.looked_at(EMAIL, "31-implants")
    card = walk.paper(page, page.get_by_role("link", name="Open the implant card").first)
    for words in ("Ananya Warrier", *SERIALS[:2], "LV-2612", "Lavanya Medical", "Left", "Right"):
        assert words in card, words


STEPS = (
    planned, photographed, quoted, accepted, paid_in_parts, approved, consented, has_results, supplied, cleared,
    started, implanted, completed, noted, billed, seen_again, carries,
)  # fmt: skip


def test_from_the_plan_to_the_card_of_what_is_in_her(house: House, browsers: Browsers, tmp_path: Path) -> None:
    with ExitStack() as stack:
        walk = Walk(house, stack, browsers, Film(tmp_path / "camera.y4m"))
        house.at(at("10:00"))
        for step in STEPS:
            step(walk)
        for window in walk.open.values():
            without_refusals(window)
            if SHOTS:  # taking a picture styles the page
                window.complaints = [words for words in window.complaints if "inline style" not in words]
    system = house.story.place.system
    with acting_as(system), clock.at(house.tick()):
        [case] = theatre.cases_of_plan(UUID(walk.plan), seen_by=system)
        inside = stock.implants_of(walk.made.patient.pk, seen_by=system)
        assert {(one.serial, one.side) for one in inside} == {(SERIALS[0], "LEFT"), (SERIALS[1], "RIGHT")}
        [bill] = Bill.objects.filter(patient_id=walk.made.patient.pk, total__gt=0)
    assert (str(case.pk), case.status, bill.status, bill.owed) == (walk.case, "COMPLETED", "PAID", Decimal(0))
