"""The surgical, cosmetic journey (PRODUCT §5): from a stranger on the public pages to the card of what is in her.

Anita registers herself, is seen, quoted, photographed, consents at home, is cleared and operated on both sides; what
was used beyond the kit is billed; she is seen again, paired with herself of before, and found when the lot is recalled.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from kalon.billing import actions as billing
from kalon.billing.actions import embedded
from kalon.billing.actions.gateways import SUCCEEDED
from kalon.billing.actions.hearing import receive
from kalon.billing.models import Bill
from kalon.catalog import queries as catalog
from kalon.config.seed import procedures
from kalon.config.seed.consents import written
from kalon.config.seed.faces import Face, jpeg, photographed
from kalon.consents import actions as consents
from kalon.consents import queries as agreed
from kalon.consents.actions import Role, Signing, Wish
from kalon.consents.models import CoveredLine
from kalon.consents.tests.planned import read_all, sign_all
from kalon.consultations import actions as consultations
from kalon.installments import actions as installments
from kalon.installments import queries as parts
from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.inventory.actions import Delivery, KitPart, Scope
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.people import actions as people
from kalon.people import queries as staff
from kalon.photos import actions as photos
from kalon.photos import queries as pictures
from kalon.photos.actions import PhotoDetails
from kalon.plans import actions as plans
from kalon.plans import queries as planned
from kalon.plans.actions import LineDetails, PlanDetails
from kalon.portal import queries as portal
from kalon.quotes import actions as quotes
from kalon.quotes import queries as offered
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.theatre import actions as theatre
from kalon.theatre import queries as operating
from kalon.theatre.actions import Scan
from kalon.theatre.tests import told
from kalon.tills import actions as tills
from kalon.tills.actions import Tender
from tests.journeys.story import KOCHI, TUESDAY, Story, on_tuesday
from tests.journeys.surgery import NOTE, shelf
from tests.journeys.test_consult_only import _signed
from tests.journeys.test_follow_up import _prompts
from tests.journeys.test_recall import NOTE as NOTICE

ANITA = PatientDetails(
    given_name="Anita", family_name="Iyer", birth_date=date(1990, 5, 4), gender="female",
    email="anita@example.org", phone="+919847011225",
)  # fmt: skip
CHEST = ("FRONT", "LEFT_45", "RIGHT_45", "LEFT_90", "RIGHT_90", "ARMS_UP")
SURGERY = TUESDAY + timedelta(days=14)
KIT = 2  # sutures


def at(day: date, clock_time: str) -> datetime:
    """A time on the clinic's wall clock."""
    return datetime.fromisoformat(f"{day} {clock_time}").replace(tzinfo=KOCHI)


