"""The theatre in the demonstration: an operation of today, of tomorrow, one that waits for papers, one that is over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.config.seed import agreed, instructions, operated, quotes
from kalon.config.seed import photos as taken
from kalon.config.seed.clinic import Place
from kalon.config.seed.implants import gtin_of
from kalon.inventory import actions as stock
from kalon.inventory import queries as shelves
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions as orders
from kalon.orders import queries as order_queries
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.quotes import actions as offers
from kalon.scheduling import actions as booking
from kalon.theatre import actions
from kalon.theatre.models import Requirement

LIDS = {"code": "BLEPHAROPLASTY", "side": "BOTH", "technique": "Skin and a strip of muscle"}
NOSE = {"code": "RHINOPLASTY", "side": "MIDLINE", "technique": "Open approach"}
BREASTS = {
    "code": "BREAST-AUG", "side": "BOTH", "technique": "Dual plane, from the fold",
    "implant_choice": "Aurelle Round, 300 cc",
}  # fmt: skip
HOURS = (time(14, 30), time(11), time(10), time(15, 30), time(9, 30))
MINUTES = 60
TESTS = {
    "HB": "13.4", "WBC": "6.1", "PLT": "236", "PT": "12.0", "APTT": "30", "CREA": "0.7", "GLU": "91",
    "HIV": "non-reactive", "HBSAG": "non-reactive", "HCV": "non-reactive",
}  # fmt: skip
SAID = {
    "FITNESS": "ASA I, airway Mallampati I, no anaesthetic before. Fit for general anaesthesia.",
    "MEDICINES": "Takes none. No aspirin or herbal tablets for two weeks.",
    "INSTRUCTIONS": "Nothing to eat from midnight, water until six. Said back in the patient's own words.",
    "FASTING": "Last meal at nine in the evening, water at six.",
    "PREGNANCY": "Test at the bedside: negative.",
    "ESCORT": "A sister comes and stays the night, +91 98460 55012.",
}
SERIALS = (120431, 120432)
LOT, CODE = "AR2609", gtin_of("095011010210")


@dataclass
class Kept:
    """The theatre kept for an operation, and who operates."""

    place: Place
    zone: ZoneInfo
    reservation: Any
    day: date
    what: dict[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Any:
        with acting_as(self.place.system):
            return plans.plan(self.reservation.plan_id, seen_by=self.place.system)

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """So many days before the operation."""
        return datetime.combine(self.day - timedelta(days=days), time(hour, minute), self.zone)


def keep(place: Place, today: date, zone: ZoneInfo) -> list[Kept]:
    """The theatre is kept for today and tomorrow, before these days fill with visits; the price is accepted."""
    actions.set_policy(
        lab_codes=list(TESTS), lab_days=90, valid_days=14, follow_up_days=[7, 30, 90], by=place.by["owner"]
    )
    _own_hours(place)
    visits = agreed.decided(place, before=datetime.combine(today - timedelta(days=45), time(0), zone))
    if not visits:
        return []
    turns = ((visits[-1], LIDS, today), (visits[-2 % len(visits)], NOSE, today + timedelta(days=1)))
    kept = []
    for visit, what, day in turns:
        with clock.at(datetime.combine(today - timedelta(days=9), time(12), zone)):
            plan = _priced(place, agreed.operation(place, visit, what))
            if (found := _reserved(place, plan, [day], zone)) is not None:
                kept.append(Kept(place, zone, found, day, what))
    return kept


def _own_hours(place: Place) -> None:
    """Two mornings a week are the surgeon's own, free for others three days before."""
    with acting_as(place.system):
        surgeon = people.staff_of(place.by["surgeon"])
        rooms = people.rooms(seen_by=place.system, branch_id=place.branch.pk, kind="THEATRE")
        room = rooms[0]
    assert surgeon is not None
    for weekday in (1, 3):
        actions.keep_hours(
            actions.BlockWish(
                room_id=room.pk, surgeon_id=surgeon.pk, weekday=weekday, starts=time(9), ends=time(13), release_days=3
            ),
            by=place.by["theatre"],
        )


def operate(place: Place, kept: list[Kept], today: date, zone: ZoneInfo) -> None:
    """Clear and schedule what is kept, open what is missing, and live through an operation some weeks ago."""
    for one in kept:
        case = _scheduled(one, today)
        if one.day == today:
            _say_today(one, case)
    _waiting(place, today, zone)
    _cleaned(place, today, zone)
    _weeks_ago(place, {one.plan.patient_id for one in kept}, today, zone)


