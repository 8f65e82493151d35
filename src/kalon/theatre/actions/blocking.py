"""Surgeons' own hours of a theatre: kept, released for a day, ended; and who may operate in another's."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.theatre import queries, rules
from kalon.theatre.actions.naming import acting_staff
from kalon.theatre.lifecycles import ARRANGE, BLOCKS, ReservationStatus
from kalon.theatre.models import Block, BlockRelease

SURGEONS = ("SURGEON", "DOCTOR")
KEPT = Clash("These hours of the theatre are kept for another surgeon. Choose another time, or have them released.")
ALONE = Clash("These hours are kept for a surgeon already. Choose others, or end that block first.", field="starts")
RELEASED = Clash("These hours are released on that day already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWish:
    """Which hours of which theatre are whose: on a weekday (0 is Monday) from a day on, or on one date."""

    room_id: UUID
    surgeon_id: UUID
    starts: time
    ends: time
    weekday: int | None = None
    on_date: date | None = None
    from_date: date | None = None
    until_date: date | None = None
    release_days: int | None = None


@verb
def keep_hours(wish: BlockWish, *, by: Actor) -> Block:
    """Keep hours of a theatre for one surgeon, each week or once. What is reserved in them already stays."""
    by.must(BLOCKS, do="keep hours of a theatre for a surgeon")
    room, surgeon = people.room(wish.room_id, seen_by=by), people.staff_member(wish.surgeon_id, seen_by=by)
    if room.kind != "THEATRE":
        raise Invalid("This room is no operating theatre. Choose one that is.", field="room")
    if surgeon.kind not in SURGEONS:
        raise Invalid("Choose a surgeon or a doctor.", field="surgeon")
    if (wish.weekday is None) == (wish.on_date is None) or wish.weekday not in (None, *range(7)):
        raise Invalid("Choose a weekday, or one date.", field="weekday")
    if wish.ends <= wish.starts:
        raise Invalid("The hours end after they begin.", field="ends")
    first = wish.on_date or wish.from_date or clock.today(room.branch.timezone)
    if wish.until_date is not None and wish.until_date < first:
        raise Invalid("The last day is not before the first.", field="until_date")
    if wish.release_days is not None and not 0 <= wish.release_days <= 90:
        raise Invalid("Between 0 and 90 days before.", field="release_days")
    made = Block(
        organization_id=by.organization_id, room=room, surgeon=surgeon, weekday=wish.weekday, on_date=wish.on_date,
        starts_minute=_minute(wish.starts), ends_minute=_minute(wish.ends), from_date=first,
        until_date=wish.until_date, release_days=wish.release_days,
        written_by=acting_staff(by, "keep hours of a theatre for a surgeon"),
    )  # fmt: skip
    with refusing({"theatre_block_alone": ALONE}):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"block": ["", made.when]})
    return made


@verb
def release_hours(pk: UUID, day: date, reason: str, *, by: Actor) -> BlockRelease:
    """Free the hours of a block for everybody on one day: the surgeon their own, the theatre manager anybody's."""
    found, staff = queries.block(pk, seen_by=by), acting_staff(by, "release hours of a theatre")
    if not by.may(BLOCKS) and not (by.may(ARRANGE) and staff.pk == found.surgeon_id):
        raise NotPermitted("A surgeon releases their own hours, the theatre manager anybody's.")
    if not found.holds_on(day):
        raise Invalid("The block keeps nothing on that day.", field="on_date")
    why = rules.needed(reason, field="reason", otherwise="Write why the hours are free.")[:300]
    made = BlockRelease(organization_id=by.organization_id, block=found, on_date=day, reason=why, released_by=staff)
    with refusing({"theatre_blockrelease_once": RELEASED}):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"released": ["", day.isoformat()]})
    return made


@verb
def end_hours(pk: UUID, *, by: Actor) -> Block:
    """A block keeps nothing any more."""
    by.must(BLOCKS, do="end a surgeon's hours of a theatre")
    found = queries.block(pk, seen_by=by)
    found.ended_at, found.ended_by = clock.now(), acting_staff(by, "end a surgeon's hours")
    found.save(update_fields=["ended_at", "ended_by"])
    audit.note(by, audit.Kind.CHANGE, found, facts={"block": [found.when, ""]})
    return found


def stands_free(visit: Any, reason: str, *, by: Actor) -> Any:
    """Refuse a time in another surgeon's hours; whoever overrides them with a reason is named (None: nobody had to)."""
    held = queries.in_the_way(visit.room_id, visit.doctor_id, visit.period.lower, visit.period.upper, seen_by=by)
    if held is None:
        return None
    if not reason.strip():
        raise Clash(
            f"{held.room.name} is kept for {held.surgeon.name}: {held.when}. Choose another time, have the hours"
            " released, or let the theatre manager override them with a reason.",
            field="override",
        )
    by.must(BLOCKS, do="operate in another surgeon's hours")
    return acting_staff(by, "override a surgeon's hours")


def must_stand_free(visit: Any, *, by: Actor) -> None:
    """A surgery that was dragged is not in another surgeon's hours, unless it was let in before."""
    rows = queries.reservations(seen_by=by).filter(appointment_id=visit.pk, override_reason="")
    if rows.exclude(status=ReservationStatus.RELEASED).exists():
        stands_free(visit, "", by=by)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
