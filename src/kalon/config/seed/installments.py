"""Accepted quotes paid in parts: one as agreed, one late, one settled early, one broken, one of the portal patient."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed import quotes
from kalon.config.seed.clinic import Place
from kalon.consultations import queries as encounters
from kalon.installments import actions, queries
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as

# In how many instalments after the first payment, and what became of it.
AGREED = ((5, "kept"), (2, "late"), (4, "settled"), (2, "broken"))
OLDER = timedelta(days=70)


def agree(place: Place, meera: Any, today: date, zone: ZoneInfo) -> None:
    """Series that were planned some months ago, quoted, signed for and paid in parts, each on its own day."""
    for encounter, (count, story) in zip(_decided(place, today, zone), AGREED, strict=False):
        with clock.at(encounter.created_at + timedelta(days=4)):  # it is born when the visit is booked
            agreement = _agreed(place, _quote(place, encounter, "LASER-PIGMENT"), count)
        _lived(agreement, story, place, today, zone)
    encounter = quotes.own_visit(place, meera)
    if encounter is not None:
        with clock.at(datetime.combine(today - timedelta(days=5), time(16), zone)):
            _agreed(place, _quote(place, encounter, "MICRONEEDLING"), 3, first_date=today + timedelta(days=1))


def _decided(place: Place, today: date, zone: ZoneInfo) -> list[Any]:
    """Visits that led to a procedure, of different patients, the latest of those that are long enough ago."""
    before = datetime.combine(today, time(0), zone) - OLDER
    with acting_as(place.system):
        rows = encounters.consultations(seen_by=place.system).filter(
            outcome="PROCEDURE_PLANNED", created_at__lt=before, plans=None
        )
        found: dict[Any, Any] = {}
        for one in rows.order_by("-created_at")[:60]:
            found.setdefault(one.patient_id, one)
    return list(found.values())[: len(AGREED)]


def _quote(place: Place, encounter: Any, code: str) -> Any:
    """Planned by the doctor who saw the patient, quoted and signed for at the desk."""
    plan = quotes.planned(place, encounter, code, **quotes.SERIES)
    return quotes.accepted(place, quotes.quoted(place, plan))


def _agreed(place: Place, quote: Any, count: int, first_date: date | None = None) -> Any:
    """The clinic's own proposal, the first part taken at once, the rest monthly."""
    desk = place.by["frontdesk"]
    with acting_as(desk):
        offer = queries.offer_of(quote, count + 1, seen_by=desk)
    assert offer is not None
    agreement = actions.make_plan(
        quote.pk,
        down_payment=offer.at_once,
        count=count,
        frequency=offer.frequency,
        first_date=first_date or offer.parts[1].due_date,
        by=desk,
    )
    first = _parts(agreement, place)[0]
    if first.is_unpaid:
        actions.pay(first.pk, "UPI", reference="UPI 4711", by=desk)
    return agreement


def _lived(agreement: Any, story: str, place: Place, today: date, zone: ZoneInfo) -> None:
    """What became of it until today."""
    desk = place.by["frontdesk"]
    if story == "settled":
        with clock.at(datetime.combine(today - timedelta(days=8), time(12), zone)):
            actions.settle_early(agreement.pk, "CARD", reference="Settled early", by=desk)
        return
    if story == "kept":
        for part in _parts(agreement, place):
            if part.is_unpaid and part.due_date <= today:
                with clock.at(datetime.combine(part.due_date, time(9, 5), zone)):
                    actions.pay(part.pk, "UPI", by=desk)
    actions.count_again(agreement.pk, by=place.system)
    if story == "broken" and any(part.status == "OVERDUE" for part in _parts(agreement, place)):
        actions.default(agreement.pk, reason="Three letters and two calls without an answer", by=place.by["billing"])


def _parts(agreement: Any, place: Place) -> list[Any]:
    with acting_as(place.system):
        return queries.parts_of(agreement)
