"""The waiting list: who waits, what they were offered, and which times would suit them."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When

from kalon.kernel import clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.scheduling.lifecycles import ON_LIST, VIEW, EntryStatus, OfferStatus, Priority
from kalon.scheduling.models import WaitingEntry, WaitingOffer
from kalon.scheduling.queries.proposals import Look, Offer, Wanted, look
from kalon.scheduling.queries.supply import demand

LOOKED_AHEAD = timedelta(days=30)
NOTICE = timedelta(hours=1)  # nobody is asked to come sooner than that
WITH = ("patient", "branch", "service", "package", "doctor", "visit", "appointment")
URGENT_FIRST = Case(
    When(priority=Priority.EMERGENCY, then=Value(0)),
    When(priority=Priority.URGENT, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def waiting_entries(*, seen_by: Actor) -> QuerySet[WaitingEntry]:
    """Places on the waiting list with their offers, the most urgent and then the longest waiting first."""
    rows = WaitingEntry.objects.filter(organization_id=seen_by.organization_id).select_related(*WITH)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    offers = WaitingOffer.objects.select_related("doctor").order_by("-created_at")
    return rows.prefetch_related(Prefetch("offers", queryset=offers)).order_by(URGENT_FIRST, "created_at", "id")


def waiting_entry(pk: UUID, *, seen_by: Actor) -> WaitingEntry:
    """One place on the waiting list."""
    found = one(waiting_entries(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such place on the waiting list.")
    return found


def on_waiting_list(branch_id: UUID, *, seen_by: Actor) -> QuerySet[WaitingEntry]:
    """Who waits at a branch now."""
    seen_by.must(VIEW, at=branch_id, do="see the waiting list")
    return waiting_entries(seen_by=seen_by).filter(branch_id=branch_id, status__in=ON_LIST)


def offer_by_token(token: str, *, seen_by: Actor) -> WaitingOffer:
    """The offer that a link in a message stands for."""
    rows = WaitingOffer.objects.filter(
        organization_id=seen_by.organization_id, token_hash=crypto.hash_token(token, purpose="waiting-offer")
    )
    found = rows.select_related(
        "entry__branch", "entry__service", "entry__package", "entry__visit", "doctor", "patient"
    ).first()
    if found is None:
        raise NotFound("This offer is not known here. Call the clinic, or look for your visits in your account.")
    return found


def open_offers(branch_id: UUID, *, seen_by: Actor) -> QuerySet[WaitingOffer]:
    """Offers that wait for an answer."""
    rows = WaitingOffer.objects.filter(
        organization_id=seen_by.organization_id, entry__branch_id=branch_id, status=OfferStatus.OPEN
    )
    return rows.select_related("entry", "doctor", "patient")


def suiting(branch: Any, *, seen_by: Actor, at_most: int) -> Iterator[tuple[WaitingEntry, Offer]]:
    """For each who waits without an offer: the first time that suits them and that they have not been offered.

    The same time goes to at most so many.
    """
    rows = waiting_entries(seen_by=seen_by).filter(branch_id=branch.pk, status=EntryStatus.WAITING)
    asked: dict[tuple[UUID | None, datetime], int] = {}
    for made in open_offers(branch.pk, seen_by=seen_by):
        asked[made.doctor_id, made.starts_at] = asked.get((made.doctor_id, made.starts_at), 0) + 1
    looks: dict[tuple[UUID | None, ...], Look] = {}
    now = clock.now()
    for entry in rows:
        key = (entry.service_id, entry.package_id, entry.doctor_id)
        if key not in looks:
            looks[key] = _look(branch, entry, now, seen_by)
        for offer in looks[key].fits(now + NOTICE):
            place = (offer.slot.doctor_id, offer.start)
            if asked.get(place, 0) < at_most and suits(entry, offer) and not _was_offered(entry, offer):
                asked[place] = asked.get(place, 0) + 1
                yield entry, offer
                break


def suits(entry: WaitingEntry, offer: Offer) -> bool:
    """Whether a time lies in the days and hours somebody waits for, and before the visit they have."""
    start, end = offer.start, offer.end
    begins, ends = start.time(), end.time() if end.date() == start.date() else time.max
    return (
        entry.from_date <= start.date() <= entry.until_date
        and start.weekday() in entry.weekdays
        and entry.from_time <= begins
        and ends <= entry.to_time
        and (entry.visit is None or start < entry.visit.period.lower)
    )


def _look(branch: Any, entry: WaitingEntry, now: datetime, seen_by: Actor) -> Look:
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    wish = Wanted(branch, demand(entry.service, entry.package), entry.doctor_id)
    return look(wish, today, today + LOOKED_AHEAD, seen_by=seen_by)


def _was_offered(entry: WaitingEntry, offer: Offer) -> bool:
    return any((one.doctor_id, one.starts_at) == (offer.slot.doctor_id, offer.start) for one in entry.offers.all())
