"""What a patient's pages show: the next visit, what to do, what happened, what can be booked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kalon.billing import queries as billing
from kalon.billing.lifecycles import OPEN_BILL
from kalon.catalog import queries as catalog
from kalon.consents import queries as consents
from kalon.consultations import queries as consultations
from kalon.documents import queries as documents
from kalon.installments import queries as installments
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.audit import SHOWN_TO_PATIENTS, AuditEvent
from kalon.kernel.errors import Clash
from kalon.kernel.money import ZERO
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.portal.queries.results import OwnResult, results
from kalon.portal.rules import DAYS_SHOWN, DID, FREE, TAKEN, Day, Time, Week
from kalon.prescribing import queries as prescribing
from kalon.pricing import queries as pricing
from kalon.quotes import queries as quotes
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import AHEAD, HERE, ON_LIST, RELEASED, Kind

RECORDS = {
    "all": "All",
    "summaries": "Summaries",
    "medicines": "Medicines",
    "results": "Results",
    "documents": "Documents",
    "visits": "Visits",
}
MOST = 100  # of each kind on one page
NEW_FOR = timedelta(days=14)  # a summary is pointed out at home this long
SOON = timedelta(days=7)  # a part to pay is pointed out at home this long before its day


@dataclass(frozen=True, slots=True)
class Home:
    """The one card, its bill, and what hangs below it."""

    next_visit: Any = None
    bill: Any = None  # of the next visit, while something is owed on it
    due_now: Any = None  # what is to be paid on it at this moment: its deposit, or all
    other_bills: Sequence[Any] = ()
    later: Sequence[Any] = ()
    summary: Any = None
    waits: Sequence[Any] = ()  # what they wait for a time for
    to_sign: Sequence[Any] = ()  # what they are asked to agree to
    quotes: Sequence[Any] = ()  # what they are to decide about
    parts: Sequence[Any] = ()  # payment plans of which a part is late, or due soon
    to_say: Sequence[Any] = ()  # plans of which they are asked how satisfied they are

    @property
    def when(self) -> str:
        """How far away the next visit is, in days of the calendar."""
        days = (self.next_visit.local_start.date() - clock.today(self.next_visit.zone)).days
        return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")

    @property
    def to_do(self) -> int:
        waiting = (self.other_bills, self.to_sign, self.quotes, self.parts, self.to_say)
        return sum(map(len, waiting)) + (1 if self.summary else 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    kind: str  # "summary", "medicines", "result", "document" or "visit"
    row: Any
    zone: str  # on whose clock it happened


@dataclass(frozen=True, slots=True)
class Month:
    """A month and what happened in it, newest first."""

    first: date
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Bookable:
    """What a patient can choose from."""

    services: Sequence[Any] = field(default_factory=list)
    packages: Sequence[Any] = field(default_factory=list)
    branches: Sequence[Any] = field(default_factory=list)

    @property
    def first_branch(self) -> Any:
        return self.branches[0] if self.branches else None


def me(*, seen_by: Actor) -> Any:
    """The record of the patient who looks, and that it was looked at."""
    mine = patients.patient(seen_by.own_patient_id, seen_by=seen_by)
    audit.read(seen_by, mine, purpose="own record")
    return mine


def own_log(*, seen_by: Actor) -> "QuerySet[AuditEvent]":
    """Who read, changed or took a copy of the patient's record; the columns that are theirs to see."""
    events = AuditEvent.objects.filter(patient_id__person=seen_by.own_patient_id, kind__in=DID)
    return events.only(*SHOWN_TO_PATIENTS)