class Surgery:
    """One operation and everybody around it, told step by step."""

    encounter: Any
    plan: Any
    quote: Any
    agreement: Any
    before: Any
    kept: Any
    case: Any

    def __init__(self, story: Story) -> None:
        self.story, by = story, story.place.by
        self.surgeon, self.manager, self.keeper, self.owner = by["surgeon"], by["theatre"], by["inventory"], by["owner"]
        self.anaesthetist = _anaesthetist(story)
        self.prepare()
        # the steps that the theatre's own tests begin with are taken by these people
        self.house: Any = SimpleNamespace(
            visit=SimpleNamespace(nurse=story.nurse, doctor=self.surgeon, desk=story.desk),
            clinic=SimpleNamespace(system=story.place.system), surgeon=self.surgeon, manager=self.manager,
            anaesthetist=self.anaesthetist,
        )  # fmt: skip

    def prepare(self) -> None:
        """What the clinic has before she comes: procedures with their kit, forms, a store."""
        place = self.story.place
        procedures.fill(place)
        theatre.set_policy(
            lab_codes=["HB", "PLT"], lab_days=90, valid_days=21, follow_up_days=[7, 30, 90], by=self.owner
        )
        forms = {one.kind: one.pk for one in consents.bring_built_in(by=self.owner)}
        self.forms = {kind: consents.publish(pk, by=self.owner) for kind, pk in forms.items()}
        self.store = shelf(self.story)
        self.units = self.store.take_in(self.story, "A1", "A2", "A3")
        sutures = {"name": "Suture 3-0", "kind": "CONSUMABLE", "unit": "piece", "price": Decimal(140)}
        self.suture = inventory.add_item(sutures, by=self.keeper)
        delivery = Delivery(Decimal(20), number="S3", expires_on=date(2028, 6, 30))
        inventory.receive(self.suture.pk, self.store.place.pk, delivery, by=self.keeper)
        with acting_as(self.owner):
            self.entry = catalog.procedures(seen_by=self.owner).get(code="BREAST-AUG")
        kit = [KitPart(item_id=self.store.implant.pk, quantity=Decimal(2)),
               KitPart(item_id=self.suture.pk, quantity=Decimal(KIT))]  # fmt: skip
        inventory.set_kit(self.entry.pk, kit, by=self.owner)

    def registers(self) -> None:
        story = self.story
        registration = patients.start_registration(ANITA, "a long pass phrase", by=story.visitor)
        self.patient = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
        self.anita = story.patient_actor(self.patient.pk, "Anita Iyer")

    def is_seen(self) -> None:
        """She books at home, pays at the desk, and the surgeon decides on an operation with her."""
        story, place = self.story, self.story.place
        wish = BookingRequest(
            patient_id=self.patient.pk, branch_id=place.branch.pk, doctor_id=place.doctors[1].pk,
            service_id=place.services["CONSULT"].pk, start=on_tuesday("10:00"),
        )  # fmt: skip
        visit = scheduling.book(wish, by=self.anita)
        bill = story.bill(visit)
        billing.take_payment(bill.pk, "UPI", bill.owed, by=story.desk)
        self.encounter = story.encounter(visit)
        with clock.at(on_tuesday("09:55")):
            patients.record_allergies(self.patient.pk, "NONE_KNOWN", [], by=story.nurse)
            scheduling.check_in(visit.pk, by=story.desk)
            consultations.begin(self.encounter.pk, by=self.surgeon)
        details = self.details()
        with clock.at(on_tuesday("10:20")):
            with story.refused(NotReady, "Record the outcome"):
                plans.plan_procedure(self.encounter.pk, details, by=self.surgeon)
            consultations.record_outcome(self.encounter.pk, outcome="PROCEDURE_PLANNED", note=NOTE, by=self.surgeon)
            with story.refused(NotPermitted, "write treatment plans"):
                plans.plan_procedure(self.encounter.pk, details, by=story.desk)
            self.plan = plans.plan_procedure(self.encounter.pk, details, by=self.surgeon)
            consultations.close(self.encounter.pk, by=self.surgeon)

    def details(self) -> PlanDetails:
        line = LineDetails(
            entry_id=self.entry.pk, side="BOTH", technique="Dual plane", implant_choice="Round, 295 cc"
        )  # fmt: skip
        return PlanDetails(plan_type="SURGICAL", lines=(line,))

    def agrees_to_photographs(self) -> None:
        wish = Wish(self.forms["PHOTOGRAPHY"].pk, self.story.place.branch.pk)
        asked = consents.present(consents.prepare(self.patient.pk, wish, by=self.story.nurse).pk, by=self.story.nurse)
        sign_all(asked, nurse=self.story.nurse, doctor=self.surgeon, patient=self.anita)

    def photographed(self, stage: str, view: str, number: int = 0) -> Any:
        face = Face(seed=11, turn=CHEST.index(view) / 3, pigment=1.0 if stage == "BEFORE" else 0.3)
        content = jpeg(photographed(face, size=(300, 400)), quality=90 - number)
        said = PhotoDetails(view=view, stage=stage, plan_id=self.plan.pk)
        return photos.take(self.patient.pk, BytesIO(content), said, by=self.story.nurse)

    def is_quoted(self) -> None:
        self.quote = quotes.send(quotes.draft_quote(self.plan.pk, by=self.story.desk).pk, by=self.story.desk)

    def signature(self) -> quotes.Signing:
        opened = quotes.open_quote(self.quote.pk, by=self.anita)
        with acting_as(self.anita):
            option = opened.options.get()
        return quotes.Signing(option_id=option.pk, strokes=written("Anita Iyer"), words=opened.content_sha256)

    def accepts(self) -> None:
        self.quote = quotes.accept(self.quote.pk, self.signature(), by=self.anita)

    def pays_deposit(self) -> None:
        """Online, on the gateway's signed word."""
        due = self.quote.deposit_due
        payment = billing.start_online_advance(
            self.patient.pk, self.story.place.branch.pk, due, plan_id=self.plan.pk, by=self.anita
        )  # fmt: skip
        word = embedded.event_body(payment, SUCCEEDED, at=clock.now(), method="upi")
        assert receive("embedded", _signed(self.story, word), word) == "on account"
        self.story.carry_out()

    def is_approved(self) -> None:
        self.plan = plans.approve(plans.submit(self.plan.pk, by=self.surgeon).pk, by=self.surgeon)

    def is_asked(self) -> Any:
        return consents.ask_of_plan(self.plan.pk, self.forms["PROCEDURE"].pk, by=self.story.nurse)

    def puts_aside(self) -> Any:
        """Two pieces by their serials, and what else the kit takes."""
        for unit in self.units[:2]:
            inventory.reserve_unit(unit.pk, plan_id=self.plan.pk, needed_on=SURGERY, by=self.keeper)
        return inventory.reserve_kit(
            self.plan.pk, needed_on=SURGERY, location_id=self.store.place.pk, by=self.keeper
        )  # fmt: skip

    def missing(self, clearance: Any) -> set[str]:
        return told.missing(self.house, theatre.look_again(clearance.pk, by=self.manager))

    def reserves(self) -> Any:
        wish = theatre.TheatreWish(
            start=at(SURGERY, "10:00"), minutes=120, room_id=self.room, surgeon_id=self.story.place.doctors[1].pk
        )  # fmt: skip
        return theatre.reserve(self.plan.pk, wish, by=self.manager)

    @property
    def room(self) -> Any:
        with acting_as(self.manager):
            [found] = operating.theatres(branch_id=self.story.place.branch.pk, seen_by=self.manager)
        return found.pk

    @property
    def lacks(self) -> str:
        """What of the plan's money is missing before it is booked."""
        with acting_as(self.story.desk):
            return offered.missing(self.plan.pk)

    @property
    def home(self) -> Any:
        with acting_as(self.anita):
            return portal.home(seen_by=self.anita)

    @property
    def words(self) -> list[str]:
        """What her pages say of her treatment."""
        with acting_as(self.anita):
            found = portal.journey(seen_by=self.anita)
        return [one.words for one in (*found.active, *found.done)]

    @property
    def waits_for(self) -> tuple[str, str]:
        """What the list of open plans says of it: what is missing, and whose it is."""
        with acting_as(self.manager):
            rows = list(operating.open_plans(seen_by=self.manager).filter(pk=self.plan.pk))
            [step] = operating.steps(rows)
        return step.blocks, step.move

    def uses(self, code: str, **more: Any) -> str:
        return theatre.use(self.case.pk, Scan(code=code, **more), by=self.story.nurse)

    def begins(self, mrn: str | None = None, **sides: str) -> Any:
        side = sides.get("side", "BOTH")
        said = dict.fromkeys(told.sides(self.house, self.case), side)
        return theatre.start(self.case.pk, told_mrn=mrn or self.patient.mrn, told_sides=said, by=self.story.nurse)

    def time(self, which: str) -> None:
        theatre.write_time(self.case.pk, which, by=self.story.nurse)

    def check(self, stage: str) -> None:
        told.checked(self.house, self.case, stage)


