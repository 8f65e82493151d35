"""The multi-session journey (PRODUCT §5): six PRP sessions 14 days apart, from the plan to the review.

One is held late, one is missed. Each has its consent, its visit, its record and what it used; nothing is held out of
order, unsigned, or without its patient.
"""

from collections.abc import Sequence
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from kalon.catalog.actions import add_procedure
from kalon.config.seed import quotes, store
from kalon.consents import actions as consents
from kalon.consents import queries as agreed
from kalon.consents.tests.planned import sign_all
from kalon.consultations import actions as consultations
from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.models import PatientAccess
from kalon.people import actions as people
from kalon.plans import actions as plans
from kalon.plans import queries
from kalon.plans.actions import LineDetails, Parameter, PlanDetails, RecordDetails, SessionTime
from kalon.plans.models import FollowUpPlan, ProcedureSession
from kalon.scheduling import actions as scheduling
from tests.journeys.story import TUESDAY, Story, on_tuesday
from tests.journeys.test_follow_up import _booked

NOTE = {"examination": "Thinning at the crown.", "assessment": "Androgenetic alopecia.", "advice": "Six sessions."}
SWABS = "Gauze swabs, sterile"


class Series:
    """The plan of one patient, told session by session."""

    def __init__(self, story: Story, patient: Actor, plan: Any, form: Any) -> None:
        self.story, self.patient, self.plan, self.form = story, patient, plan, form
        self.therapist = story.place.by["therapist"]

    def session(self, number: int) -> ProcedureSession:
        with acting_as(self.story.desk):
            return queries.sessions_of_plan(self.plan, seen_by=self.story.desk)[number - 1]

    @property
    def states(self) -> list[str]:
        with acting_as(self.story.desk):
            return [one.status for one in queries.sessions_of_plan(self.plan, seen_by=self.story.desk)]

    @property
    def days(self) -> list[int]:
        """Of each session that has a visit, how many days after the consultation it is."""
        with acting_as(self.story.desk):
            rows = queries.sessions_of_plan(self.plan, seen_by=self.story.desk)
            return [(one.appointment.local_start.date() - TUESDAY).days for one in rows if one.appointment]

    @property
    def progress(self) -> str:
        with acting_as(self.story.desk):
            return str(queries.progress_of(self.plan, seen_by=self.story.desk))

    def proposed(self, **wish: Any) -> list[SessionTime]:
        desk = self.story.desk
        with acting_as(desk):
            found = queries.dates(queries.plan(self.plan.pk, seen_by=desk), queries.DatesWish(**wish), seen_by=desk)
        return [
            SessionTime(
                number=one.session.number, start=one.times.offer.start, doctor_id=one.times.offer.slot.doctor_id
            )
            for one in found.days
            if one.times.offer
        ]

    def arrange(self, times: Sequence[SessionTime]) -> None:
        plans.arrange_sessions(self.plan.pk, times, by=self.story.desk)

    def arrives(self, number: int) -> Any:
        """The patient comes; the clock stands at the time of the visit from here on."""
        visit = self.session(number).appointment
        assert visit is not None
        scheduling.check_in(visit.pk, by=self.story.desk)
        return visit

    def ask(self, number: int) -> Any:
        return consents.ask_of_session(self.session(number).pk, self.form.pk, by=self.story.nurse)

    def sign(self, asked: Any, *, patient: Actor | None = None) -> None:
        sign_all(asked, nurse=self.story.nurse, doctor=self.story.doctor, patient=patient)

    def hold(self, number: int) -> None:
        """Arrived, signed on the tablet, treated, written down."""
        visit = self.session(number).appointment
        assert visit is not None
        with clock.at(visit.period.lower):
            self.arrives(number)
            self.sign(self.ask(number))
            self.treat(number)

    def treat(self, number: int) -> None:
        session = plans.start_session(self.session(number).pk, by=self.therapist)
        if number == 1:
            inventory.use_in_session(session.pk, item_id=_swabs(self.story), quantity=Decimal(4), by=self.therapist)
        else:
            inventory.use_as_last_time(session.pk, by=self.therapist)
        record = RecordDetails(
            before="No redness.", procedure="Injected into the crown.", after="Calm.",
            parameters=[Parameter(name="Volume", value="4", unit="ml"), Parameter(name="Depth", value="3", unit="mm")],
        )  # fmt: skip
        plans.write_record(session.pk, record, edition=0, by=self.therapist)
        plans.complete_session(session.pk, by=self.therapist)