def home(*, seen_by: Actor) -> Home:
    """The next visit first, then what is still to do."""
    mine = scheduling.appointments_of(seen_by.own_patient_id, seen_by=seen_by)
    ahead = list(mine.filter(status__in=[*AHEAD, *HERE], ends_at__gte=clock.now()).order_by("starts_at")[:6])
    owed = list(billing.bills_of(seen_by.own_patient_id, seen_by=seen_by).filter(status__in=OPEN_BILL)[:6])
    summaries = consultations.summaries_of(seen_by.own_patient_id, seen_by=seen_by)
    newest = summaries.filter(signed_at__gte=clock.now() - NEW_FOR).first()
    visit = ahead[0] if ahead else None
    bill = billing.bill_for_appointment(visit.pk, seen_by=seen_by) if visit else None
    if bill is not None and not bill.is_open:
        bill = None
    waits = list(scheduling.waiting_entries(seen_by=seen_by).filter(status__in=ON_LIST)[:6])
    to_sign = list(consents.waiting_for(seen_by.own_patient_id, seen_by=seen_by)[:6])
    to_decide = list(quotes.to_decide(seen_by=seen_by)[:6])
    parts = list(installments.due_of_patient(seen_by.own_patient_id, seen_by=seen_by)[:6])
    to_say = list(plans.to_say(seen_by=seen_by)[:3])
    read = (*ahead, *owed, *waits, *to_sign, *to_decide, *parts, *to_say, bill, newest)
    audit.reads(seen_by, [row for row in read if row], purpose="own home")
    due = billing.due_now(bill, seen_by=seen_by) if bill else None
    return Home(
        visit, bill, due, [one for one in owed if one != bill], ahead[1:], newest, waits, to_sign, to_decide,
        [one for one in parts if one.late or (one.next_date and one.next_date <= _today(one) + SOON)], to_say,
    )  # fmt: skip


def _today(row: Any) -> date:
    return clock.today(row.branch.timezone)


@dataclass(frozen=True, slots=True)
class Records:
    """What happened, month by month, and above it the results that are still out."""

    months: Sequence[Month]
    still_out: Sequence[OwnResult] = ()


def records(show: str, *, seen_by: Actor) -> Records:
    """Summaries, prescriptions, results, documents and visits on the clock of each branch, newest first."""
    entries: list[Entry] = []
    still_out: list[OwnResult] = []
    if show in ("all", "summaries"):
        signed = consultations.summaries_of(seen_by.own_patient_id, seen_by=seen_by)[:MOST]
        entries += [Entry(one.signed_at, "summary", one, one.branch.timezone) for one in signed if one.signed_at]
    if show in ("all", "medicines"):
        written = prescribing.of_patient(seen_by.own_patient_id, seen_by=seen_by)[:MOST]
        entries += [
            Entry(one.finalized_at, "medicines", one, one.branch.timezone) for one in written if one.finalized_at
        ]
    if show in ("all", "results"):
        asked = results(most=MOST, seen_by=seen_by)
        still_out = [one for one in asked if not one.is_ready]
        ready = [one for one in asked if one.is_ready]
        entries += [Entry(one.order.reviewed_at, "result", one, one.order.branch.timezone) for one in ready]
    if show in ("all", "documents"):
        zone = people.organization(seen_by=seen_by).timezone
        files = documents.documents_of(seen_by.own_patient_id, seen_by=seen_by)[:MOST]
        entries += [Entry(one.created_at, "document", one, zone) for one in files]
    if show in ("all", "visits"):
        visits = scheduling.appointments_of(seen_by.own_patient_id, seen_by=seen_by)[:MOST]
        entries += [Entry(one.local_start, "visit", one, one.branch.timezone) for one in visits]
    audit.reads(seen_by, [*map(_read, entries), *(one.order for one in still_out)], purpose="own records")
    entries.sort(key=lambda entry: entry.at, reverse=True)
    months = groupby(entries, key=lambda entry: _day(entry).replace(day=1))
    return Records([Month(first, list(inside)) for first, inside in months], still_out)


def _read(entry: Entry) -> Any:
    return entry.row.order if entry.kind == "result" else entry.row


def _day(entry: Entry) -> date:
    return entry.at.astimezone(ZoneInfo(entry.zone)).date()


def bills(*, seen_by: Actor) -> dict[str, Any]:
    """Everything billed, newest first, and what is owed together."""
    rows = list(billing.bills_of(seen_by.own_patient_id, seen_by=seen_by)[:MOST])
    audit.reads(seen_by, rows, purpose="own bills")
    owed = [one for one in rows if one.is_open]
    in_parts = list(installments.due_of_patient(seen_by.own_patient_id, seen_by=seen_by)[:MOST])
    audit.reads(seen_by, in_parts, purpose="own bills")
    to_decide = quotes.to_decide(seen_by=seen_by).count()
    return {
        "bills": rows, "open": owed, "owed": sum((one.owed for one in owed), ZERO), "in_parts": in_parts,
        "to_decide": to_decide,
    }  # fmt: skip


