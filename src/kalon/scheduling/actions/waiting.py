"""The waiting list: somebody joins, a time that frees is offered, and the first to accept gets it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from kalon.catalog import queries as catalog
from kalon.kernel import actors, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted
from kalon.kernel.events import announce
from kalon.kernel.tenancy import acting_as, verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.scheduling import events, queries
from kalon.scheduling.actions.booking import book
from kalon.scheduling.actions.places import instant_of
from kalon.scheduling.actions.requests import BookingRequest
from kalon.scheduling.actions.rescheduling import reschedule
from kalon.scheduling.lifecycles import (
    AHEAD,
    BOOK,
    OFFER,
    WAITING,
    EntryStatus,
    OfferStatus,
    Priority,
    Source,
)
from kalon.scheduling.models import Appointment, WaitingEntry, WaitingOffer
from kalon.scheduling.models.waiting import EVERY_DAY

OFFERED_TO = 3  # so many are asked for the same time; the first to accept gets it
ANSWER_WITHIN = timedelta(hours=2)
BEFORE_START = timedelta(minutes=30)  # an offer ends so long before the time itself
AWAKE = (time(8), time(21))  # nobody is offered a time at night
LONGEST_WAIT = timedelta(days=366)
CLERK = "the waiting list"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """What somebody waits for: a service or a package. `visit_id` is the visit they have and would like earlier."""

    patient_id: UUID
    branch_id: UUID
    service_id: UUID | None = None
    package_id: UUID | None = None
    doctor_id: UUID | None = None
    visit_id: UUID | None = None
    weekdays: tuple[int, ...] = EVERY_DAY
    from_time: time = time(0)
    to_time: time = time(23, 59)
    from_date: date | None = None
    until_date: date
    priority: str = Priority.NORMAL
    note: str = ""


@verb
def join(request: WaitingRequest, *, by: Actor) -> WaitingEntry:
    """Put a patient on the waiting list; a time that suits is looked for at once."""
    by.must(BOOK, at=request.branch_id, do="put patients on the waiting list")
    if by.is_patient and request.patient_id != by.patient_id:
        raise NotPermitted("You can wait for yourself, or for the person you are acting for.")
    entry = _entry(request, by)
    who = "You are" if by.is_patient else "This patient is"
    once = Clash(f"{who} on the list for this already. Change that place, or take it off first.")
    with refusing({"scheduling_waitingentry_once": once}):
        WAITING.born(entry, name="join")
    announce(events.WaitingListChanged(entry.branch_id, entry.organization_id, by))
    return entry


@verb
def withdraw(pk: UUID, reason: str, *, by: Actor) -> WaitingEntry:
    """Take a patient off the waiting list; an open offer ends with it."""
    entry = _locked(pk, by)
    by.must(BOOK, at=entry.branch_id, do="take patients off the waiting list")
    WAITING.move(entry, "withdraw", by=by, reason=reason)
    return entry


@verb
def offer_times(branch_id: UUID, *, by: Actor) -> list[WaitingOffer]:
    """Offer everybody who waits at a branch the first time that suits them, by day only."""
    by.must(BOOK, at=branch_id, do="offer times to those who wait")
    branch = people.branch(branch_id, seen_by=by)
    now = clock.now().astimezone(ZoneInfo(branch.timezone)).time()
    if not AWAKE[0] <= now < AWAKE[1]:
        return []
    found = list(queries.suiting(branch, seen_by=by, at_most=OFFERED_TO))
    return [_offer(entry.pk, one.slot.doctor_id, one.start, one.end, by) for entry, one in found]


@verb
def offer_by_hand(pk: UUID, start: datetime, doctor_id: UUID | None = None, *, by: Actor) -> WaitingOffer:
    """Offer somebody who waits a time that the desk has chosen."""
    entry = _locked(pk, by)
    by.must(BOOK, at=entry.branch_id, do="offer times to those who wait")
    if entry.status != EntryStatus.WAITING:
        raise IllegalMove(f"This patient is not waiting: {entry.get_status_display().lower()}.", status_is=entry.status)
    begins = instant_of(start, ZoneInfo(entry.branch.timezone))
    if begins < clock.now() + queries.NOTICE:
        raise Invalid("This is too soon to ask. Call the patient, and book the visit.", field="start")
    return _offer(pk, doctor_id or entry.doctor_id, begins, begins + timedelta(minutes=entry.offered.minutes), by)


def show_offer(token: str, *, by: Actor) -> WaitingOffer:
    """The offer that a link stands for, as its reader may see it; the link is the proof."""
    clerk = _clerk(by)
    with acting_as(clerk):
        return queries.offer_by_token(token, seen_by=clerk)


def accept_offer(token: str, *, by: Actor) -> WaitingOffer:
    """The patient takes the offered time, by the link they were sent: the visit is booked, or moved to it.

    Call it outside a unit of work: the link is the proof, and the booking is the clinic's own. Where somebody was
    quicker the offer says so (LOST), and the patient keeps waiting.
    """
    return _answered(token, by, _accept)


def decline_offer(token: str, *, by: Actor) -> WaitingOffer:
    """The patient does not want the offered time, and keeps waiting for another."""

    def decline(offer: WaitingOffer, clerk: Actor) -> None:
        OFFER.move(offer, "decline", by=clerk)
        _wait_on(offer.entry_id, clerk)

    return _answered(token, by, decline)


@verb
def close_offers(*, by: Actor) -> int:
    """End offers nobody answered in time, and waits whose days are over; how many."""
    by.must(BOOK, do="close offers")
    now = clock.now()
    late = WaitingOffer.objects.select_for_update().filter(
        organization_id=by.organization_id, status=OfferStatus.OPEN, expires_at__lte=now
    )
    closed = 0
    for offer in late:
        OFFER.move(offer, "expire", by=by)
        _wait_on(offer.entry_id, by)
        closed += 1
    over = queries.waiting_entries(seen_by=by).filter(status=EntryStatus.WAITING, until_date__lt=now.date())
    for entry in over:
        WAITING.move(_locked(entry.pk, by), "expire", by=by)
        closed += 1
    return closed


def _entry(request: WaitingRequest, by: Actor) -> WaitingEntry:
    branch = people.branch(request.branch_id, seen_by=by)
    service, package = _offered(request, by)
    visit = queries.appointment(request.visit_id, seen_by=by) if request.visit_id else None
    if visit and (visit.patient_id != request.patient_id or visit.status not in AHEAD):
        raise Invalid(
            "This visit cannot be moved to an earlier time. Choose one that is still to come.", field="visit_id"
        )
    offered, field = (service, "service_id") if service else (package, "package_id")
    if not offered.is_active:
        raise Invalid(f"{offered.name} is no longer offered. Choose something else.", field=field)
    if by.is_patient and visit is None and not offered.is_self_bookable:
        raise Invalid(f"{offered.name} is booked by the clinic. Call the desk.", field=field)
    today = clock.today(ZoneInfo(branch.timezone))
    first = max(request.from_date or today, today)
    if not first <= request.until_date <= today + LONGEST_WAIT:
        raise Invalid("Say until when to wait: a day from today on, within a year.", field="until_date")
    if not request.from_time < request.to_time:
        raise Invalid("The hours begin before they end.", field="to_time")
    if not request.weekdays or any(day not in EVERY_DAY for day in request.weekdays):
        raise Invalid("Choose at least one day of the week.", field="weekdays")
    return WaitingEntry(
        organization_id=by.organization_id,
        patient=patients.patient(request.patient_id, seen_by=by),
        branch=branch,
        service=service,
        package=package,
        doctor=people.staff_member(request.doctor_id, seen_by=by) if request.doctor_id else None,
        visit=visit,
        weekdays=sorted(set(request.weekdays)),
        from_time=request.from_time,
        to_time=request.to_time,
        from_date=first,
        until_date=request.until_date,
        priority=Priority.NORMAL if by.is_patient else Priority(request.priority),
        note=request.note.strip()[:200],
    )


def _offered(request: WaitingRequest, by: Actor) -> tuple[Any, Any]:
    """The service and the package somebody waits for: one of them, the other None."""
    if (request.service_id is None) == (request.package_id is None):
        raise Invalid("Choose what the visit is for: a service or a package.", field="service_id")
    if request.service_id is not None:
        return catalog.service(request.service_id, seen_by=by), None
    assert request.package_id is not None
    return None, catalog.package(request.package_id, seen_by=by)


def _offer(pk: UUID, doctor_id: UUID | None, start: datetime, end: datetime, by: Actor) -> WaitingOffer:
    entry = _locked(pk, by)
    token = crypto.random_token()
    offer = WaitingOffer(
        organization_id=entry.organization_id,
        patient_id=entry.patient_id,
        entry=entry,
        doctor_id=doctor_id,
        period=TimestamptzRange(start, end),
        token_hash=crypto.hash_token(token, purpose="waiting-offer"),
        expires_at=min(clock.now() + ANSWER_WITHIN, start - BEFORE_START),
    )
    OFFER.born(offer, name="offer")
    WAITING.move(entry, "offer", by=by)
    announce(events.TimeOffered(offer.pk, entry.pk, entry.patient_id, entry.organization_id, token, by))
    return offer


def _answered(token: str, by: Actor, answer: Callable[[WaitingOffer, Actor], None]) -> WaitingOffer:
    """Answer an offer as the clinic's clerk, on the proof of the link; who asked stands in the log beside it."""
    clerk = _clerk(by)
    with acting_as(clerk):
        pk = queries.offer_by_token(token, seen_by=clerk).pk
        offer = WaitingOffer.objects.select_for_update(of=("self",)).select_related("entry__branch").get(pk=pk)
        if offer.status != OfferStatus.OPEN:
            raise IllegalMove(f"This offer is closed: {offer.get_status_display().lower()}.", status_is=offer.status)
        if offer.expires_at <= clock.now():
            raise IllegalMove("This offer has ended. You are still on the list, and will hear of the next time.")
        answer(offer, clerk)
    return offer