def _anaesthetist(story: Story) -> Actor:
    """Whoever says that she is fit signs in under their own name."""
    added = people.add_staff(
        "Dr Leela Thomas", kind="ANAESTHETIST", email="leela@kalon.test", roles={None: ["doctor"]},
        by=story.place.by["owner"],
    )  # fmt: skip
    assert added.user is not None
    with acting_as(story.place.system):
        actor = staff.staff_actor(added.user)
    assert actor is not None
    return actor


@pytest.fixture
def surgery(story: Story) -> Surgery:
    return Surgery(story)


def test_from_a_stranger_to_the_card_of_what_is_in_her(surgery: Surgery) -> None:
    surgery.registers()
    surgery.is_seen()
    _photographed_and_quoted(surgery)
    _accepted_and_paid_in_parts(surgery)
    _approved_and_agreed(surgery)
    _cleared(surgery)
    _booked(surgery)
    _operated(surgery)
    _billed(surgery)
    _seen_again(surgery)
    _found(surgery)
    state = surgery.story.state
    assert [state(one) for one in (surgery.plan, surgery.case, *surgery.units[:2])] == [
        "COMPLETED", "COMPLETED", "IMPLANTED", "IMPLANTED"
    ]  # fmt: skip


def test_nothing_is_booked_before_the_deposit(surgery: Surgery) -> None:
    """The surgeon approves early, everything else is answered: the clearance, and so the date, waits for the money."""
    story = surgery.story
    surgery.registers()
    surgery.is_seen()
    with clock.at(on_tuesday("11:00")):
        surgery.agrees_to_photographs()
        for view in CHEST:
            surgery.photographed("BEFORE", view)
        surgery.is_quoted()
        surgery.is_approved()
        assert surgery.waits_for == ("The quote is not accepted", "Front desk")
        sign_all(surgery.is_asked(), nurse=story.nurse, doctor=surgery.surgeon, patient=surgery.anita)
        surgery.puts_aside()
        clearance = theatre.open_clearance(surgery.plan.pk, SURGERY, by=surgery.manager)
        told.blood_tested(surgery.house, surgery.plan)
        told.said(surgery.house, clearance)
        kept = surgery.reserves()
        _refused_until_paid(surgery, clearance, kept, "quote")
        surgery.accepts()
        _refused_until_paid(surgery, clearance, kept, "deposit")
        surgery.pays_deposit()
        assert (surgery.lacks, surgery.missing(clearance)) == ("", set())
        theatre.clear(clearance.pk, by=surgery.manager)
        assert theatre.schedule(kept.pk, by=surgery.manager).status == "SCHEDULED"


