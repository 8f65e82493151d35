"""What was received, as a doctor sees it: for their own patients alone, in sums."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from tests.journeys.story import MONDAY_EVENING, Story

from kalon.billing import actions
from kalon.billing.queries.days import own_received_by_day
from kalon.config.seed.clinic import open_clinic
from kalon.consultations.queries import dashboard
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest


def asked(story: Story, by: Actor, doctor_id: object) -> Mapping[date, Decimal]:
    branch = story.place.branch
    ask = dashboard.Ask(by, doctor_id, branch.pk, branch.timezone, clock.today(branch.timezone))  # type: ignore[arg-type]
    with acting_as(by):
        return own_received_by_day(ask)


def test_a_doctor_sees_what_came_in_for_their_own_patients(db: None) -> None:
    from tests.journeys.story import on_tuesday

    with clock.at(MONDAY_EVENING):
        story = Story(open_clinic())
        patient, place = story.registered(), story.place
        visit = scheduling.book(
            BookingRequest(
                patient_id=patient.patient_id, branch_id=place.branch.pk, doctor_id=story.dr_menon.pk,
                service_id=place.services["CONSULT"].pk, start=on_tuesday("10:00"),
            ),
            by=story.desk,
        )  # fmt: skip
        bill = story.bill(visit)
        assert asked(story, story.doctor, story.dr_menon.pk) == {}
        actions.take_payment(bill.pk, "UPI", Decimal(bill.total), "4711", by=story.desk)
        today = clock.today(place.branch.timezone)
        assert asked(story, story.doctor, story.dr_menon.pk) == {today: bill.total}
        other = next(one for one in place.doctors if one.pk != story.dr_menon.pk)
        assert asked(story, place.by["surgeon"], other.pk) == {}
        assert asked(story, place.by["owner"], None) == {}
        with pytest.raises(NotPermitted):
            asked(story, story.nurse, story.dr_menon.pk)
        with acting_as(story.doctor):
            branch = place.branch
            ask = dashboard.Ask(story.doctor, story.dr_menon.pk, branch.pk, branch.timezone, today)
            seen = {chart.measure.key: chart.today for chart in dashboard.charts(ask)}
    assert (seen["own"], "received" in seen) == (bill.total, False)
