"""A treatment on the day it is decided: one order, and nobody gets past a step that is still missing."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.test import Client

from kalon.billing.tests.sql import attack
from kalon.consents import actions as consents
from kalon.consents.tests.planned import sign_all
from kalon.consultations import actions as consultations
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.people.models import User
from kalon.plans import actions as plans
from kalon.quotes import actions as quotes
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.tills import actions, queries
from kalon.tills.actions import Tender, Treatment
from kalon.tills.queries import SameDay, Step
from tests.journeys.story import Story, on_tuesday


def _arrived(story: Story) -> Any:
    rahul = story.registered()
    assert rahul.patient_id is not None
    patients.record_allergies(rahul.patient_id, "NONE_KNOWN", [], by=story.nurse)
    wish = BookingRequest(
        patient_id=rahul.patient_id, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        service_id=story.place.services["FOLLOW-UP"].pk, start=on_tuesday("10:00"),
    )  # fmt: skip
    visit = scheduling.book(wish, by=story.desk)
    return scheduling.check_in(visit.pk, by=story.desk)


def _stands(story: Story, visit: Any) -> SameDay:
    with acting_as(story.desk):
        return queries.same_day(visit.pk, seen_by=story.desk)


def test_every_guard_of_the_long_way_stands_on_the_short_one(story: Story) -> None:
    toxin = Treatment(service_id=story.place.services["BOTULINUM"].pk, consent="NOT_REQUIRED")
    everything = quotes.PolicyDetails(asked_for=["NON_SURGICAL"], deposit_percent=Decimal(0))
    with clock.at(on_tuesday("09:55")):
        visit = _arrived(story)
        assert _stands(story, visit).step == Step.WAIT
        with story.refused(NotReady, "sees the patient first"):
            actions.plan_today(visit.pk, toxin, by=story.doctor)
        encounter = story.encounter(visit)
        assert encounter is not None
        consultations.begin(encounter.pk, by=story.doctor)

    with clock.at(on_tuesday("10:10")):
        for nobody in (story.nurse, story.desk):
            with story.refused(NotPermitted, "a doctor does"):
                actions.plan_today(visit.pk, toxin, by=nobody)
        with story.refused(DomainError, "Write the assessment"):  # the outcome is refused, and the plan with it
            actions.plan_today(visit.pk, toxin, by=story.doctor)
        with story.refused(Invalid, "Say whether a consent"):
            actions.plan_today(visit.pk, replace(toxin, consent=""), by=story.doctor)
        with story.refused(IllegalMove, "Something else comes first"):
            actions.book_today(visit.pk, on_tuesday("10:30"), by=story.desk)

        # A consent that is asked for is not stepped over.
        signed_first = replace(toxin, consent="REQUIRED", assessment="Glabellar lines.")
        first = actions.plan_today(visit.pk, signed_first, by=story.doctor)
        assert (_stands(story, visit).step, story.state(encounter)) == (Step.CONSENT, "PLAN_CREATED")
        with story.refused(IllegalMove, "Something else comes first"):
            actions.book_today(visit.pk, on_tuesday("10:30"), by=story.desk)
        assert _stands(story, visit).forms == ()
        owner = story.place.by["owner"]
        drafts = consents.bring_built_in(by=owner)
        form = consents.publish(next(one.pk for one in drafts if one.kind == "PROCEDURE"), by=owner)
        assert [one.pk for one in _stands(story, visit).forms] == [form.pk]
        asked = consents.ask_of_plan(first.pk, form.pk, by=story.desk)
        assert (_stands(story, visit).step, _stands(story, visit).consent) == (Step.CONSENT, asked)
        sign_all(asked, nurse=story.nurse, doctor=story.doctor)
        assert _stands(story, visit).step == Step.TIME
        plans.cancel(first.pk, reason="Another treatment", by=story.doctor)

        # Nor is a quote, where the owner asks for one; not by a hand in the database either.
        quotes.set_policy(everything, by=story.place.by["owner"])
        plan = actions.plan_today(visit.pk, toxin, by=story.doctor)
        assert _stands(story, visit).step == Step.QUOTE
        with story.refused(IllegalMove, "Something else comes first"):
            actions.book_today(visit.pk, on_tuesday("10:30"), by=story.desk)
        move = "UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s"
        assert attack(move, [plan.pk], by=story.place.system) == "quotes_gate"
        sent = actions.quote_today(plan.pk, by=story.desk)
        assert _stands(story, visit).step == Step.SIGN
        opened = quotes.open_quote(sent.pk, by=story.desk)
        with acting_as(story.desk):
            option = opened.options.all()[0].pk
        signing = quotes.Signing(option_id=option, name="Rahul Das", words=opened.content_sha256)
        quotes.accept(sent.pk, signing, by=story.desk)
        stands = _stands(story, visit)
        assert (stands.step, stands.price and stands.price.total) == (Step.TIME, Decimal("10030.00"))

        with acting_as(story.desk):
            offer = queries.next_time(stands, seen_by=story.desk)
        assert offer is not None
        session = actions.book_today(visit.pk, offer.start, by=story.desk)
        stands = _stands(story, visit)
        assert stands.bill is not None
        assert (stands.step, stands.bill.total, story.state(plan)) == (Step.MONEY, Decimal("10030.00"), "SCHEDULED")

        # The money and the check-in are one: what cannot be taken checks nobody in, what was taken is taken once.
        with story.refused(NotPermitted, "check patients out"):
            actions.pay_today(visit.pk, [Tender("CARD", Decimal(10030))], "k", by=story.doctor)
        with story.refused(Invalid, "can be used from what is on account"):
            halves = [Tender("WALLET", Decimal(30)), Tender("CARD", Decimal(10000))]
            actions.pay_today(visit.pk, halves, str(uuid4()), by=story.desk)
        for _again in range(2):
            done = actions.pay_today(visit.pk, [Tender("CARD", Decimal(10030), "771204")], "k", by=story.desk)
            assert (done.step, done.bill.status, story.state(session)) == (Step.DONE, "PAID", "CHECKED_IN")


def _signed_in(actor: Actor) -> Client:
    with acting_as(actor):
        user = User.objects.get(pk=actor.user_id)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_another_system_asks_for_the_same_steps(story: Story) -> None:
    json: dict[str, Any] = {"content_type": "application/json"}
    with clock.at(on_tuesday("09:55")):
        visit = _arrived(story)
        encounter = story.encounter(visit)
        assert encounter is not None
        consultations.begin(encounter.pk, by=story.doctor)
    with clock.at(on_tuesday("10:10")):
        doctor, desk, at = _signed_in(story.doctor), _signed_in(story.desk), f"/api/same-day/{visit.pk}"
        asked = {
            "service_id": str(story.place.services["BOTULINUM"].pk), "consent": "NOT_REQUIRED", "assessment": "Lines.",
        }  # fmt: skip
        assert desk.get(at).json()["step"] == "PLAN"
        assert (desk.post(f"{at}/plan", asked, **json).status_code, desk.get(at).json()["plan_id"]) == (403, None)
        planned = doctor.post(f"{at}/plan", asked, **json)
        assert (planned.status_code, planned.json()["consent"]) == (201, "NOT_REQUIRED")
        with acting_as(story.desk):
            offer = queries.next_time(queries.same_day(visit.pk, seen_by=story.desk), seen_by=story.desk)
        assert offer is not None
        booked = desk.post(f"{at}/book", {"start": offer.start.isoformat()}, **json).json()
        assert (booked["step"], booked["total"]) == ("MONEY", "10030.00")
        card = {"tenders": [{"method": "CARD", "amount": "10030.00"}], "key": "k"}
        for _again in range(2):
            assert desk.post(f"{at}/pay", card, **json).json()["step"] == "DONE"