def _refused_until_paid(surgery: Surgery, clearance: Any, kept: Any, lacks: str) -> None:
    story = surgery.story
    assert (surgery.lacks, surgery.missing(clearance)) == (lacks, {"MONEY"})
    with story.refused(NotReady, "Still missing: money in order"):
        theatre.clear(clearance.pk, by=surgery.manager)
    with story.refused(NotReady, "not cleared for this date"):
        theatre.schedule(kept.pk, by=surgery.manager)
    told_sql = "UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s"
    assert told.attack(told_sql, [surgery.plan.pk], by=story.place.system) == "quotes_gate"


def _photographed_and_quoted(surgery: Surgery) -> None:
    """Before the photographs she agrees to them; the quote stands on her own pages."""
    story = surgery.story
    with clock.at(on_tuesday("10:40")):
        with story.refused(NotReady, "has not agreed to photographs"):
            surgery.photographed("BEFORE", "FRONT")
        surgery.agrees_to_photographs()
        surgery.before = surgery.photographed("BEFORE", "FRONT")
        with story.refused(NotPermitted, "take photographs"):
            photos.take(surgery.patient.pk, BytesIO(b""), PhotoDetails(view="FRONT", stage="BEFORE"), by=story.desk)
        for view in CHEST[1:]:
            surgery.photographed("BEFORE", view)
    with clock.at(on_tuesday("11:00")):
        assert (surgery.lacks, surgery.home.quotes) == ("quote", [])
        with story.refused(NotPermitted, "write quotes"):
            quotes.draft_quote(surgery.plan.pk, by=surgery.keeper)
        surgery.is_quoted()
        story.carry_out()
        assert (story.told()["quote-sent"], [one.pk for one in surgery.home.quotes]) == (1, [surgery.quote.pk])
        with story.refused(Invalid, "not accepted yet"):
            installments.choose_parts(surgery.quote.pk, count=3, by=surgery.anita)