def _clerk(by: Actor) -> Actor:
    return replace(
        actors.system(CLERK, by.organization_id), user_id=by.user_id, origin_ip=by.origin_ip, request_id=by.request_id
    )


def _accept(offer: WaitingOffer, clerk: Actor) -> None:
    try:
        with transaction.atomic():
            visit = _visit_for(offer, clerk)
    except (Clash, Invalid, IllegalMove):
        OFFER.move(offer, "lose", by=clerk)
        _wait_on(offer.entry_id, clerk)
        return
    OFFER.move(offer, "accept", by=clerk, appointment=visit)
    WAITING.move(_locked(offer.entry_id, clerk), "book", by=clerk, appointment=visit)
    _others_lose(offer, clerk)


def _visit_for(offer: WaitingOffer, clerk: Actor) -> Appointment:
    entry = offer.entry
    if entry.visit_id:
        return reschedule(
            entry.visit_id, offer.starts_at, "An earlier time came free", doctor_id=offer.doctor_id, by=clerk
        )
    return book(
        BookingRequest(
            patient_id=entry.patient_id,
            branch_id=entry.branch_id,
            service_id=entry.service_id,
            package_id=entry.package_id,
            doctor_id=offer.doctor_id,
            start=offer.starts_at,
            source=Source.WAITING_LIST,
        ),
        by=clerk,
    )


def _others_lose(offer: WaitingOffer, clerk: Actor) -> None:
    """Whoever was offered the same time hears nothing more of it and keeps waiting."""
    same = WaitingOffer.objects.select_for_update(of=("self",), skip_locked=True).filter(
        organization_id=offer.organization_id,
        status=OfferStatus.OPEN,
        doctor_id=offer.doctor_id,
        starts_at=offer.starts_at,
        entry__branch_id=offer.entry.branch_id,
    )
    for other in same:
        OFFER.move(other, "lose", by=clerk)
        _wait_on(other.entry_id, clerk)


def _wait_on(entry_id: UUID, by: Actor) -> None:
    entry = _locked(entry_id, by)
    if entry.status == EntryStatus.OFFERED:
        WAITING.move(entry, "wait_on", by=by)


def _locked(pk: UUID, by: Actor) -> WaitingEntry:
    queries.waiting_entry(pk, seen_by=by)
    rows = WaitingEntry.objects.select_for_update(of=("self",)).select_related("branch", "service", "package")
    return rows.get(pk=pk)
