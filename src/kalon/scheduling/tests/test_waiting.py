"""The waiting list: who is offered which time, and that the first to accept gets it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from kalon.catalog import actions as catalog
from kalon.catalog.models import Package
from kalon.kernel import actors, clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.events import on
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, events, queries
from kalon.scheduling.lifecycles import EntryStatus, OfferStatus, Source, Status
from kalon.scheduling.models import Appointment, WaitingEntry, WaitingOffer
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, open_clinic
from kalon.scheduling.tests.test_guards import sql

FRIDAY = TUESDAY + timedelta(days=3)


@pytest.fixture
def tokens() -> Any:
    """The links that were sent, by patient."""
    sent: dict[Any, str] = {}

    def remember(event: events.TimeOffered) -> None:
        sent[event.patient_id] = event.token

    on(events.TimeOffered, remember)
    yield sent
    from kalon.kernel import events as bus

    bus._reactions[events.TimeOffered].remove(remember)


def wish(clinic: Clinic, **changes: Any) -> actions.WaitingRequest:
    facts = {
        "patient_id": clinic.patient.pk,
        "branch_id": clinic.branch.pk,
        "service_id": clinic.consult.pk,
        "doctor_id": clinic.doctor.pk,
        "until_date": FRIDAY,
    }
    return actions.WaitingRequest(**{**facts, **changes})


def fill(clinic: Clinic, *free: str) -> None:
    """The doctor is away the whole week, but for some half hours on Tuesday."""
    begins = clinic.at("08:00")
    for hour in sorted(free):
        until = clinic.at(hour)
        if begins < until:
            actions.block(begins, until, staff_id=clinic.doctor.pk, by=clinic.owner)
        begins = until + timedelta(minutes=30)
    rest = (begins, clinic.at("20:00", TUESDAY + timedelta(days=40)))
    inside = actions.foreseen(lambda: actions.block(*rest, staff_id=clinic.doctor.pk, by=clinic.owner), by=clinic.owner)
    kept = {one.visit.pk: actions.Answer() for one in inside}
    actions.block(*rest, staff_id=clinic.doctor.pk, answers=kept, by=clinic.owner)


def entry_of(clinic: Clinic, pk: Any) -> WaitingEntry:
    with acting_as(clinic.system):
        return WaitingEntry.objects.get(pk=pk)


def test_a_time_that_frees_is_offered_and_the_link_books_it(clinic: Clinic, tokens: dict[Any, str]) -> None:
    fill(clinic, "11:00")
    taken = clinic.booked("11:00", patient_id=clinic.other_patient.pk)
    entry = actions.join(wish(clinic), by=clinic.desk)
    assert actions.offer_times(clinic.branch.pk, by=clinic.system) == []
    actions.cancel(taken.pk, "Fever", by=clinic.desk)
    (offer,) = actions.offer_times(clinic.branch.pk, by=clinic.system)
    assert (offer.doctor_id, offer.expires_at) == (clinic.doctor.pk, EIGHT + timedelta(hours=2))
    assert entry_of(clinic, entry.pk).status == EntryStatus.OFFERED
    answered = actions.accept_offer(tokens[clinic.patient.pk], by=actors.public(clinic.organization_id))
    assert answered.status == OfferStatus.ACCEPTED
    visit = answered.appointment
    assert visit is not None
    assert (f"{visit.local_start:%H:%M}", visit.status, visit.source, visit.patient_id) == (
        "11:00", Status.CONFIRMED, Source.WAITING_LIST, clinic.patient.pk,
    )  # fmt: skip
    assert entry_of(clinic, entry.pk).appointment_id == visit.pk


def test_somebody_with_a_visit_is_moved_to_the_earlier_time(clinic: Clinic, tokens: dict[Any, str]) -> None:
    later = clinic.booked("15:00", day=FRIDAY)
    fill(clinic, "11:00")
    actions.join(wish(clinic, visit_id=later.pk), by=clinic.patient_actor())
    actions.offer_times(clinic.branch.pk, by=clinic.system)
    answered = actions.accept_offer(tokens[clinic.patient.pk], by=actors.public(clinic.organization_id))
    assert answered.appointment is not None
    assert answered.appointment.predecessor_id == later.pk
    with acting_as(clinic.system):
        assert Appointment.objects.get(pk=later.pk).status == Status.RESCHEDULED


@pytest.mark.parametrize(
    ("changes", "suits"),
    [
        ({}, True),
        ({"weekdays": (0, 2, 3)}, False),
        ({"from_time": time(11, 30)}, False),
        ({"to_time": time(11, 15)}, False),
        ({"to_time": time(11, 30)}, True),
        ({"from_date": TUESDAY + timedelta(days=1)}, False),
    ],
)
def test_only_times_in_the_days_and_hours_wished_are_offered(
    clinic: Clinic, changes: dict[str, Any], suits: bool
) -> None:
    fill(clinic, "11:00")
    actions.join(wish(clinic, **changes), by=clinic.desk)
    assert len(actions.offer_times(clinic.branch.pk, by=clinic.system)) == int(suits)


def test_nobody_is_asked_at_night_nor_to_come_within_the_hour(clinic: Clinic) -> None:
    fill(clinic, "11:00")
    entry = actions.join(wish(clinic), by=clinic.desk)
    with clock.at(EIGHT - timedelta(hours=1)):
        assert actions.offer_times(clinic.branch.pk, by=clinic.system) == []
    with clock.at(EIGHT + timedelta(hours=2, minutes=15)):
        assert actions.offer_times(clinic.branch.pk, by=clinic.system) == []
        with pytest.raises(Invalid, match="too soon to ask"):
            actions.offer_by_hand(entry.pk, clinic.at("11:00"), by=clinic.desk)


def test_an_unanswered_offer_ends_and_another_time_is_offered(clinic: Clinic, tokens: dict[Any, str]) -> None:
    fill(clinic, "11:00", "15:00")
    entry = actions.join(wish(clinic), by=clinic.desk)
    actions.offer_times(clinic.branch.pk, by=clinic.system)
    first = tokens[clinic.patient.pk]
    with clock.at(EIGHT + timedelta(hours=2, minutes=1)):
        with pytest.raises(IllegalMove, match="has ended"):
            actions.accept_offer(first, by=actors.public(clinic.organization_id))
        assert actions.close_offers(by=clinic.system) == 1
        assert entry_of(clinic, entry.pk).status == EntryStatus.WAITING
        (second,) = actions.offer_times(clinic.branch.pk, by=clinic.system)
        assert f"{second.period.lower:%H:%M}" == "15:00"
        with pytest.raises(IllegalMove, match="closed: not answered in time"):
            actions.accept_offer(first, by=actors.public(clinic.organization_id))
    with clock.at(EIGHT + timedelta(days=5)):
        actions.close_offers(by=clinic.system)
        actions.close_offers(by=clinic.system)
        assert entry_of(clinic, entry.pk).status == EntryStatus.EXPIRED


def test_whoever_declines_waits_on(clinic: Clinic, tokens: dict[Any, str]) -> None:
    fill(clinic, "11:00")
    entry = actions.join(wish(clinic), by=clinic.desk)
    actions.offer_times(clinic.branch.pk, by=clinic.system)
    actions.decline_offer(tokens[clinic.patient.pk], by=actors.public(clinic.organization_id))
    assert entry_of(clinic, entry.pk).status == EntryStatus.WAITING
    assert actions.offer_times(clinic.branch.pk, by=clinic.system) == []  # not the same time again


def test_withdrawing_ends_the_offer_too(clinic: Clinic, tokens: dict[Any, str]) -> None:
    fill(clinic, "11:00")
    entry = actions.join(wish(clinic), by=clinic.desk)
    actions.offer_times(clinic.branch.pk, by=clinic.system)
    actions.withdraw(entry.pk, "Came last week", by=clinic.desk)
    with pytest.raises(IllegalMove):
        actions.accept_offer(tokens[clinic.patient.pk], by=actors.public(clinic.organization_id))
    with acting_as(clinic.system):
        assert not Appointment.objects.exists()


def test_a_patient_waits_and_leaves_for_themself_only(clinic: Clinic) -> None:
    me = clinic.patient_actor()
    entry = actions.join(wish(clinic, service_id=clinic.review.pk), by=me)
    with pytest.raises(NotPermitted):
        actions.join(wish(clinic, patient_id=clinic.other_patient.pk), by=me)
    with pytest.raises(Clash, match="on the list for this already"):
        actions.join(wish(clinic, service_id=clinic.review.pk), by=clinic.desk)
    other = clinic.patient_actor(clinic.other_patient)
    with pytest.raises(NotFound):
        actions.withdraw(entry.pk, "Mischief", by=other)
    urgent = "UPDATE scheduling_waitingentry SET priority = 'URGENT' WHERE id = %s"
    assert sql(me, urgent, entry.pk)[0] == "scheduling_waitingentry_by_patient"
    assert sql(other, "DELETE FROM scheduling_waitingentry WHERE id = %s", entry.pk)[1] == "42501"
    assert actions.withdraw(entry.pk, "Found a time", by=me).status == EntryStatus.WITHDRAWN
    with pytest.raises(NotPermitted):
        actions.join(wish(clinic), by=clinic.nobody)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until_date": TUESDAY - timedelta(days=1)}, "until when"),
        ({"until_date": TUESDAY + timedelta(days=400)}, "until when"),
        ({"weekdays": ()}, "at least one day"),
        ({"weekdays": (7,)}, "at least one day"),
        ({"from_time": time(12), "to_time": time(9)}, "begin before they end"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(clinic: Clinic, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        actions.join(wish(clinic, **changes), by=clinic.desk)


def test_a_link_is_worth_nothing_in_another_clinic(clinic: Clinic, tokens: dict[Any, str]) -> None:
    fill(clinic, "11:00")
    actions.join(wish(clinic), by=clinic.desk)
    actions.offer_times(clinic.branch.pk, by=clinic.system)
    there = open_clinic("OT")
    with pytest.raises(NotFound):
        actions.accept_offer(tokens[clinic.patient.pk], by=actors.public(there.organization_id))


def test_every_state_but_the_arrows_is_refused_by_plain_sql(clinic: Clinic, tokens: dict[Any, str]) -> None:
    fill(clinic, "11:00")
    entry = actions.join(wish(clinic), by=clinic.desk)
    (offer,) = actions.offer_times(clinic.branch.pk, by=clinic.system)
    book = "UPDATE scheduling_waitingentry SET status = 'BOOKED' WHERE id = %s"
    assert sql(clinic.desk, book, entry.pk)[0] == "scheduling_waitingentry_status_moves"
    accept = "UPDATE scheduling_waitingoffer SET status = 'ACCEPTED' WHERE id = %s"
    assert sql(clinic.desk, accept, offer.pk)[0] == "scheduling_waitingoffer_status_moves"
    actions.decline_offer(tokens[clinic.patient.pk], by=actors.public(clinic.organization_id))
    again = "UPDATE scheduling_waitingoffer SET status = 'OPEN' WHERE id = %s"
    assert sql(clinic.desk, again, offer.pk)[0] in (
        "scheduling_waitingoffer_sealed", "scheduling_waitingoffer_status_moves",
    )  # fmt: skip


def test_three_accept_at_once_and_one_gets_it(own_database: str) -> None:
    with clock.at(EIGHT):
        clinic = open_clinic("W3")
        sent: list[str] = []
        on(events.TimeOffered, lambda event: sent.append(event.token))
        fill(clinic, "11:00")
        with acting_as(clinic.system):
            from kalon.scheduling.tests.clinic import _patient

            third = _patient(clinic.system, "W3-000099", "Tara Nair")
        for patient in (clinic.patient, clinic.other_patient, third):
            actions.join(wish(clinic, patient_id=patient.pk), by=clinic.desk)
        assert len(actions.offer_times(clinic.branch.pk, by=clinic.system)) == 3

        def accept(token: str) -> str:
            try:
                with clock.at(EIGHT):
                    return actions.accept_offer(token, by=actors.public(clinic.organization_id)).status
            except IllegalMove as refusal:
                return str(refusal.facts.get("status_is"))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(3) as pool:
            outcomes = sorted(pool.map(accept, sent))
        assert outcomes == [OfferStatus.ACCEPTED, OfferStatus.LOST, OfferStatus.LOST]
        with acting_as(clinic.system):
            assert Appointment.objects.count() == 1
            assert WaitingOffer.objects.filter(status=OfferStatus.OPEN).count() == 0
            waiting = WaitingEntry.objects.filter(status=EntryStatus.WAITING).count()
        assert waiting == 2


def test_the_list_is_read_in_the_same_statements_for_1_and_30(clinic: Clinic, django_assert_num_queries: Any) -> None:
    from kalon.scheduling.tests.clinic import _patient

    def read() -> int:
        with acting_as(clinic.desk):
            from django.db import connection
            from django.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(connection) as seen:
                rows = list(queries.on_waiting_list(clinic.branch.pk, seen_by=clinic.desk))
                assert [row.service.name for row in rows]
            return len(seen)

    actions.join(wish(clinic), by=clinic.desk)
    one = read()
    for n in range(29):
        with acting_as(clinic.system):
            patient = _patient(clinic.system, f"SK-0008{n:02}", "Dia Sen")
        actions.join(wish(clinic, patient_id=patient.pk), by=clinic.desk)
    assert read() == one


def course(clinic: Clinic) -> Package:
    """Three peels sold together."""
    return catalog.add_package(
        {
            "code": "COURSE",
            "name": "Course of peels",
            "price": Decimal("2700.00"),
            "minutes": 60,
            "is_self_bookable": True,
            "room_kind": "TREATMENT",
        },
        [(clinic.peel.pk, 3)],
        by=clinic.owner,
    )


def test_somebody_waits_for_a_package_and_gets_a_visit_of_it(clinic: Clinic, tokens: dict[Any, str]) -> None:
    package = course(clinic)
    fill(clinic, "11:00", "11:30")
    entry = actions.join(wish(clinic, service_id=None, package_id=package.pk), by=clinic.patient_actor())
    with pytest.raises(Clash, match="You are on the list"):
        actions.join(wish(clinic, service_id=None, package_id=package.pk), by=clinic.patient_actor())
    (offer,) = actions.offer_times(clinic.branch.pk, by=clinic.system)
    assert offer.entry_id == entry.pk
    actions.join(wish(clinic, service_id=clinic.peel.pk), by=clinic.desk)  # the service by itself is another wait
    answered = actions.accept_offer(tokens[clinic.patient.pk], by=actors.public(clinic.organization_id))
    assert answered.appointment is not None
    visit = answered.appointment
    assert (visit.package_id, visit.service_id, visit.room_id) == (package.pk, None, clinic.room.pk)
    assert visit.period.upper - visit.period.lower == timedelta(minutes=60)


def test_somebody_waits_for_a_service_or_a_package_and_not_for_both(clinic: Clinic) -> None:
    package = course(clinic)
    for facts in ({"service_id": None}, {"package_id": package.pk}):
        with pytest.raises(Invalid, match="a service or a package"):
            actions.join(wish(clinic, **facts), by=clinic.desk)
    entry = actions.join(wish(clinic), by=clinic.desk)
    both = "UPDATE scheduling_waitingentry SET package_id = %s WHERE id = %s"
    assert sql(clinic.system, both, package.pk, entry.pk)[0] == "scheduling_waitingentry_for_one"
    neither = "UPDATE scheduling_waitingentry SET service_id = NULL WHERE id = %s"
    assert sql(clinic.system, neither, entry.pk)[0] == "scheduling_waitingentry_for_one"


def test_nobody_waits_for_the_package_of_another_clinic(clinic: Clinic) -> None:
    theirs = course(open_clinic("ZZ"))
    entry = actions.join(wish(clinic), by=clinic.desk)
    swap = "UPDATE scheduling_waitingentry SET service_id = NULL, package_id = %s WHERE id = %s"
    assert sql(clinic.system, swap, theirs.pk, entry.pk)[0] == "scheduling_waitingentry_same_package"
    with pytest.raises(NotFound):
        actions.join(wish(clinic, service_id=None, package_id=theirs.pk), by=clinic.desk)
