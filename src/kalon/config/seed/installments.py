"""Accepted quotes that are paid in parts: one as agreed, one overdue, one settled early, one broken."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.consultations import queries as encounters
from kalon.installments import actions, queries
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.quotes import actions as quotes

# In how many instalments after the first payment, and what became of it.
AGREED = ((3, "kept"), (2, "late"), (4, "settled"), (2, "broken"))
OLDER = timedelta(days=70)
HAND = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]


def agree(place: Place, today: date, zone: ZoneInfo) -> None:
    """Series that were planned some months ago, quoted, signed for and paid in parts, each on its own day."""
    for encounter, (count, story) in zip(_decided(place, today, zone), AGREED, strict=False):
        with clock.at(encounter.created_at + timedelta(days=4)):  # it is born when the visit is booked
            quote = _accepted(place, encounter)
            agreement = _agreed(quote, count, place.by["frontdesk"])
            first = _parts(agreement, place)[0]
            if first.is_unpaid:
                actions.pay(first.pk, "UPI", reference="4711", by=place.by["frontdesk"])
        _lived(agreement, story, place, today, zone)


def _decided(place: Place, today: date, zone: ZoneInfo) -> list[Any]:
    """Consultations that led to a procedure, of different patients, the latest of those that are long enough ago."""
    before = datetime.combine(today, time(0), zone) - OLDER
    with acting_as(place.system):
        rows = encounters.consultations(seen_by=place.system).filter(
            outcome="PROCEDURE_PLANNED", created_at__lt=before, plans=None
        )
        found = {one.patient_id: one for one in rows.order_by("created_at")[:200]}
    return list(found.values())[-len(AGREED) :]


def _accepted(place: Place, encounter: Any) -> Any:
    """Planned by the doctor who saw the patient, quoted by the owner, signed for on the desk's screen."""
    doctor = place.by["doctor"] if encounter.doctor_id == place.doctors[0].pk else place.by["surgeon"]
    line = plans.LineDetails(service_id=place.services["LASER-PIGMENT"].pk)
    details = plans.PlanDetails(
        plan_type="SERIES", session_count=4, interval_days=28, consent="NOT_REQUIRED", lines=(line,)
    )
    written = plans.plan_procedure(encounter.pk, details, by=doctor)
    plans.submit(written.pk, by=doctor)
    plans.approve(written.pk, by=doctor)
    owner = place.by["owner"]
    sent = quotes.send(quotes.draft_quote(written.pk, by=owner).pk, by=owner)
    with acting_as(owner):
        option = sent.options.get()
    return quotes.accept(
        sent.pk, quotes.Signing(option_id=option.pk, strokes=HAND, words=sent.content_sha256), by=owner
    )


def _agreed(quote: Any, count: int, by: Actor) -> Any:
    """The clinic's own proposal: the first part now, the rest monthly."""
    with acting_as(by):
        offer = queries.offer_of(quote, count + 1, seen_by=by)
    assert offer is not None
    return actions.make_plan(
        quote.pk,
        down_payment=offer.at_once,
        count=count,
        frequency=offer.frequency,
        first_date=offer.parts[1].due_date,
        by=by,
    )


def _lived(agreement: Any, story: str, place: Place, today: date, zone: ZoneInfo) -> None:
    """What became of it until today."""
    desk = place.by["frontdesk"]
    if story == "settled":
        actions.settle_early(agreement.pk, "CARD", reference="settled early", by=desk)
        return
    if story == "kept":
        for part in _parts(agreement, place):
            if part.is_unpaid and part.due_date <= today:
                with clock.at(datetime.combine(part.due_date, time(12), zone)):
                    actions.pay(part.pk, "UPI", by=desk)
    actions.count_again(agreement.pk, by=place.system)
    if story == "broken" and any(part.status == "OVERDUE" for part in _parts(agreement, place)):
        actions.default(agreement.pk, reason="Three letters and two calls without an answer", by=place.by["billing"])


def _parts(agreement: Any, place: Place) -> list[Any]:
    with acting_as(place.system):
        return queries.parts_of(agreement)