def _accepted_and_paid_in_parts(surgery: Surgery) -> None:
    """She signs the quote at home, chooses three parts, and pays the first online."""
    story, rahul = surgery.story, surgery.story.registered()
    with clock.at(on_tuesday("19:00")):
        signing = surgery.signature()
        with story.refused(NotFound, "no such quote"):
            quotes.accept(surgery.quote.pk, signing, by=rahul)
        with story.refused(Stale, "not the one that was sent"):
            quotes.accept(surgery.quote.pk, replace(signing, words="0" * 64), by=surgery.anita)
        surgery.accepts()
        assert (surgery.quote.status, surgery.lacks, surgery.home.quotes) == ("ACCEPTED", "deposit", [])
        installments.choose_parts(surgery.quote.pk, count=3, by=surgery.anita)
        story.carry_out()
        with story.refused(NotFound, "no such plan"):
            billing.start_online_advance(
                rahul.own_patient_id, story.place.branch.pk, Decimal(1), plan_id=surgery.plan.pk, by=rahul
            )
        surgery.pays_deposit()
        assert surgery.lacks == ""
        with acting_as(surgery.anita):
            [agreement] = parts.payment_plans_of(surgery.patient.pk, seen_by=surgery.anita)
            due = parts.parts_of(agreement)
        assert (agreement.total, len(due)) == (surgery.quote.total, 3)
        assert (due[0].paid, due[0].status) == (surgery.quote.deposit_due, "PAID" if due[0].owed == 0 else "PARTIAL")
    surgery.agreement = agreement


def _approved_and_agreed(surgery: Surgery) -> None:
    """Nothing of the theatre or the store before the surgeon approved; then she reads and signs, he countersigns."""
    story = surgery.story
    with clock.at(at(TUESDAY + timedelta(days=1), "09:00")):
        with story.refused(NotReady, "approved first"):
            surgery.is_asked()
        with story.refused(NotFound, "no such plan"):  # the store does not even see it
            surgery.puts_aside()
        with story.refused(NotReady, "no theatre is reserved for it now"):
            surgery.reserves()
        with story.refused(NotReady, "approved first"):
            theatre.open_clearance(surgery.plan.pk, SURGERY, by=surgery.manager)
        with story.refused(IllegalMove, "the plan is being written"):
            plans.approve(surgery.plan.pk, by=surgery.surgeon)
        plans.submit(surgery.plan.pk, by=surgery.surgeon)
        with story.refused(NotPermitted, "may not approve the plan"):
            plans.approve(surgery.plan.pk, by=story.nurse)
        surgery.plan = plans.approve(surgery.plan.pk, by=surgery.surgeon)
        assert (surgery.words, surgery.waits_for) == (
            ["Ready for you"], ("The consent was not asked for", "Nurse")
        )  # fmt: skip
        asked = surgery.is_asked()
        assert surgery.words == ["Your consent is asked for"]
        assert [one.pk for one in surgery.home.to_sign] == [asked.pk]
    with clock.at(at(TUESDAY + timedelta(days=1), "20:00")):
        opened = consents.open_to_sign(asked.pk, by=surgery.anita)
        hand = Signing(Role.PATIENT, "Anita Iyer", written("Anita Iyer"), "", 9, opened.content_sha256)
        with story.refused(NotReady, "Read every part first"):
            consents.sign(asked.pk, hand, by=surgery.anita)
        with story.refused(NotReady, "signs first"):
            consents.sign(asked.pk, Signing(Role.SURGEON, "", None, "", 0, opened.content_sha256), by=surgery.surgeon)
        read_all(opened, by=surgery.anita)
        assert consents.sign(asked.pk, hand, by=surgery.anita).status == "PARTIALLY_SIGNED"
        with story.refused(NotPermitted, "From this account you cannot sign here"):
            consents.sign(asked.pk, replace(hand, role=Role.SURGEON), by=surgery.anita)
        assert (surgery.home.to_sign, story.state(surgery.plan)) == ([], "CONSENT_PENDING")
    with clock.at(at(TUESDAY + timedelta(days=2), "09:00")):
        with acting_as(surgery.surgeon):
            waiting = list(agreed.for_doctor(story.place.doctors[1].pk, seen_by=surgery.surgeon))
        assert [one.pk for one in waiting] == [asked.pk]
        own = Signing(Role.SURGEON, "", None, "", 0, opened.content_sha256)
        with story.refused(NotPermitted, "doctor or surgeon countersigns"):
            consents.sign(asked.pk, own, by=story.nurse)
        done = consents.sign(asked.pk, own, by=surgery.surgeon)
        assert (done.status, story.state(surgery.plan)) == ("SIGNED", "CONSENT_SIGNED")
        assert surgery.words == ["You have consented"]
        with acting_as(story.place.system):
            assert [line.side for line in CoveredLine.objects.filter(consent=done)] == ["BOTH"]
        story.carry_out()