def test_six_sessions_a_fortnight_apart_from_the_plan_to_the_review(story: Story) -> None:
    with clock.at(on_tuesday("08:00")):
        store.fill(story.place)
        entry, form = _procedure_with_its_consent(story)
    series = _decided(story, entry, form)
    before = _held(story)

    # Nothing is booked before the quote is accepted and its deposit paid; then all six in one press, told of once.
    with clock.at(on_tuesday("12:00")):
        with story.refused(NotReady, ""):
            series.arrange(series.proposed(first=TUESDAY + timedelta(days=1), at=time(11)))
        quotes.paid_deposit(story.place, quotes.accepted(story.place, quotes.quoted(story.place, series.plan)))
        with story.refused(NotPermitted, ""):
            plans.arrange_sessions(series.plan.pk, series.proposed(), by=story.nurse)
        near = series.proposed(first=TUESDAY + timedelta(days=1), at=time(11))
        too_near = [
            near[0],
            SessionTime(number=2, start=near[0].start + timedelta(days=7), doctor_id=near[0].doctor_id),
        ]
        with story.refused(Invalid, "at least 10 days lie between"):
            series.arrange(too_near)
        series.arrange(near)
        assert (series.days, series.states) == ([1, 15, 29, 43, 57, 71], ["SCHEDULED"] * 6)
        assert (story.state(series.plan), series.progress) == ("SCHEDULED", "0 of 6")
        story.carry_out()
        assert story.told()["series-confirmed"] == 1

    # The first: signed on the phone at home, ready when the patient comes.
    visit = series.session(1).appointment
    assert visit is not None
    with clock.at(visit.period.lower - timedelta(hours=14)):
        asked = series.ask(1)
        assert series.states[0] == "CONSENT_PENDING"
        series.sign(asked, patient=series.patient)
        story.carry_out()
        assert series.states[0] == "READY"
        with story.refused(NotReady, "not been checked in"):
            plans.start_session(series.session(1).pk, by=series.therapist)
    with clock.at(visit.period.lower):
        series.arrives(1)
        series.treat(1)
    assert (story.state(series.plan), series.progress, series.states[0]) == ("IN_PROGRESS", "1 of 6", "COMPLETED")
    assert _held(story) == before - 4

    # The second waits for its own consent, and nothing is done before.
    visit = series.session(2).appointment
    assert visit is not None
    with clock.at(visit.period.lower - timedelta(days=1)):  # it is moved a week later, which the third does not allow
        with story.refused(Invalid, "Move session 3 first"):
            late = visit.period.lower + timedelta(days=7)
            scheduling.reschedule(visit.pk, late, "Travels", by=story.desk)
        series.arrange(series.proposed(number=2, first=TUESDAY + timedelta(days=22), moves=True))
        assert series.days == [1, 22, 36, 50, 64, 78]
    visit = series.session(2).appointment
    assert visit is not None
    with clock.at(visit.period.lower):
        series.arrives(2)
        with story.refused(IllegalMove, ""):
            plans.start_session(series.session(2).pk, by=series.therapist)
        series.sign(series.ask(2))
        series.treat(2)

    # The third is missed: booked again a week later, and those that follow go along.
    visit = series.session(3).appointment
    assert visit is not None
    with clock.at(visit.period.upper + timedelta(minutes=30)):
        scheduling.no_show(visit.pk, by=story.desk)
        assert series.states[2] == "NO_SHOW"
        again = series.proposed(first=TUESDAY + timedelta(days=43), moves=True)
        assert [one.number for one in again] == [3, 4, 5, 6]
        series.arrange(again)
        assert series.days == [1, 22, 43, 57, 71, 85]
        asked = series.ask(3)
        with story.refused(Clash, "consent to this session already"):
            series.ask(3)
        consents.void(asked.pk, "Asked too early", by=story.nurse)
    series.hold(3)
    assert series.progress == "3 of 6"

    # The rest, with a hold in between: its visits are given back, nothing is booked meanwhile, then the rest anew.
    day = series.days[2] + 14
    plans.hold(series.plan.pk, reason="Away for a month", by=story.doctor)
    assert series.states[3:] == ["PLANNED"] * 3
    with story.refused(DomainError, "on hold"):
        series.arrange(series.proposed(first=TUESDAY + timedelta(days=day), at=time(11)))
    plans.resume(series.plan.pk, by=story.doctor)
    series.arrange(series.proposed(first=TUESDAY + timedelta(days=day + 28), at=time(11)))
    series.hold(4)
    series.hold(5)
    series.hold(6)
    assert (series.states, series.progress) == (["COMPLETED"] * 6, "6 of 6")
    assert (story.state(series.plan), _held(story)) == ("COMPLETED", before - 24)

    # The end: a review thirty days after the last session waits to be booked, and every record is sealed.
    last = series.session(6).appointment
    assert last is not None
    with acting_as(story.place.system):
        [review] = FollowUpPlan.objects.filter(plan=series.plan, kind="REVIEW")
        assert (review.status, review.due_date) == ("PENDING", last.local_start.date() + timedelta(days=30))
        signed = agreed.consents(seen_by=story.place.system).filter(plan=series.plan, status="SIGNED")
        assert sorted(one.session.number for one in signed) == [1, 2, 3, 4, 5, 6]
    with story.refused(IllegalMove, ""):
        plans.write_record(series.session(6).pk, RecordDetails(before="x"), edition=1, by=series.therapist)
    with acting_as(series.therapist):
        assert [str(one.value) for one in queries.parameters_of(series.session(6))] == ["4", "3"]