def _weeks_ago(place: Place, busy: set[Any], today: date, zone: ZoneInfo) -> None:
    """Implants of the store are in a patient, the note is signed, and the draft of the bill is there."""
    visits = agreed.decided(place, before=datetime.combine(today - timedelta(days=40), time(0), zone))
    women = [one for one in visits if one.patient.gender != "male"]
    visit = next((one for one in women if one.patient_id not in busy), women[0] if women else None)
    if visit is None:
        return
    with clock.at(datetime.combine(today - timedelta(days=38), time(12), zone)):
        packs = _took_in(place, today)
        plan = _priced(place, agreed.operation(place, visit, BREASTS), implants=Decimal(58000))
        days = (today - timedelta(days=back) for back in range(26, 16, -1))
        found = _reserved(place, plan, (day for day in days if day.weekday() < 5), zone)
    if found is None:
        return
    with acting_as(place.system):
        day = found.appointment.local_start.date()
    one = Kept(place, zone, found, day, BREASTS)
    with clock.at(one.at(8, 10)):
        _put_aside(place, plan, day)
    case = _scheduled(one, day)
    operated.live(place, case, packs, lambda: _say_today(one, case))


def _priced(place: Place, plan: Any, implants: Decimal | None = None) -> Any:
    """The quote is written, signed for and its deposit paid."""
    desk = place.by["frontdesk"]
    draft = offers.draft_quote(plan.pk, by=desk)
    with acting_as(desk):
        option = draft.options.get(position=1)
        is_bare = option.lines.count() == 1
    for section, words, price in quotes.WITH_SURGERY if is_bare else ():
        offers.add_line(option.pk, _line(section, words, Decimal(price)), by=desk)
    if implants is not None:
        offers.add_line(option.pk, _line("IMPLANTS", "Two implants, Aurelle Round 300 cc", implants), by=desk)
    quotes.paid_deposit(place, quotes.accepted(place, offers.send(draft.pk, by=desk)))
    return plan


def _line(section: str, words: str, price: Decimal) -> Any:
    return offers.LineDetails(section=section, description=words, unit_price=price, tax_code="GST-18")


def _reserved(place: Place, plan: Any, days: Iterable[date], zone: ZoneInfo) -> Any | None:
    """Theatre, surgeon, anaesthetist and nurse at the first hour at which all of them are free."""
    by = place.by["theatre"]
    with acting_as(by):
        room = next(one for one in people.rooms(seen_by=by, branch_id=place.branch.pk) if one.kind == "THEATRE")
    team = tuple(one.pk for one in place.team if one.kind == "ANAESTHETIST" or one.specialty == "Theatre")
    for day in days:
        for hour in HOURS:
            wish = actions.TheatreWish(
                start=datetime.combine(day, hour, zone), minutes=MINUTES, room_id=room.pk,
                surgeon_id=place.doctors[1].pk, team=team,
            )  # fmt: skip
            try:
                return actions.reserve(plan.pk, wish, by=by)
            except DomainError:
                continue  # somebody of them is with a patient then, or it is Sunday
    return None


def _scheduled(one: Kept, today: date) -> Any:
    """Everything of before the day is answered, the patient is cleared, and the case stands on the list."""
    place, plan = one.place, one.plan
    before = (one.day - today).days
    with clock.at(one.at(6 + before, 10)):
        agreed.consented(place, plan, agreed.doctor_of(place, plan))
        clearance = actions.open_clearance(plan.pk, one.day, by=place.by["theatre"])
    with clock.at(one.at(5 + before, 10)):
        asked = orders.order(
            plan.consultation_id,
            orders.Wish(codes=tuple(TESTS), question="Before an operation", laboratory="Periyar Diagnostics"),
            by=agreed.doctor_of(place, plan),
        )
        orders.collect(asked.pk, by=place.by["nurse"])
        _photographs(one, clearance.pk)
    with clock.at(one.at(4 + before, 10)):
        _answered(place, asked.pk)
        orders.review(asked.pk, "Nothing stands against the operation.", by=agreed.doctor_of(place, plan))
        _say(one, clearance.pk, "BEFORE")
        instructions.tick(place, plan.pk, "BEFORE")
    with clock.at(one.at(3 + before, 16)):
        actions.clear(clearance.pk, by=place.by["theatre"])
        return actions.schedule(one.reservation.pk, by=place.by["theatre"])


def _answered(place: Place, pk: Any) -> None:
    with acting_as(place.system):
        tests = [line.test for line in order_queries.lines(order_queries.order(pk, seen_by=place.system))]
    told = [orders.Answered(test_id=test.pk, value=TESTS[test.code]) for test in tests]
    orders.write_results(pk, told, by=place.by["nurse"])