def _cleared(surgery: Surgery) -> None:
    """Line by line, each answered by its own row; the last one clears her."""
    story, house = surgery.story, surgery.house
    with clock.at(at(TUESDAY + timedelta(days=2), "10:00")):
        assert surgery.waits_for == ("Nobody opened its clearance", "Theatre manager")
        clearance = theatre.open_clearance(surgery.plan.pk, SURGERY, by=surgery.manager)
        assert surgery.missing(clearance) == {"LABS", "INVENTORY", *told.SAID}
        assert surgery.puts_aside().is_complete
        assert surgery.missing(clearance) == {"LABS", *told.SAID}
        with acting_as(surgery.keeper):
            assert [story.state(unit) for unit in surgery.units] == ["RESERVED", "RESERVED", "IN_STOCK"]
        with story.refused(NotReady, "Still missing: laboratory results, fit for anaesthesia"):
            theatre.clear(clearance.pk, by=surgery.manager)
        told.blood_tested(house, surgery.plan)
        assert surgery.missing(clearance) == set(told.SAID)
        lines = told.lines(house, clearance)
        with story.refused(Invalid, "answered by its own record"):
            theatre.state(lines["LABS"].pk, "It looks fine.", by=surgery.surgeon)
        with story.refused(NotPermitted, "write what answers a clearance"):
            theatre.state(lines["FITNESS"].pk, "Fit.", by=story.desk)
        told.said(house, clearance)
        kept = surgery.reserves()
        assert surgery.waits_for == ("All lines are answered: clear the patient", "Theatre manager")
        with story.refused(NotReady, "not cleared for this date"):
            theatre.schedule(kept.pk, by=surgery.manager)
        with story.refused(NotPermitted, "may not clear the patient"):
            theatre.clear(clearance.pk, by=story.nurse)
        assert theatre.clear(clearance.pk, by=surgery.manager).status == "CLEARED"
    surgery.kept = kept


def _booked(surgery: Surgery) -> None:
    """The theatre is firm: she sees her day, the surgeon and the theatre see theirs."""
    story = surgery.story
    with clock.at(at(TUESDAY + timedelta(days=2), "10:30")):
        assert surgery.waits_for == ("The case is not scheduled", "Theatre manager")
        with story.refused(NotPermitted, "may not schedule a case"):
            theatre.schedule(surgery.kept.pk, by=story.nurse)
        surgery.case = theatre.schedule(surgery.kept.pk, by=surgery.manager)
        assert (story.state(surgery.plan), surgery.words) == ("SCHEDULED", ["A date is set"])
        visit = surgery.home.next_visit
        assert (visit.kind, visit.local_start.date(), surgery.home.when) == ("SURGERY", SURGERY, "in 12 days")
        for who in (surgery.surgeon, surgery.manager, story.nurse):
            with acting_as(who):
                [row] = operating.list_of_day(SURGERY, seen_by=who)
                assert (row.pk, row.surgeon.name) == (surgery.case.pk, "Dr Rohan Shah")
        with story.refused(IllegalMove, "written in theatre"):
            surgery.uses("S3")