def bookable(*, seen_by: Actor) -> Bookable:
    """The services and packages a patient may book by themselves, and where; each with today's price (`listed`)."""
    services = list(catalog.services(seen_by=seen_by, bookable_by_patient=True))
    packages = list(catalog.packages(seen_by=seen_by).filter(is_self_bookable=True))
    made = Bookable(services, packages, list(people.branches(seen_by=seen_by)))
    if branch := made.first_branch:
        offers: list[Any] = [*services, *packages]
        prices = pricing.listed_prices(offers, branch, clock.today(branch.timezone), seen_by=seen_by)
        for offer in offers:
            offer.listed = prices[offer.pk]
    return made


def price_for_own(offered: Any, branch: Any, *, seen_by: Actor) -> scheduling.Price:
    """What a service or package costs the patient who looks at it, and is billed when they book it now."""
    on = clock.today(branch.timezone)
    return scheduling.price(
        offered, on, branch_id=branch.pk, patient_id=seen_by.own_patient_id, seen_by=seen_by
    )  # fmt: skip


def said_before(offered: Any, branch: Any, *, seen_by: Actor) -> dict[str, Any]:
    """What a patient reads before they book: the price, what is paid to keep the time, and the cancellation policy."""
    price = price_for_own(offered, branch, seen_by=seen_by)
    kind = offered.appointment_type.code if offered.appointment_type else Kind.CONSULTATION
    which = {"package_id" if hasattr(offered, "valid_days") else "service_id": offered.pk}
    return {
        "price": price.total,
        "covered_by": price.covered_by,
        "why": price.known.reason if price.known else "",
        "listed": price.known.listed if price.known else None,
        "due_before": offered.due_before(price.total),
        "policy": catalog.cancellation_policy(**which, kind=kind, seen_by=seen_by),
    }


def doctors_at(branch_id: UUID, *, seen_by: Actor) -> list[Any]:
    """The doctors who have hours at a branch."""
    with_hours = set(scheduling.scheduled_staff(branch_id, seen_by=seen_by))
    return [one for one in people.doctors(seen_by=seen_by, branch_id=branch_id) if one.pk in with_hours]


def own_doctor_id(*, seen_by: Actor) -> UUID | None:
    """Whom the patient saw last."""
    mine = scheduling.appointments_of(seen_by.own_patient_id, seen_by=seen_by).exclude(doctor=None)
    return mine.exclude(status__in=RELEASED).values_list("doctor_id", flat=True).first()


def week(wish: scheduling.Wanted, first: date, *, seen_by: Actor) -> Week:
    """Some days read at once: a time is free when the doctor (or one of them), a room and all else are."""
    last = first + timedelta(days=DAYS_SHOWN - 1)
    seen = scheduling.look(wish, first, last, seen_by=seen_by)
    now = clock.now()
    times: dict[datetime, Time] = {}
    for slot in seen.slots(now):
        known = times.get(slot.start)
        if known is None or known.state != FREE:
            times[slot.start] = Time(slot.start, FREE if seen.is_open(slot) else TAKEN)
    dates = [first + timedelta(days=offset) for offset in range(DAYS_SHOWN)]
    return Week([Day(on, [one for start, one in sorted(times.items()) if start.date() == on]) for on in dates])


def first_doctor(wish: scheduling.Wanted, start: datetime, *, seen_by: Actor) -> UUID | None:
    """Who is there at a time for whoever wants the first: refused, with the next times, when nobody is any more."""
    if wish.doctor_id or not wish.demand.needs_doctor:
        return wish.doctor_id
    offers, names = scheduling.next_offers(wish, start, 3, seen_by=seen_by)
    if offers and offers[0].start == start:
        return offers[0].slot.doctor_id
    ways = [
        {
            "start": offer.start.isoformat(),
            "doctor_id": offer.slot.doctor_id,
            "label": f"{offer.start:%a %-d %b, %H:%M}",
            "with": [names[who] for who in [offer.slot.doctor_id] if who in names],
        }
        for offer in offers
    ]
    raise Clash("Somebody else took this time a moment ago. Choose another.", field="start", alternatives=ways)
