"""What the clock does: unpaid and unanswered visits give their time back."""

from datetime import timedelta

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries, tasks
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.tests.clinic import EIGHT, Clinic


def test_an_unpaid_online_visit_gives_its_time_back(clinic: Clinic) -> None:
    visit = actions.book(clinic.wish("10:00", service_id=clinic.prepaid.pk), by=clinic.patient_actor())
    by_the_desk = clinic.booked("11:00", service_id=clinic.prepaid.pk)
    for minutes, status in ((19, Status.PENDING_PAYMENT), (21, Status.CANCELLED)):
        with clock.at(EIGHT + timedelta(minutes=minutes)), acting_as(clinic.system):
            tasks.release_unanswered(organization_id=clinic.organization_id)
            assert queries.appointment(visit.pk, seen_by=clinic.system).status == status
    with acting_as(clinic.system):
        gone = queries.appointment(visit.pk, seen_by=clinic.system)
        assert gone.cancelled_reason == tasks.NOT_PAID
        assert queries.appointment(by_the_desk.pk, seen_by=clinic.system).status == Status.PENDING_PAYMENT
    assert clinic.booked("10:00", patient_id=clinic.other_patient.pk).status == Status.CONFIRMED


def test_money_that_comes_too_late_does_not_bring_the_visit_back(clinic: Clinic) -> None:
    visit = actions.book(clinic.wish("10:00", service_id=clinic.prepaid.pk), by=clinic.patient_actor())
    with clock.at(EIGHT + timedelta(minutes=21)), acting_as(clinic.system):
        tasks.release_unanswered(organization_id=clinic.organization_id)
    assert actions.confirm_paid(visit.pk, by=clinic.system).status == Status.CANCELLED


def test_a_request_nobody_answered_ends_when_its_time_comes(clinic: Clinic) -> None:
    visit = actions.book(clinic.wish("10:00", service_id=clinic.review.pk), by=clinic.patient_actor())
    with clock.at(EIGHT + timedelta(hours=2)), acting_as(clinic.system):
        tasks.release_unanswered(organization_id=clinic.organization_id)
        gone = queries.appointment(visit.pk, seen_by=clinic.system)
    assert (gone.status, gone.cancelled_reason) == (Status.CANCELLED, tasks.NOT_ANSWERED)