def _operated(surgery: Surgery) -> None:
    """Right patient, right sides, three stages, times in turn, each implant by its code on its side."""
    story, house, code = surgery.story, surgery.house, surgery.store.code
    with clock.at(at(SURGERY - timedelta(days=1), "10:00")), story.refused(NotReady, "another day"):
        surgery.begins()
    with clock.at(at(SURGERY, "09:40")):
        with story.refused(NotReady, "Fasting, pregnancy test, escort"):
            surgery.begins()
        told.day_lines(house, surgery.case)
        with story.refused(NotReady, "WRONG PATIENT"):
            surgery.begins("SK-999999")
        with story.refused(NotReady, "WRONG SIDE. Plan and consent say both"):
            surgery.begins(side="LEFT")
        surgery.begins()
        assert (story.state(surgery.plan), surgery.words) == ("IN_PROGRESS", ["Under way"])
        assert surgery.uses(surgery.patient.mrn) == "Right patient: the wristband agrees with the case."
        with story.refused(NotReady, "WRONG PATIENT"):
            surgery.uses(f"{surgery.patient.mrn[:-3]}999")
        surgery.time("in")
        with story.refused(NotReady, "sign in before anaesthesia"):
            surgery.time("anaesthesia")
        surgery.check("SIGN_IN")
        surgery.time("anaesthesia")
        with story.refused(NotReady, "No incision before the time out"):
            surgery.time("incision")
        surgery.check("TIME_OUT")
    with clock.at(at(SURGERY, "10:05")):
        surgery.time("incision")
        with story.refused(Invalid, "left or right"):
            surgery.uses(code("A1"))
        assert surgery.uses(code("A1"), side="LEFT") == "Left: Lunara Round 295, serial A1, lot L7."
        with story.refused(NotReady, "on this side already"):
            surgery.uses(code("A2"), side="LEFT")
        assert surgery.uses(code("A2"), side="RIGHT").startswith("Right: Lunara Round 295, serial A2")
        surgery.uses("S3", quantity=Decimal(KIT), key="k1")
        surgery.uses("S3", quantity=Decimal(1), key="k2")
        with story.refused(NotReady, "billed when it is completed"):
            tills.bill_case(surgery.case.pk, by=surgery.owner)
    with clock.at(at(SURGERY, "11:30")):
        surgery.time("closure")
        with pytest.raises(NotReady, match="ount"):
            surgery.check("SIGN_OUT")
        told.counted(house, surgery.case)
        theatre.complete_stage(told.stage(house, surgery.case, "SIGN_OUT").pk, by=story.nurse)
        with story.refused(NotReady, "patient out"):
            theatre.complete(surgery.case.pk, by=story.nurse)
        surgery.time("out")
        theatre.say_complications(surgery.case.pk, "None", by=surgery.surgeon)
        theatre.complete(surgery.case.pk, by=story.nurse)
        assert (story.state(surgery.case), story.state(surgery.plan), surgery.words) == (
            "COMPLETED", "COMPLETED", ["Done"]
        )  # fmt: skip
        assert [story.state(unit) for unit in surgery.units] == ["IMPLANTED", "IMPLANTED", "IN_STOCK"]


def _billed(surgery: Surgery) -> None:
    """The draft is there before anybody asks: what was accepted, and one suture beyond the kit."""
    story, quote = surgery.story, surgery.quote
    with clock.at(at(SURGERY, "12:00")):
        story.carry_out()
        with acting_as(story.desk):
            bill = Bill.objects.get(patient_id=surgery.patient.pk, status="DRAFT")
            lines = [(row.source.partition(":")[0], row.quantity) for row in bill.lines.order_by("position")]
        assert lines == [("quote", Decimal(1)), ("usage", Decimal(1))]
        bill = billing.finalize(bill.pk, by=story.desk)
        assert bill.total > quote.total
        bill = story.now(bill)
        assert (bill.status, bill.owed) == ("PARTIALLY_PAID", bill.total - quote.deposit_due)
        assert [one.pk for one in surgery.home.other_bills] == [bill.pk]
        with story.refused(NotPermitted, "may not see bills"):
            tills.checkout(bill.pk, [Tender("UPI", bill.owed)], "k", by=story.nurse)
        for _again in range(2):
            tills.checkout(bill.pk, [Tender("UPI", bill.owed, "UPI 77")], "rest", by=story.desk)
        story.carry_out()
        assert (story.state(bill), story.now(bill).owed, surgery.home.other_bills) == ("PAID", 0, [])
        assert story.state(surgery.agreement) == "COMPLETED"