def _open_lines(place: Place, clearance_id: Any) -> list[Any]:
    with acting_as(place.system):
        rows = Requirement.objects.filter(clearance_id=clearance_id, evidence_id=None)
        return list(rows.select_related("patient").order_by("position"))


def _say(one: Kept, clearance_id: Any, moment: str) -> None:
    """What somebody sees and writes, each in their own name."""
    for line in _open_lines(one.place, clearance_id):
        if line.moment == moment and line.kind in SAID:
            by = one.place.by["anaesthetist" if line.kind == "FITNESS" else "nurse"]
            actions.state(line.pk, SAID[line.kind], by=by)


def _say_today(one: Kept, case: Any) -> None:
    """What is asked and ticked on the day itself."""
    _say(one, case.clearance_id, "DAY_OF")
    instructions.tick(one.place, case.plan_id, "DAY_OF")


def _photographs(one: Kept, clearance_id: Any) -> None:
    """The views of before are taken where they are of a face; the surgeon lets others go with a reason."""
    place, plan = one.place, one.plan
    line = next((each for each in _open_lines(place, clearance_id) if each.kind == "PHOTOS"), None)
    if line is None:
        return
    if one.what is not LIDS:
        why = "Was photographed in all views by the referring doctor; the prints are in theatre."
        actions.waive(line.pk, why, place.doctors[1].name, by=place.by["surgeon"])
        return
    taken.before_surgery(place, plan, line.subject.split())


def _took_in(place: Place, today: date) -> list[str]:
    """A pair of implants came some weeks ago; what is on their packs."""
    by = place.by["inventory"]
    until = f"{today + timedelta(days=1400):%y%m%d}"
    codes = [f"01{CODE}17{until}10{LOT}\x1d21AR-300-{serial}" for serial in SERIALS]
    packs = [stock.Pack(scan=code) for code in codes]
    stock.receive_units(_shelf(place).pk, packs, supplier="Malabar Surgicals", by=by)
    return codes


def _shelf(place: Place) -> Any:
    by = place.by["inventory"]
    with acting_as(by):
        return shelves.locations(seen_by=by, branch_id=place.branch.pk).get(kind="THEATRE")


def _put_aside(place: Place, plan: Any, day: date) -> None:
    """The implants by their serials, and what the procedure takes every time."""
    by = place.by["inventory"]
    with acting_as(by):
        entry = catalog.procedures(seen_by=by).get(code=BREASTS["code"])
        suture = shelves.items(seen_by=by, text="Suture 5-0").first()
        units = [shelves.scanned_unit(f"AR-300-{serial}", seen_by=by) for serial in SERIALS]
    if suture is not None:
        stock.set_kit(entry.pk, [stock.KitPart(item_id=suture.pk, quantity=Decimal(4))], by=by)
        stock.reserve_kit(plan.pk, needed_on=day, location_id=_shelf(place).pk, by=by)
    for unit in units:
        stock.reserve_unit(unit.pk, plan_id=plan.pk, needed_on=day, by=by)


def _cleaned(place: Place, today: date, zone: ZoneInfo) -> None:
    """The theatre is closed for two hours tomorrow evening."""
    begins = datetime.combine(today + timedelta(days=1), time(17), zone)
    by = place.by["owner"]
    with acting_as(by):
        room = next(one for one in people.rooms(seen_by=by, branch_id=place.branch.pk) if one.kind == "THEATRE")
    booking.block(begins, begins + timedelta(hours=2), room_id=room.pk, kind="CLEANING", reason="Deep clean", by=by)


def _waiting(place: Place, today: date, zone: ZoneInfo) -> None:
    """Operations of next week of which something is missing: with and without a signed consent; the theatre of the one
    is kept tentatively."""
    with acting_as(place.system):
        asked = plans.plans(seen_by=place.system).filter(plan_type="SURGICAL")
        rows = [asked.filter(status=status).order_by("created_at", "pk").first()
                for status in ("CONSENT_SIGNED", "CONSENT_PENDING")]  # fmt: skip
    days = [day for day in (today + timedelta(days=7 + n) for n in range(4)) if day.weekday() < 6]
    for day, plan in zip(days, (row for row in rows if row is not None), strict=False):
        with clock.at(clock.now() - timedelta(days=2)):
            found = actions.open_clearance(plan.pk, day, by=place.by["theatre"])
            if plan.status == "CONSENT_SIGNED":
                _reserved(place, plan, [day], zone)
        for line in _open_lines(place, found.pk):
            if line.kind == "MEDICINES":
                actions.state(line.pk, SAID["MEDICINES"], by=place.by["nurse"])