def _procedure_with_its_consent(story: Story) -> tuple[Any, Any]:
    """PRP in the procedure catalogue, ten days apart at least, each session with a consent of its own."""
    owner = story.place.by["owner"]
    details = {
        "code": "PRP", "name": "PRP for hair", "category": "HAIR", "setting": "NON_SURGICAL", "minutes": 60,
        "service_id": story.place.services["PRP-HAIR"].pk, "least_days_between": 10, "needs_consent": False,
    }  # fmt: skip
    entry = add_procedure(details, by=owner)
    form = consents.add_template("SESSION", "Before each PRP", consents.Terms(1), procedure_ids=[entry.pk], by=owner)
    for text in consents.built_in_texts("SESSION"):
        consents.write_text(form.pk, text, by=owner)
    return entry, consents.publish(form.pk, by=owner)


def _decided(story: Story, entry: Any, form: Any) -> Series:
    """The consultation in which six sessions are decided, and the plan that the doctor approves."""
    rahul = story.registered()
    visit = _booked(story, rahul, on_tuesday("10:00"))
    encounter = story.encounter(visit)
    assert encounter is not None and rahul.patient_id is not None
    with clock.at(on_tuesday("09:55")):
        patients.record_allergies(rahul.patient_id, "NONE_KNOWN", [], by=story.nurse)
        scheduling.check_in(visit.pk, by=story.desk)
        consultations.begin(encounter.pk, by=story.doctor)
    with clock.at(on_tuesday("10:20")):
        consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=NOTE, by=story.doctor)
        details = PlanDetails(
            lines=(LineDetails(entry_id=entry.pk),), title="PRP for hair", plan_type="SERIES", session_count=6,
            interval_days=14, consent="NOT_REQUIRED", review_after_days=30,
        )  # fmt: skip
        plan = plans.plan_procedure(encounter.pk, details, by=story.doctor)
        plans.submit(plan.pk, by=story.doctor)
        plan = plans.approve(plan.pk, by=story.doctor)
        consultations.close(encounter.pk, by=story.doctor)
    return Series(story, _with_account(story, rahul), plan, form)


def _with_account(story: Story, patient: Actor) -> Actor:
    """The patient signed in on their phone."""
    assert patient.patient_id is not None
    with acting_as(story.place.system):
        user = people.create_patient_user(
            email="rahul@example.org", phone=None, password=None, name="Rahul Das", by=story.place.system
        )
        facts = {"organization_id": story.place.organization_id, "patient_id": patient.patient_id}
        PatientAccess.objects.create(**facts, user=user, relation="SELF", called="Rahul")
    return story.patient_actor(patient.patient_id, "Rahul Das")


def _swabs(story: Story) -> Any:
    with acting_as(story.nurse):
        return stock.items(seen_by=story.nurse).get(name=SWABS).pk


def _held(story: Story) -> Decimal:
    """How many swabs the store holds."""
    with acting_as(story.place.system):
        rows = stock.shelves(seen_by=story.place.system).filter(item__name=SWABS)
        return sum((row.quantity for row in rows), Decimal(0))