def _seen_again(surgery: Surgery) -> None:
    """Seen after 7, 30 and 90 days; at thirty photographed as before, and the two side by side are hers to see."""
    story = surgery.story
    with acting_as(surgery.anita):
        found = planned.follow_ups_of(surgery.patient.pk, seen_by=surgery.anita).order_by("due_date")
        due = [one for one in found if one.kind == "POST_OP"]
    assert [(one.due_date - SURGERY).days for one in due] == [7, 30, 90]
    for one in due:
        with clock.at(at(one.due_date - timedelta(days=2), "09:00")):
            assert [kind for kind, _ in _prompts(story)] == ["Check after surgery"]
            wish = BookingRequest(
                patient_id=surgery.patient.pk, branch_id=story.place.branch.pk, doctor_id=story.place.doctors[1].pk,
                service_id=story.place.services["POST-OP"].pk, kind="POST_OP", start=at(one.due_date, "11:00"),
                occasion_id=one.pk,
            )  # fmt: skip
            scheduling.book(wish, by=story.desk)
            assert story.state(one) == "SCHEDULED"
    with clock.at(at(due[1].due_date, "11:10")):
        after = surgery.photographed("AFTER", "FRONT")
        half = surgery.photographed("AFTER", "LEFT_45")
        before = surgery.before
        with story.refused(Invalid, "from the same view"):
            photos.compare(before.pk, half.pk, by=story.nurse)
        pair = photos.compare(after.pk, before.pk, by=story.nurse)
        assert (pair.earlier_id, pair.later_id) == (before.pk, after.pk)
        story.carry_out()
        assert _pairs(surgery) == []
        with story.refused(NotPermitted, "may not share photographs"):
            photos.share(pair.pk, by=story.nurse)
        photos.share(pair.pk, by=surgery.surgeon)
        assert _pairs(surgery) == [pair.pk]


def _pairs(surgery: Surgery) -> list[Any]:
    with acting_as(surgery.anita):
        return [one.pk for one in pictures.pairs_of(surgery.patient.pk, seen_by=surgery.anita)]


def _found(surgery: Surgery) -> None:
    """The card shows both, and whoever calls the lot back finds her on both sides in one question."""
    with clock.at(at(SURGERY + timedelta(days=40), "10:00")):
        with acting_as(surgery.anita):
            own = list(stock.implants_of(surgery.patient.pk, seen_by=surgery.anita).order_by("serial"))
        assert [(one.serial, one.side, one.surgeon_name) for one in own] == [
            ("A1", "LEFT", "Dr Rohan Shah"), ("A2", "RIGHT", "Dr Rohan Shah")
        ]  # fmt: skip
        name, card = inventory.implant_card(own[0].pk, by=surgery.anita)
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(card)).pages)
        assert name.endswith(".pdf")
        for said in ("Anita Iyer", surgery.patient.mrn, "A1", "A2", "L7", "Lunara Medical", "Left", "Right"):
            assert said in text
        covers = [Scope(device_code=surgery.store.implant.device_code, lot="L7")]
        notice = inventory.open_recall(replace(NOTICE, due_on=date(2027, 3, 1)), covers, by=surgery.manager)
        with acting_as(surgery.manager):
            hits = stock.affected(notice.pk, seen_by=surgery.manager)
        assert {(one.serial, one.status, one.side, one.patient_id) for one in hits} == {
            ("A1", "IMPLANTED", "LEFT", surgery.patient.pk), ("A2", "IMPLANTED", "RIGHT", surgery.patient.pk),
            ("A3", "QUARANTINED", "", None),
        }  # fmt: skip
